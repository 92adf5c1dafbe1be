//go:build !race

package noninterference

const (
	slice            = 4400
	roundsOfCommands = 2
	commandsPerRound = 60
	profilesInTurn   = 1
)

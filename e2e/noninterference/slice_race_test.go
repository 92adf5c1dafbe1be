//go:build race

package noninterference

const (
	slice            = 1100
	roundsOfCommands = 1
	commandsPerRound = 20
)

//go:build race

package noninterference

const (
	slice            = 1100
	roundsOfCommands = 1
	commandsPerRound = 20
	profilesInTurn   = 3 // one in so many profiles has its payloads compared in a run, by the seed
)

//go:build race

package noninterference

const (
	slice            = 600
	roundsOfCommands = 1
	commandsPerRound = 20
	profilesInTurn   = 6 // one in so many profiles has its payloads compared in a run, by the seed
)

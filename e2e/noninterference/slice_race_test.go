//go:build race

package noninterference

const (
	slice            = 1100
	commandsPerRound = 20
)

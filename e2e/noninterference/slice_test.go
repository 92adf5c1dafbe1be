//go:build !race

package noninterference

const (
	slice            = 4400
	commandsPerRound = 60
)

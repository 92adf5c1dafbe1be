//go:build race

package noninterference

const slice = 1100

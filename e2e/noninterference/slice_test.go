//go:build !race

package noninterference

// slice is how many operations count in a run that names no number.
const slice = 4400

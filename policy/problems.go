package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Problems collects every defect of a policy or schema, so that all are mended at once.
type Problems struct{ list []Problem }

// Problem is one defect: where, what, and what to do.
type Problem struct {
	Place string // file:line
	Text  string
}

func (p *Problems) add(place, format string, args ...any) {
	p.list = append(p.list, Problem{Place: place, Text: fmt.Sprintf(format, args...)})
}

func (p *Problems) at(place string) bool {
	return slices.ContainsFunc(p.list, func(known Problem) bool { return known.Place == place })
}

// Err is nil when there is no problem, else an error that lists all of them in the order of their places.
func (p *Problems) Err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b Problem) int {
		fileA, lineA := splitPlace(a.Place)
		fileB, lineB := splitPlace(b.Place)
		return cmp.Or(cmp.Compare(fileA, fileB), cmp.Compare(lineA, lineB), cmp.Compare(a.Text, b.Text))
	})
	return &RefusalError{Problems: p.list}
}

func splitPlace(place string) (file string, line int) {
	file, number, _ := strings.Cut(place, ":")
	line, _ = strconv.Atoi(number)
	return file, line
}

// RefusalError is the error of a policy that cannot be used.
type RefusalError struct{ Problems []Problem }

func (r *RefusalError) Error() string {
	lines := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		lines[i] = p.Place + ": " + p.Text
	}
	return strings.Join(lines, "\n")
}

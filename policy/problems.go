package policy

import (
	"fmt"
	"sort"
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

// Err is nil when there is no problem, else an error that lists all of them in the order of their places.
func (p *Problems) Err() error {
	if len(p.list) == 0 {
		return nil
	}
	sort.SliceStable(p.list, func(i, j int) bool { return p.list[i].Place < p.list[j].Place })
	return &Refusal{Problems: p.list}
}

// Refusal is the error of a policy that cannot be used.
type Refusal struct{ Problems []Problem }

func (r *Refusal) Error() string {
	lines := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		lines[i] = p.Place + ": " + p.Text
	}
	return strings.Join(lines, "\n")
}

package threeways

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"korpu/policy"
)

// coverage notes what the random databases held, so that an agreement about nothing is not taken for one.
type coverage struct {
	cells     int // compared in the views
	answered  int // values compared in answers
	questions int
	missing   map[string]bool // what still has to occur
}

// uncertain are the conditions that the data can leave open: no court on record, no case, an unknown protection order.
var uncertain = []string{"party", "own_court", "own_hearing", "jurisdiction", "protected"}

func newCoverage(c *policy.Compiled) *coverage {
	seen := &coverage{missing: map[string]bool{}}
	for _, name := range ofReads(c) {
		seen.missing[fmt.Sprintf("condition %s %d", name, policy.True)] = true
		seen.missing[fmt.Sprintf("condition %s %d", name, policy.False)] = true
	}
	for _, name := range uncertain {
		seen.missing[fmt.Sprintf("condition %s %d", name, policy.Unknown)] = true
	}
	for _, p := range c.Profiles {
		seen.profile(p)
	}
	return seen
}

func (s *coverage) profile(p *policy.Profile) {
	for _, t := range p.Types {
		s.missing[fmt.Sprintf("%s sees a %s: true", p.Name(), t.Record.Name)] = true
		onlySealed := t.Record.Name == "SealingDue" && p.Role == "dpo" // what is sealed is not due, so nothing is left to be hidden
		if t.Row.Kind == policy.When && !onlySealed {
			s.missing[fmt.Sprintf("%s sees a %s: false", p.Name(), t.Record.Name)] = true
		}
		for name, a := range t.Fields {
			f := t.Record.Field(name)
			if a.Kind == policy.When {
				s.missing[fmt.Sprintf("%s reads %s: true", p.Name(), f.Title())] = true
				s.missing[fmt.Sprintf("%s reads %s: false", p.Name(), f.Title())] = true
			}
			if a.Withheld != nil {
				s.missing[fmt.Sprintf("%s is told of %s", p.Name(), f.Title())] = true
			}
		}
	}
	for _, field := range asked(p) {
		s.missing["answer "+p.Name()+" "+field] = true
	}
}

func (s *coverage) note(format string, args ...any) { delete(s.missing, fmt.Sprintf(format, args...)) }

func (s *coverage) condition(name string, truth policy.Truth) {
	s.note("condition %s %d", name, truth)
}

func (s *coverage) row(p *policy.Profile, r *policy.Record, seen bool) {
	s.note("%s sees a %s: %t", p.Name(), r.Name, seen)
}

func (s *coverage) cell(p *policy.Profile, f *policy.Field, a policy.Access, shown, told bool) {
	s.cells++
	if a.Kind == policy.When {
		s.note("%s reads %s: %t", p.Name(), f.Title(), shown)
	}
	if told {
		s.note("%s is told of %s", p.Name(), f.Title())
	}
}

// complete tells whether everything has occurred.
func (s *coverage) complete() bool { return len(s.missing) == 0 }

// expect fails the test for what has not occurred, as far as it begins with these words.
func (s *coverage) expect(t *testing.T, words string) {
	t.Helper()
	var missing []string
	for m := range s.missing {
		if strings.HasPrefix(m, words) {
			missing = append(missing, m)
		}
	}
	sort.Strings(missing)
	for _, m := range missing {
		t.Errorf("did not occur: %s", m)
	}
}

// ofReads are the conditions on which reading depends; commands have more.
func ofReads(c *policy.Compiled) []string {
	var names []string
	for _, r := range c.Rules.Rules {
		if r.Action == "read" {
			names = append(names, r.Conditions...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

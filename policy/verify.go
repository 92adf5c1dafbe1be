package policy

import (
	"fmt"
	"sort"
	"strings"
)

// Verify compares every compiled decision with Casbin's, over all truth values of the conditions that matter to it.
// Objects that the same rules decide are compared once.
func (c *Compiled) Verify() error {
	problems := &Problems{}
	for _, set := range c.RuleSets() {
		if err := c.verifySet(set); err != nil {
			problems.add(set.Profile.String(), "%v", err)
		}
	}
	return problems.Err()
}

// RuleSet is a decision: the rules that decide whether a profile reads one field, or sees rows where Field is nil.
// Others that the same rules decide are left out.
type RuleSet struct {
	Profile *Profile
	Record  *Record
	Field   *Field
	rules   []*Rule
}

// RuleSets lists one decision for each distinct set of rules, of every role and purpose.
func (c *Compiled) RuleSets() []RuleSet {
	var sets []RuleSet
	seen := map[string]bool{}
	add := func(s RuleSet, objects ...[]string) {
		key := s.Profile.Name() + fmt.Sprint(s.Field == nil)
		for _, o := range objects {
			f := c.Rules.formula(s.Profile.Role, s.Profile.Purpose, o)
			s.rules = append(s.rules, append(rulesOf(f.Allow), rulesOf(f.Deny)...)...)
		}
		for _, r := range s.rules {
			key += " " + r.Place
		}
		if !seen[key] {
			seen[key] = true
			sets = append(sets, s)
		}
	}
	for _, p := range c.Profiles {
		for _, name := range c.Catalog.Names {
			r := c.Catalog.Records[name]
			add(RuleSet{Profile: p, Record: r}, rowObjects(r))
			for _, f := range r.Fields {
				add(RuleSet{Profile: p, Record: r, Field: f}, rowObjects(r), fieldObjects(f))
			}
		}
	}
	return sets
}

func (c *Compiled) verifySet(s RuleSet) error {
	for _, facts := range assignments(s.conditions()) {
		asked, err := c.casbin(s, facts)
		if err != nil {
			return err
		}
		if compiled := c.decides(s, facts); compiled != asked {
			return fmt.Errorf("%s: compiled says %t, Casbin says %t, where %s", s.title(), compiled, asked, words(facts))
		}
	}
	return nil
}

func (s RuleSet) title() string {
	if s.Field == nil {
		return "rows of " + s.Record.Name
	}
	return s.Field.Title()
}

func (s RuleSet) conditions() []string {
	var f Formula
	for _, r := range s.rules {
		f.Allow = append(f.Allow, Term{Conditions: r.Conditions})
	}
	return f.Conditions()
}

// decides is the compiled decision as the views render it: the row rule, then what remains of the field's.
func (c *Compiled) decides(s RuleSet, facts map[string]Truth) bool {
	t := s.Profile.Types[s.Record.Name]
	if t == nil || !t.Row.Guard.Holds(facts) {
		return false
	}
	if s.Field == nil {
		return true
	}
	a, seen := t.Fields[s.Field.Name]
	if !seen && s.Field.Link != nil && s.Profile.Types[s.Field.Link.Target] == nil {
		a, seen = Access{Guard: c.Rules.formula(s.Profile.Role, s.Profile.Purpose, fieldObjects(s.Field)).given(t.Row.Formula)}, true
	}
	return seen && a.Guard.Holds(facts)
}

func (c *Compiled) casbin(s RuleSet, facts map[string]Truth) (bool, error) {
	ok, err := c.oracle.Decides(s.Profile.Role, s.Profile.Purpose, RowObject(s.Record), facts)
	if err != nil || !ok || s.Field == nil {
		return ok, err
	}
	return c.oracle.Decides(s.Profile.Role, s.Profile.Purpose, s.Field.Title(), facts)
}

// assignments lists every way in which the conditions can be false, unknown and true.
func assignments(names []string) []map[string]Truth {
	all := []map[string]Truth{{}}
	for _, name := range names {
		var next []map[string]Truth
		for _, facts := range all {
			for _, value := range []Truth{False, Unknown, True} {
				extended := map[string]Truth{name: value}
				for k, v := range facts {
					extended[k] = v
				}
				next = append(next, extended)
			}
		}
		all = next
	}
	return all
}

func words(facts map[string]Truth) string {
	parts := make([]string, 0, len(facts))
	for name, value := range facts {
		parts = append(parts, name+" is "+[]string{"false", "unknown", "true"}[value])
	}
	sort.Strings(parts)
	return strings.Join(parts, ", ")
}

package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Change is what one profile gains or loses when a policy takes another's place: some fields of a record, or its rows
// where there are none.
type Change struct {
	Profile       string // role and purpose
	Record        string
	Fields        []string
	Gains, Loses  bool   // neither where only what is told of a refusal changes
	Before, After string // in words
}

// String is the change as a line for people.
func (c Change) String() string {
	what := c.Record
	if len(c.Fields) > 0 {
		what += "." + strings.Join(c.Fields, ", ")
	}
	verb := "is told otherwise of refusals of"
	switch {
	case c.Gains && c.Loses:
		verb = "gains and loses"
	case c.Gains:
		verb = "gains"
	case c.Loses:
		verb = "loses"
	}
	return fmt.Sprintf("%s %s %s: %s (before: %s)", c.Profile, verb, what, c.After, c.Before)
}

// Diff lists what changes for whom. It compares decisions under every assignment of the conditions, so that rules which
// are written otherwise and decide the same show nothing.
func Diff(before, after *Compiled) []Change {
	var all []Change
	for _, p := range after.Profiles {
		d := differ{profile: p.String(), before: before.Profile(p.Role, p.Purpose), after: p}
		all = append(all, d.profileChanges()...)
	}
	for _, p := range before.Profiles {
		if after.Profile(p.Role, p.Purpose) == nil {
			all = append(all, Change{Profile: p.String(), Record: "every record", Loses: true, Before: "open", After: "never"})
		}
	}
	return all
}

type differ struct {
	profile       string
	before, after *Profile
}

func (d differ) profileChanges() []Change {
	names := map[string]bool{}
	for _, p := range []*Profile{d.before, d.after} {
		if p != nil {
			for name := range p.Types {
				names[name] = true
			}
		}
	}
	var all []Change
	for _, name := range slices.Sorted(maps.Keys(names)) {
		all = append(all, d.recordChanges(name, accessTo(d.before, name), accessTo(d.after, name))...)
	}
	return append(all, d.commandChanges()...)
}

// accessTo is closed where the profile does not see the record, or is none.
func accessTo(p *Profile, record string) *TypeAccess {
	if p == nil || p.Types[record] == nil {
		return &TypeAccess{Record: &Record{Name: record}}
	}
	return p.Types[record]
}

// recordChanges compares the rows, and the fields on the rows that either policy shows. The fields of a record that is
// lost whole go without saying.
func (d differ) recordChanges(name string, before, after *TypeAccess) []Change {
	every := Formula{Allow: []Term{{}}}
	all := d.addChange(nil, name, "", side{every, before.Row}, side{every, after.Row})
	if after.Row.Kind == Never {
		return all
	}
	for _, f := range after.Record.Fields {
		all = d.addChange(all, name, f.Name, side{before.Row.Formula, before.Fields[f.Name]}, side{after.Row.Formula, after.Fields[f.Name]})
	}
	return all
}

func (d differ) addChange(all []Change, record, field string, before, after side) []Change {
	change, differs := compare(before, after)
	if !differs {
		return all
	}
	change.Profile, change.Record = d.profile, record
	if field == "" {
		return append(all, change)
	}
	return addField(all, change, field)
}

// addField puts fields that change alike on one line.
func addField(all []Change, change Change, field string) []Change {
	for i, c := range all {
		same := c
		same.Fields = nil
		if len(c.Fields) > 0 && same.equal(change) {
			all[i].Fields = append(c.Fields, field)
			return all
		}
	}
	change.Fields = []string{field}
	return append(all, change)
}

func (c Change) equal(o Change) bool {
	return c.Profile == o.Profile && c.Record == o.Record && c.Gains == o.Gains && c.Loses == o.Loses && c.Before == o.Before && c.After == o.After
}

// side is one policy's decision, and the rows on which it is asked.
type side struct {
	row    Formula
	access Access
}

// compare weighs two decisions on the rows that either side shows, and what is told of refusals on those that both show.
func compare(before, after side) (change Change, differs bool) {
	if slices.Equal(before.access.Formula.shape(), after.access.Formula.shape()) {
		return change, false
	}
	change = Change{Before: inWords(before.access), After: inWords(after.access)}
	for _, facts := range assignments(conditionsOf(before.row, before.access.Formula, after.row, after.access.Formula)) {
		rowBefore, rowAfter := before.row.Holds(facts), after.row.Holds(facts)
		if !rowBefore && !rowAfter {
			continue
		}
		was, is := before.access.Formula.Holds(facts), after.access.Formula.Holds(facts)
		change.Gains = change.Gains || is && !was
		change.Loses = change.Loses || was && !is
		differs = differs || was != is || rowBefore && rowAfter && before.access.tells(facts) != after.access.tells(facts)
	}
	return change, differs
}

// shape is equal for formulas whose terms are the same in any order.
func (f Formula) shape() []string {
	var all []string
	for _, t := range f.Allow {
		all = append(all, fmt.Sprint("allow", slices.Sorted(slices.Values(t.Conditions))))
	}
	for _, t := range f.Deny {
		all = append(all, fmt.Sprint("deny", slices.Sorted(slices.Values(t.Conditions)), silent(t)))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

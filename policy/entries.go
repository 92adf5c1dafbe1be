package policy

import (
	"maps"
	"slices"
)

// Entry is a line of the access schedule of a profile: a field of a record, its rows where Field is empty, or a command where
// Record is Mutation.
type Entry struct {
	Record, Field string
	When          string // in words; empty means always
	Basis         []string
}

// Entries is what the profile may see, record by record: first which rows, then the fields; and then what it may do.
func (p *Profile) Entries() []Entry {
	var all []Entry
	for _, name := range slices.Sorted(maps.Keys(p.Types)) {
		t := p.Types[name]
		all = append(all, entry(name, "", t.Row))
		for _, f := range t.Record.Fields {
			if a, seen := t.Fields[f.Name]; seen && f.Class != "REFERENCE" && f.Class != "LINK" {
				all = append(all, entry(name, f.Name, a))
			}
		}
	}
	return append(all, p.commandEntries()...)
}

func entry(record, field string, a Access) Entry {
	return Entry{
		Record: record, Field: field, When: when(a.Guard, silent),
		Basis: Basis(slices.DeleteFunc(slices.Concat(a.Formula.Allow, a.Formula.Deny), silent)),
	}
}

// when says in words under which conditions the formula holds, but for the terms that are left out.
func when(f Formula, leftOut func(Term) bool) string {
	empty := func(t Term) bool { return len(t.Conditions) == 0 || leftOut(t) }
	text := Sentence(slices.DeleteFunc(slices.Clone(f.Allow), empty))
	if deny := Sentence(slices.DeleteFunc(slices.Clone(f.Deny), empty)); deny != "" {
		text = join("; ", text, "not while "+deny)
	}
	return text
}

package policy

import (
	"slices"
	"sort"
)

// Entry is a line of the access schedule of a profile: a field of a record, or its rows where Field is empty.
type Entry struct {
	Record, Field string
	When          string // in words; empty means always
	Basis         []string
}

// Entries is what the profile may see, record by record: first which rows, then the fields.
func (p *Profile) Entries() []Entry {
	names := make([]string, 0, len(p.Types))
	for name := range p.Types {
		names = append(names, name)
	}
	sort.Strings(names)
	var all []Entry
	for _, name := range names {
		t := p.Types[name]
		all = append(all, entry(name, "", t.Row))
		for _, f := range t.Record.Fields {
			if a, seen := t.Fields[f.Name]; seen && f.Class != "REFERENCE" && f.Class != "LINK" {
				all = append(all, entry(name, f.Name, a))
			}
		}
	}
	return all
}

func entry(record, field string, a Access) Entry {
	told := func(t Term) bool { return len(t.Conditions) == 0 || silent(t) }
	return Entry{
		Record: record, Field: field, When: when(a.Guard, told),
		Basis: Basis(slices.DeleteFunc(slices.Concat(a.Formula.Allow, a.Formula.Deny), silent)),
	}
}

// when says in words under which conditions the formula holds. Denials that nobody may learn of are not told.
func when(f Formula, untold func(Term) bool) string {
	text := Sentence(slices.DeleteFunc(slices.Clone(f.Allow), untold))
	if deny := Sentence(slices.DeleteFunc(slices.Clone(f.Deny), untold)); deny != "" {
		text = join(", and ", text, "not while "+deny)
	}
	return text
}

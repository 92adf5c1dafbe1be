package records

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"korpu/internal/audit"
	"korpu/policy"
)

// trace is what a plan knows of its answers before there is one: which fields they hold, and of which they may tell that they
// are withheld.
type trace struct {
	fields   []string
	withheld []string
	origins  map[string]origin // by the alias of a record that a link leads to
}

// origin is where a statement has the child and the case to which a record belongs; empty for one that belongs to none. A
// record of the child alone that was reached through a case belongs to that case here: it was read for it.
type origin struct{ child, file string }

// asked notes a field that was selected.
func (t *trace) asked(typeName, field string) {
	if title := typeName + "." + field; !slices.Contains(t.fields, title) {
		t.fields = append(t.fields, title)
	}
}

// withholds notes a field of which answers may tell that it is withheld, and returns its place in the counts.
func (t *trace) withholds(title string) int {
	if i := slices.Index(t.withheld, title); i >= 0 {
		return i
	}
	t.withheld = append(t.withheld, title)
	return len(t.withheld) - 1
}

// follows notes where a link leads. What stands in the same row of the same child or case need not be selected twice.
func (t *trace) follows(l *policy.Link, from *policy.Record, alias string, to *policy.Record, other string) {
	before, here := t.originOf(from, alias), t.originOf(to, other)
	if here.child == "" {
		return
	}
	if !l.Many && before.child != "" {
		here.child = before.child
	}
	if here.file == "" || !l.Many && l.Own == caseKey(from) && l.Foreign == caseKey(to) {
		here.file = before.file
	}
	if t.origins == nil {
		t.origins = map[string]origin{}
	}
	t.origins[other] = here
}

func (t *trace) originOf(r *policy.Record, alias string) origin {
	if known, ok := t.origins[alias]; ok {
		return known
	}
	var o origin
	if key := childKey(r); key != "" {
		o.child = alias + "." + key
	}
	if key := caseKey(r); key != "" {
		o.file = alias + "." + key
	}
	return o
}

func caseKey(r *policy.Record) string {
	switch {
	case r.Anchor != policy.AnchorCase && r.Anchor != policy.AnchorChildWithCase:
		return ""
	case r.Table == "case_file":
		return "id"
	}
	return "case_id"
}

// traced notes, whenever a record is rendered, that the answer holds it.
func (c *compiler) traced(r *policy.Record, alias string, cols *columns, record emit) emit {
	place, _ := slices.BinarySearch(c.catalog.Names, r.Name)
	id, o := cols.add(alias+".id"), c.trace.originOf(r, alias)
	child, file := cols.place(o.child), cols.place(o.file)
	return func(out []byte, row [][]byte, req *Request) ([]byte, error) {
		shown := audit.Record{Type: uint16(place)}
		copy(shown.ID[:], row[id])
		if child >= 0 {
			copy(shown.Child[:], row[child])
		}
		if file >= 0 {
			copy(shown.Case[:], row[file])
		}
		req.shown = append(req.shown, shown)
		return record(out, row, req)
	}
}

// Showed notes that the answer tells of a child in another way than by a record.
func (r *Request) Showed(child uuid.UUID) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	place, _ := slices.BinarySearch(r.profile.Catalog().Names, "Child")
	r.shown = append(r.shown, audit.Record{Type: uint16(place), ID: child, Child: child})
}

// Reading is what was asked of records and, where the request was answered, what the answer holds of them.
func (r *Request) Reading() audit.Reading {
	reading := audit.Reading{Types: r.profile.Catalog().Names}
	for i, s := range r.asked {
		if i == 0 {
			reading.Fields = s.plan.trace.fields
			continue
		}
		reading.Fields = slices.Concat(reading.Fields, s.plan.trace.fields)
	}
	if len(r.asked) > 1 {
		slices.Sort(reading.Fields)
		reading.Fields = slices.Compact(reading.Fields)
	}
	if r.err == nil {
		reading.Records, reading.Withheld = r.shown, r.told()
	}
	return reading
}

// told counts, field by field, the records that told it to be withheld.
func (r *Request) told() []audit.Withheld {
	var all []audit.Withheld
	for _, s := range r.asked {
		for i, n := range s.withheld {
			title := s.plan.trace.withheld[i]
			at, known := slices.BinarySearchFunc(all, title, func(w audit.Withheld, title string) int { return cmp.Compare(w.Field, title) })
			switch {
			case known:
				all[at].Records += n
			case n > 0:
				all = slices.Insert(all, at, audit.Withheld{Field: title, Records: n})
			}
		}
	}
	return all
}

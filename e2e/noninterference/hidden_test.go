package noninterference

import (
	"math/rand/v2"
	"slices"

	"korpu/policy"
)

// spots are the places that a person may not see: columns of rows, by table and then by the values that the conditions
// have there. Drawn evenly over those values, rows that only one condition hides are not lost among all others.
type spots struct {
	tables []string
	groups map[string][]string // the conditions' values, by table
	rows   map[string][]hidden // by table and values
}

// hidden is a row and those of its columns that a person may not see.
type hidden struct {
	table   *table
	row     tuple
	columns []*column
}

// spots lists the columns that are closed on rows that are seen, and all columns of other rows. Identifiers and owners
// stay, and anchor arrays follow from other tables.
func (s *subject) spots(seen sight) (near, far *spots) {
	near, far = &spots{groups: map[string][]string{}, rows: map[string][]hidden{}}, &spots{groups: map[string][]string{}, rows: map[string][]hidden{}}
	records := map[string]*policy.Record{}
	for _, r := range s.world.catalog.Records {
		records[r.Table] = r
	}
	for _, name := range sorted(s.world.tables) {
		t, r := s.world.tables[name], records[name]
		for _, values := range t.rows {
			var at *row
			if r != nil {
				at = seen[r.Name][t.value(values, "id")]
			}
			columns := s.hiddenColumns(t, r, at)
			switch {
			case len(columns) == 0:
			case at == nil:
				far.add(hidden{t, values, columns}, "", 1)
			case at.seen:
				near.add(hidden{t, values, columns}, at.facts, 1)
			default:
				far.add(hidden{t, values, columns}, at.facts, s.weight(r))
			}
		}
	}
	return near, far
}

// weight is more for the records of which the profile sees some.
func (s *subject) weight(r *policy.Record) int {
	if s.profile.Types[r.Name] != nil {
		return 3
	}
	return 1
}

func (s *spots) add(h hidden, facts string, weight int) {
	key := h.table.name + " " + facts
	if s.groups[h.table.name] == nil {
		for range weight {
			s.tables = append(s.tables, h.table.name)
		}
	}
	if s.rows[key] == nil {
		s.groups[h.table.name] = append(s.groups[h.table.name], key)
	}
	s.rows[key] = append(s.rows[key], h)
}

func (s *spots) any(rng *rand.Rand) hidden {
	return pick(rng, s.rows[pick(rng, s.groups[pick(rng, s.tables)])])
}

// hiddenColumns has those several times that are fields of the API: they are what a leak would show. On rows that are seen
// the columns that conditions look at stay.
func (s *subject) hiddenColumns(t *table, r *policy.Record, at *row) []*column {
	var all []*column
	for _, c := range t.columns {
		switch {
		case c.Key || c.Generated || c.Type == "uuid[]" || c.Belongs:
		case at != nil && at.seen && (at.shows(r, c.Name) || s.decides[c.Name]):
		case r != nil && slices.ContainsFunc(r.Fields, func(f *policy.Field) bool { return f.Column == c.Name }):
			all = append(all, c, c, c, c)
		default:
			all = append(all, c)
		}
	}
	return all
}

func (o *row) shows(r *policy.Record, column string) bool {
	columns, _ := columnsOf(r)
	place := slices.Index(columns, column)
	return place >= 0 && o.open[place]
}

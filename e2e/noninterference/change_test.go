package noninterference

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// change is something that a person may not see: a statement, the row that it is about, and the child that the row is of.
type change struct {
	table, id, child string
	row              string // as it was
	sql              string
}

func changeOf(t *table, row tuple) change {
	return change{table: t.name, id: t.value(row, "id"), child: t.child(row), row: fmt.Sprint(texts(row))}
}

// propose draws changes that look hidden from who can see this much. Which of them are is found out afterwards.
func (s *subject) propose(rng *rand.Rand, who *person, seen sight, count int) []change {
	near, far := s.spots(seen)
	if len(near.tables) == 0 {
		near = far
	}
	var all []change
	for range count {
		var c change
		switch n := rng.IntN(20); {
		case n < 8:
			c = s.world.alter(rng, near.any(rng))
		case n < 15:
			c = s.world.alter(rng, far.any(rng))
		case n < 17:
			c = s.world.insert(rng, near.any(rng))
		case n < 18:
			c = s.world.insert(rng, far.any(rng))
		default:
			c = s.world.remove(rng, far.any(rng))
		}
		if !c.concerns(who) {
			all = append(all, c)
		}
	}
	return all
}

// concerns tells whether a change of the directory is about the person who asks; such a one would change who asks.
func (c change) concerns(who *person) bool {
	return c.child == "" && (strings.Contains(c.sql+c.row, who.staff) || strings.Contains(c.sql+c.row, who.agency))
}

// alter gives some columns of a row other values.
func (w *world) alter(rng *rand.Rand, at hidden) change {
	c := changeOf(at.table, at.row)
	var set []string
	altered := map[*column]bool{}
	for range 1 + rng.IntN(4) {
		column := pick(rng, at.columns)
		if !altered[column] {
			set = append(set, column.Name+" = "+literal(w.another(rng, at.table, column, at.row[at.table.index(column.Name)])))
		}
		altered[column] = true
	}
	c.sql = fmt.Sprintf("update korpu.%s set %s where %s", at.table.name, strings.Join(set, ", "), at.table.where(at.row))
	return c
}

// insert copies some row to a place beside another: same child and case, mostly another owner.
func (w *world) insert(rng *rand.Rand, at hidden) change {
	t, source := at.table, pick(rng, at.table.rows)
	added := changeOf(t, at.row)
	var names, values []string
	for i, c := range t.columns {
		value := source[i]
		switch {
		case c.Generated || c.Type == "uuid[]":
			continue
		case c.Name == "id":
			added.id = newID(rng)
			value = &added.id
		case c.Belongs:
			value = at.row[i]
		case c.Name == "number" || rng.IntN(5) == 0:
			value = w.another(rng, t, c, value)
		}
		names, values = append(names, c.Name), append(values, literal(value))
	}
	if t.name == "child" {
		added.child = added.id
	}
	added.sql = fmt.Sprintf("insert into korpu.%s (%s) values (%s)", t.name, strings.Join(names, ", "), strings.Join(values, ", "))
	return added
}

// remove deletes a row, or a child with all that is on record of it.
func (w *world) remove(rng *rand.Rand, at hidden) change {
	c := changeOf(at.table, at.row)
	c.sql = fmt.Sprintf("delete from korpu.%s where %s", at.table.name, at.table.where(at.row))
	if at.table.name == "child" {
		c.sql = "select leak.forget('" + c.child + "')"
	}
	return c
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

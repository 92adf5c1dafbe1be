package threeways

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"

	"korpu/internal/hubtest"
	"korpu/policy"
)

// interview asks the hub everything that one person can ask in one role for one purpose.
type interview struct {
	expected
	asks
	hub *hubtest.Hub
	who hubtest.Asker
}

// freeMisses are the look-ups of one person that may find nothing before the hub answers no more of them.
const freeMisses = 9

func (c *trial) interview(h *hubtest.Hub, random *rand.Rand, p *policy.Profile, who persona) {
	i := &interview{
		expected: expected{trial: c, profile: p, asker: who.asker},
		asks:     asks{Rand: random, schema: p.Schema(), catalog: p.Catalog()},
		hub:      h, who: who.asks(),
	}
	covered := map[string]bool{}
	for _, root := range i.roots() {
		switch {
		case root.Page && len(root.Keys) > 0:
			for _, keys := range i.keys(root) {
				i.list(root, keys, i.around(root.Record))
			}
			covered[root.Record.Name] = true
		case root.Page:
			i.list(root, nil, i.around(root.Record))
			covered[root.Record.Name] = true
		default:
			i.lookUps(root)
		}
	}
	ways := i.ways()
	for _, name := range p.Catalog().Names {
		if w, reached := ways[name]; reached && !covered[name] {
			i.list(w.root, nil, i.along(w))
		}
	}
}

// keys are those by which a list can be asked for: of every row that is there.
func (i *interview) keys(root *policy.Root) (all []row) {
	for _, of := range i.world.rows[root.Record.Table] {
		keys := row{}
		for _, key := range root.Keys {
			keys[key.Column] = of[key.Column]
		}
		if !slices.ContainsFunc(all, func(known row) bool { return reflect.DeepEqual(known, keys) }) {
			all = append(all, keys)
		}
	}
	return all
}

// list turns the pages of a list from the first to the last.
func (i *interview) list(root *policy.Root, keys row, s *selection) {
	i.t.Helper()
	rows := i.listed(root, keys)
	ordered, argument := i.ordered(root)
	for _, key := range root.Keys {
		argument += fmt.Sprintf(", %s: %q", key.Name, keys[key.Column])
	}
	i.sort(rows, ordered)
	first := min(max(1+i.IntN(rootPage), len(rows)/3), 100) // a few pages, however long the list
	query := fmt.Sprintf(`query($after: String) { %s(first: %d, after: $after%s) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes %s edges { cursor node { id } } } }`,
		root.Name, first, argument, s)
	var after any
	for at := 0; ; at += first {
		page := rows[min(at, len(rows)):min(at+first, len(rows))]
		answer := i.ask(query, map[string]any{"after": after})[root.Name].(map[string]any)
		start, end := i.cursors(answer)
		i.compare(root.Name, answer, map[string]any{
			"totalCount": float64(len(rows)), "nodes": i.records(s, page), "edges": edges(page),
			"pageInfo": map[string]any{"hasNextPage": at+first < len(rows), "hasPreviousPage": after != nil, "startCursor": start, "endCursor": end},
		})
		if after = end; at+first >= len(rows) || i.t.Failed() {
			return
		}
	}
}

// cursors takes the cursors out of the edges, which nobody can foretell, and returns the first and the last.
func (i *interview) cursors(answer map[string]any) (first, last any) {
	for n, edge := range answer["edges"].([]any) {
		last = edge.(map[string]any)["cursor"]
		if n == 0 {
			first = last
		}
		delete(edge.(map[string]any), "cursor")
	}
	return first, last
}

func edges(page []row) []any {
	list := []any{}
	for _, of := range page {
		list = append(list, map[string]any{"node": map[string]any{"id": of["id"]}})
	}
	return list
}

// listed are the rows that a list has to hold.
func (i *interview) listed(root *policy.Root, keys row) []row {
	rows := i.visible(root.Record, keys)
	if root.Only == nil {
		return rows
	}
	return slices.DeleteFunc(rows, func(of row) bool {
		return of[root.Only.Column] != root.Value || !i.judge.shows(i.world, i.asker, root.Only, of)
	})
}

// ordered chooses an order among those that the schema offers, or the usual one.
func (i *interview) ordered(root *policy.Root) (o order, argument string) {
	o = i.usual(root.Record)
	def := i.schema.Query.Fields.ForName(root.Name).Arguments.ForName("orderBy")
	if def == nil || i.IntN(2) == 0 {
		return o, ""
	}
	values := i.schema.Types[i.schema.Types[def.Type.Name()].Fields.ForName("field").Type.Name()].EnumValues
	value := values[i.IntN(len(values))].Name
	direction := []string{"ASC", "DESC"}[i.IntN(2)]
	return order{root.Record.Field(policy.OrderedField(value)), direction == "DESC"}, fmt.Sprintf(", orderBy: {field: %s, direction: %s}", value, direction)
}

// lookUps asks for every record by its keys, those that are not there for the asker too.
func (i *interview) lookUps(root *policy.Root) {
	s := i.values(root.Record)
	for _, of := range i.world.rows[root.Record.Table] {
		found := i.found(root, of)
		if len(found) == 0 {
			if i.misses[i.asker.staff] == freeMisses {
				continue
			}
			i.misses[i.asker.staff]++
		}
		i.lookUp(root, s, of, found)
	}
}

func (i *interview) lookUp(root *policy.Root, s *selection, of row, found []row) {
	i.t.Helper()
	declared, given, values := "", "", map[string]any{}
	for _, key := range root.Keys {
		declared += fmt.Sprintf("$%s: %s, ", key.Name, root.Def.Arguments.ForName(key.Name).Type)
		given += fmt.Sprintf("%[1]s: $%[1]s, ", key.Name)
		values[key.Name] = of[key.Column]
	}
	answer := i.ask(fmt.Sprintf("query(%s) { %s(%s) %s }", declared, root.Name, given, s), values)[root.Name]
	var want any
	if len(found) > 0 {
		want = i.record(s, found[0])
	}
	i.compare(root.Name, answer, want)
}

// found are the records that a look-up with the keys of a row has to find: at most one.
func (i *interview) found(root *policy.Root, of row) []row {
	i.t.Helper()
	keys := row{}
	for _, key := range root.Keys {
		keys[key.Column] = of[key.Column]
	}
	found := slices.DeleteFunc(i.visible(root.Record, keys), func(r row) bool {
		return slices.ContainsFunc(root.Keys, func(key *policy.Field) bool { return !i.judge.shows(i.world, i.asker, key, r) })
	})
	if len(found) > 1 {
		i.t.Errorf("%s has two answers for %v", root.Name, keys)
	}
	return found
}

func (i *interview) ask(query string, variables map[string]any) map[string]any {
	i.t.Helper()
	i.seen.questions++
	return i.hub.Ask(i.t, i.who, query, variables).Data(i.t)
}

// compare walks through answer and expectation together, so that a difference is told by its place.
func (i *interview) compare(place string, got, want any) {
	i.t.Helper()
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok || len(object) != len(want) {
			i.differ(place, got, want)
			return
		}
		for key := range want {
			i.compare(place+"."+key, object[key], want[key])
		}
	case []any:
		array, ok := got.([]any)
		if !ok || len(array) != len(want) {
			i.differ(place, got, want)
			return
		}
		for n := range want {
			i.compare(fmt.Sprintf("%s[%d]", place, n), array[n], want[n])
		}
	default:
		i.seen.answered++
		if !reflect.DeepEqual(got, want) {
			i.differ(place, got, want)
		}
	}
}

func (i *interview) differ(place string, got, want any) {
	i.t.Helper()
	i.t.Errorf("%s, asked by %v: Casbin and the tables say %v, the answer %v", place, i.asker, want, got)
}

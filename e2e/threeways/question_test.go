package threeways

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/policy"
)

// selection is what is asked of a record: always all its values, what is withheld, and some of its links.
type selection struct {
	record *policy.Record
	values []*policy.Field
	links  []*link
}

// link is a link that is followed, and the size of the page where it leads to many.
type link struct {
	field *policy.Field
	first int
	to    *selection
}

// How many records are asked for at the root, on the way to a record, and of each list that it leads to: the answer to the
// longest question stays below the hub's limit of cost.
const (
	rootPage = 4
	wayPage  = 3
	lastPage = 4
)

// asks builds questions from the schema of a profile and from nothing else.
type asks struct {
	*rand.Rand
	schema  *ast.Schema
	catalog *policy.Catalog
}

// values selects all values of a record.
func (q asks) values(r *policy.Record) *selection {
	s := &selection{record: r}
	for _, f := range q.fields(r) {
		if f.Link == nil {
			s.values = append(s.values, f)
		}
	}
	return s
}

// fields are the fields of a record that the profile's schema has.
func (q asks) fields(r *policy.Record) []*policy.Field {
	var fields []*policy.Field
	for _, def := range q.schema.Types[r.Name].Fields {
		if def.Name != "withheld" {
			fields = append(fields, r.Field(def.Name))
		}
	}
	return fields
}

func (q asks) links(r *policy.Record) []*policy.Field {
	return slices.DeleteFunc(q.fields(r), func(f *policy.Field) bool { return f.Link == nil })
}

// roots are the questions that the profile's schema has.
func (q asks) roots() []*policy.Root {
	var roots []*policy.Root
	for _, def := range q.schema.Query.Fields {
		if root := q.catalog.Root(def.Name); root != nil {
			roots = append(roots, root)
		}
	}
	return roots
}

// around selects all values of a record, and of every record that it leads to.
func (q asks) around(r *policy.Record) *selection {
	s := q.values(r)
	for _, f := range q.links(r) {
		s.links = append(s.links, &link{field: f, first: 1 + q.IntN(lastPage), to: q.values(q.catalog.Records[f.Link.Target])})
	}
	return s
}

// way is a root and the links that lead from it to a record.
type way struct {
	root  *policy.Root
	links []*policy.Field
}

// ways finds a shortest way to every record that some question reaches, by chance where there are several.
func (q asks) ways() map[string]way {
	found := map[string]way{}
	var queue []string
	visit := func(record string, w way) {
		if _, known := found[record]; !known {
			found[record] = w
			queue = append(queue, record)
		}
	}
	for _, root := range shuffled(q, q.roots()) {
		if root.Page && len(root.Keys) == 0 {
			visit(root.Record.Name, way{root: root})
		}
	}
	for len(queue) > 0 {
		from := queue[0]
		queue = queue[1:]
		for _, f := range shuffled(q, q.links(q.catalog.Records[from])) {
			visit(f.Link.Target, way{found[from].root, append(slices.Clone(found[from].links), f)})
		}
	}
	return found
}

func shuffled[T any](q asks, list []T) []T {
	q.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// along selects all values on the way, and all around its end.
func (q asks) along(w way) *selection {
	if len(w.links) == 0 {
		return q.around(w.root.Record)
	}
	s := q.values(w.root.Record)
	at := s
	for i, f := range w.links {
		to := q.values(q.catalog.Records[f.Link.Target])
		if i == len(w.links)-1 {
			to = q.around(to.record)
		}
		at.links = []*link{{field: f, first: 1 + q.IntN(wayPage), to: to}}
		at = to
	}
	return s
}

// asked are the fields of records that questions of the profile can reach.
func asked(p *policy.Profile) []string {
	q := asks{Rand: rand.New(rand.NewPCG(0, 0)), schema: p.Schema(), catalog: p.Catalog()}
	var fields []string
	reached := q.ways()
	for _, root := range q.roots() {
		reached[root.Record.Name] = way{}
	}
	for name := range reached {
		for _, f := range q.fields(q.catalog.Records[name]) {
			fields = append(fields, f.Title())
		}
	}
	return fields
}

// String is the selection as GraphQL.
func (s *selection) String() string {
	parts := []string{"__typename"}
	for _, f := range s.values {
		parts = append(parts, f.Name)
	}
	for _, l := range s.links {
		parts = append(parts, l.String())
	}
	return "{ " + strings.Join(append(parts, "withheld { field reason basis howToRequest }"), " ") + " }"
}

func (l *link) String() string {
	switch {
	case l.field.Link.Page:
		return fmt.Sprintf("%s(first: %d) { totalCount pageInfo { hasNextPage hasPreviousPage } nodes %s }", l.field.Name, l.first, l.to)
	case l.field.Link.Many:
		return fmt.Sprintf("%s(first: %d) %s", l.field.Name, l.first, l.to)
	}
	return l.field.Name + " " + l.to.String()
}

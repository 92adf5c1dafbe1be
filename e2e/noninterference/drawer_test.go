package noninterference

import (
	"math/rand/v2"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/policy"
)

// drawer draws an operation from a schema, whatever types, arguments and operators that has.
type drawer struct {
	*round
	rng      *rand.Rand
	schema   *ast.Schema
	argument []string // to be given at the end of the way

	vars    []*variable
	looks   []*look
	records int // that lists may still hold
	cost    int // that is left of the hub's limit
	objects int // that may still be asked for
	aliases int
	repeats int
	marks   int // directives
	names   int
}

func (r *round) drawer(number uint64) *drawer {
	return &drawer{round: r, rng: rand.New(rand.NewPCG(r.seed, number)), schema: r.atlas.schema, aliases: 25, repeats: 15, marks: 40, cost: 1500}
}

// operation draws one that leads to a place of the schema; all the rest of it is left to chance.
func (d *drawer) operation(place string) *operation {
	d.records, d.objects = pick(d.rng, []int{10, 40, 40, 150, 600}), pick(d.rng, []int{3, 6, 6, 12, 12, 20})
	way, argument := d.atlas.way(d.rng, place)
	d.argument = argument
	nodes := []*node{d.field(way[0], 1, len(way)+d.rng.IntN(4), way[1:])}
	if !slices.ContainsFunc(way, func(h hop) bool { return d.holdsRecords(h.field) }) {
		nodes = append(nodes, d.field(hop{"Query", d.anyPage()}, 1, 3, []hop{}))
	}
	for len(nodes) < 4 && d.rng.IntN(4) == 0 {
		if f := pick(d.rng, d.schema.Query.Fields); f.Name[0] != '_' && f.Name != disclosing {
			nodes = append(nodes, d.field(hop{"Query", f}, 1, 2+d.rng.IntN(6), nil))
		}
	}
	o := &operation{nodes: d.arrange("Query", nodes), vars: d.vars}
	o.vars = o.used()
	return o
}

// holdsRecords tells whether a field leads to records.
func (d *drawer) holdsRecords(f *ast.FieldDefinition) bool {
	return d.catalog().Records[f.Type.Name()] != nil || d.catalog().Pages[f.Type.Name()] != nil
}

// towardsRecords is the field of a page, or of what is in it, that holds the records; nil elsewhere.
func (d *drawer) towardsRecords(t *ast.Definition) *ast.FieldDefinition {
	if d.catalog().Records[t.Name] != nil || t == d.schema.Query {
		return nil
	}
	if i := slices.IndexFunc(t.Fields, func(f *ast.FieldDefinition) bool { return d.holdsRecords(f) }); i >= 0 {
		return t.Fields[i]
	}
	return nil
}

// anyPage is a list of records.
func (d *drawer) anyPage() *ast.FieldDefinition {
	return pick(d.rng, slices.DeleteFunc(slices.Clone(d.schema.Query.Fields), func(f *ast.FieldDefinition) bool {
		return d.catalog().Pages[f.Type.Name()] == nil
	}))
}

// selection draws what is asked of an object that stands in the answer so many times, and goes on the way.
func (d *drawer) selection(t *ast.Definition, times, depth int, way []hop) []*node {
	var all []*node
	if len(way) > 0 {
		d.affords(t, way[0].field, times)
		all = append(all, d.field(way[0], times, depth, way[1:]))
	}
	all = slices.Concat(all, d.leaves(t), d.reported(t, times))
	for range d.rng.IntN(4) {
		f := pick(d.rng, t.Fields)
		if f.Name[0] != '_' && d.isObject(f) && d.objects > 0 && depth > 0 && d.affords(t, f, times) {
			all = append(all, d.field(hop{t.Name, f}, times, depth, nil))
		}
	}
	if to := d.towardsRecords(t); to != nil && d.rng.IntN(8) > 0 && !slices.ContainsFunc(all, func(n *node) bool { return d.holdsRecords(n.field) }) {
		all = append(all, d.field(hop{t.Name, to}, times, depth, nil))
	}
	if len(all) == 0 || d.rng.IntN(12) == 0 {
		all = append(all, &node{parent: t.Name, field: typename, key: typename.Name})
	}
	return d.arrange(t.Name, all)
}

// leaves draws fields that hold values, some twice: few of them, half, or nearly all.
func (d *drawer) leaves(t *ast.Definition) []*node {
	var all []*node
	of := pick(d.rng, []int{1, 4, 4, 9})
	for _, i := range d.rng.Perm(len(t.Fields)) {
		for f := t.Fields[i]; f.Name[0] != '_' && !d.isObject(f) && d.rng.IntN(10) < of; {
			all = append(all, d.field(hop{t.Name, f}, 1, 0, nil))
			if d.rng.IntN(20) > 0 {
				break
			}
		}
	}
	return all
}

// reported asks what of a record is closed, beside fields that may be.
func (d *drawer) reported(t *ast.Definition, times int) []*node {
	report, access := t.Fields.ForName("withheld"), d.profile.Types[t.Name]
	if report == nil || access == nil || d.rng.IntN(3) > 0 || !d.affords(t, report, times) {
		return nil
	}
	all := []*node{d.field(hop{t.Name, report}, times, 0, nil)}
	for _, name := range sorted(access.Fields) {
		if f := t.Fields.ForName(name); f != nil && access.Fields[name].Withheld != nil && d.rng.IntN(3) > 0 {
			all = append(all, &node{parent: t.Name, field: f, key: name})
		}
	}
	return all
}

// affords pays for an object as the hub counts it: a list that has no size of its own is taken to be short.
func (d *drawer) affords(parent *ast.Definition, f *ast.FieldDefinition, times int) bool {
	if f.Type.Elem != nil && d.catalog().Pages[parent.Name] == nil {
		times *= unpaged
	}
	if d.cost < times {
		return false
	}
	d.cost -= times
	return true
}

// unpaged is how many records the hub takes a list without a size to hold.
const unpaged = 5

var typename = &ast.FieldDefinition{Name: "__typename", Type: ast.NonNullNamedType("String", nil)}

func (d *drawer) isObject(f *ast.FieldDefinition) bool {
	def := d.schema.Types[f.Type.Name()]
	return def != nil && def.Kind == ast.Object
}

func (d *drawer) field(h hop, times, depth int, way []hop) *node {
	n := &node{parent: h.parent, field: h.field, key: h.field.Name, must: way != nil, times: times}
	size := d.arguments(n, times, way != nil && len(way) == 0)
	if d.isObject(h.field) {
		d.objects--
		n.sub = d.selection(d.schema.Types[h.field.Type.Name()], times*size, depth-1, way)
		if n.after != nil && d.rng.IntN(4) > 0 {
			n.sub = d.withCursor(n)
		}
	}
	return n
}

// withCursor asks a page for where it ends, so that the next one can be asked for.
func (d *drawer) withCursor(n *node) []*node {
	page := d.schema.Types[n.field.Type.Name()]
	info := page.Fields.ForName("pageInfo")
	if info == nil || slices.ContainsFunc(n.sub, func(s *node) bool { return s.key == "pageInfo" }) {
		return n.sub
	}
	end := d.schema.Types[info.Type.Name()].Fields.ForName("endCursor")
	return append(n.sub, &node{parent: page.Name, field: info, key: "pageInfo", sub: []*node{{parent: info.Type.Name(), field: end, key: "endCursor"}}})
}

func (d *drawer) catalog() *policy.Catalog { return d.profile.Catalog() }

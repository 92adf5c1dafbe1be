package noninterference

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/policy"
)

// arguments draws the arguments of a field and returns how many records a list of it holds at most. At the end of the way
// the argument is given to which it leads.
func (d *drawer) arguments(n *node, times int, end bool) int {
	size := 1
	keys := d.keys(n)
	for _, arg := range n.field.Arguments {
		required := arg.Type.NonNull && arg.DefaultValue == nil
		wanted := end && len(d.argument) > 0 && d.argument[0] == arg.Name
		switch {
		case arg.Name == "first":
			size = d.pageSize(times)
			if wanted || size != 20 || d.rng.IntN(2) == 0 {
				n.args = append(n.args, argument{arg.Name, d.sized(arg.Type, size)})
			}
		case arg.Name == "after":
			if wanted || d.rng.IntN(4) > 0 {
				n.after = &variable{name: fmt.Sprintf("c%d", len(d.vars)+1), typ: arg.Type, fixed: true}
				d.vars = append(d.vars, n.after)
				n.args = append(n.args, argument{arg.Name, &given{variable: n.after}})
			}
		case wanted:
			n.args = append(n.args, argument{arg.Name, d.wanted(arg.Type, keys[arg.Name], d.argument[1:])})
		case required || d.rng.IntN(3) == 0:
			n.args = append(n.args, argument{arg.Name, d.given(arg.Type, keys[arg.Name], true)})
		}
	}
	return size
}

// keys are what the arguments of a look-up are about: the keys of one record.
func (d *drawer) keys(n *node) map[string]about {
	all := map[string]about{}
	root := d.catalog().Root(n.field.Name)
	if n.field.Name == "referralPreview" || n.field.Name == "sharings" { // of no record, and about one or two
		child, agency := d.catalog().Records["Child"], d.catalog().Records["Agency"]
		all["child"] = about{record: child, field: child.Field("id"), key: d.look("Child")}
		all["receiver"] = about{record: agency, field: agency.Field("id"), key: d.look("Agency")}
		return all
	}
	if n.parent != "Query" || root == nil || len(root.Keys) == 0 {
		return all
	}
	key := d.look(root.Record.Name)
	for _, field := range root.Keys {
		all[field.Name] = about{record: root.Record, field: field, key: key}
	}
	return all
}

// pageSize draws a page that the operation can still afford.
func (d *drawer) pageSize(times int) int {
	size := min(pick(d.rng, []int{1, 2, 3, 5, 10, 20, 20, 50, 100}), max(1, d.records/times))
	d.records = max(0, d.records-size*times)
	d.cost -= size * times
	return size
}

func (d *drawer) sized(t *ast.Type, size int) *given {
	leaf := &given{leaf: int64(size)}
	if d.rng.IntN(4) > 0 {
		return leaf
	}
	v := &variable{name: fmt.Sprintf("v%d", len(d.vars)+1), typ: t, now: leaf, fixed: true}
	d.vars = append(d.vars, v)
	return &given{variable: v}
}

// about says which field of which record a value is compared with, where the catalogue knows, so that values are drawn
// that such records have.
type about struct {
	record *policy.Record
	field  *policy.Field
	key    *look // the record that the keys of a look-up are taken from
}

// look is a look-up or filter: all its values are mostly those of one record.
type look struct {
	record string
	row    *row
}

func (d *drawer) look(record string) *look {
	l := &look{record: record}
	d.looks = append(d.looks, l)
	d.choose(l)
	return l
}

// choose picks the record that is looked for, seldom none.
func (d *drawer) choose(l *look) {
	l.row = nil
	if d.rng.IntN(10) > 0 {
		l.row = d.anyRow(l.record)
	}
}

// given draws a value of a type. Where nest is set, variables may stand for it or for parts of it.
func (d *drawer) given(t *ast.Type, a about, nest bool) *given {
	switch {
	case nest && d.rng.IntN(5) < 2:
		return &given{variable: d.variable(t, a)}
	case !t.NonNull && d.rng.IntN(25) == 0:
		return &given{}
	case t.Elem != nil:
		g := &given{isList: true, list: []*given{}}
		for range d.rng.IntN(4) {
			g.list = append(g.list, d.given(t.Elem, a, nest))
		}
		return g
	}
	def := d.schema.Types[t.Name()]
	switch def.Kind {
	case ast.InputObject:
		return d.object(def, a, nest, nil)
	case ast.Enum:
		return &given{isEnum: true, leaf: d.enum(def, a)}
	}
	return &given{leaf: d.leaf(t.Name(), a)}
}

// wanted draws a value that holds something at the end of a path.
func (d *drawer) wanted(t *ast.Type, a about, path []string) *given {
	switch {
	case len(path) == 0:
		some := *t
		some.NonNull = true
		return d.given(&some, a, true)
	case t.Elem != nil:
		return &given{isList: true, list: []*given{d.wanted(t.Elem, a, path)}}
	}
	return d.object(d.schema.Types[t.Name()], a, true, path)
}

// object draws an input object: few of its fields, so that a filter finds something. The first of the path is among them.
func (d *drawer) object(def *ast.Definition, a about, nest bool, path []string) *given {
	g := &given{object: []member{}}
	a = d.filtered(def, a)
	few := 1 + d.rng.IntN(8)/7
	if len(path) > 0 {
		f := def.Fields.ForName(path[0])
		g.object = append(g.object, member{f.Name, d.wanted(f.Type, a.of(f), path[1:])})
		few = d.rng.IntN(4) / 3
	}
	for _, i := range d.rng.Perm(len(def.Fields)) {
		f := def.Fields[i]
		required := f.Type.NonNull && f.DefaultValue == nil
		if few--; !required && few < 0 || len(path) > 0 && f.Name == path[0] {
			continue
		}
		g.object = append(g.object, member{f.Name, d.given(f.Type, a.of(f), nest)})
	}
	return g
}

// filtered says what a filter is about.
func (d *drawer) filtered(def *ast.Definition, a about) about {
	if filters := d.catalog().Schema.Types[def.Name].Directives.ForName("filters"); filters != nil {
		a.record = d.catalog().Records[filters.Arguments.ForName("type").Value.Raw]
		a.key = d.look(a.record.Name)
	}
	return a
}

// of says what a field of an input object is about.
func (a about) of(f *ast.FieldDefinition) about {
	if a.record != nil && a.field == nil {
		a.field = a.record.Field(f.Name)
	}
	if f.Name == "lt" || f.Name == "gt" { // no record is less or greater than itself
		a.key = nil
	}
	return a
}

// variable declares a variable of exactly the type that its place has.
func (d *drawer) variable(t *ast.Type, a about) *variable {
	v := &variable{name: fmt.Sprintf("v%d", len(d.vars)+1), typ: t, about: a}
	if d.rng.IntN(5) == 0 {
		v.backup = d.given(t, a, false)
	}
	d.redraw(v)
	d.vars = append(d.vars, v)
	return v
}

// redraw gives a variable another value; one that may be left out sometimes is.
func (d *drawer) redraw(v *variable) {
	v.now = d.given(v.typ, v.about, false)
	if (v.backup != nil || !v.typ.NonNull) && d.rng.IntN(6) == 0 {
		v.now = nil
	}
}

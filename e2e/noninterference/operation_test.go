package noninterference

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// operation is a document with one operation, which can be asked with many values of its variables.
type operation struct {
	command bool
	nodes   []*node
	vars    []*variable
}

// node is a field that is asked for, or a fragment around some.
type node struct {
	parent string // the type that it is asked of
	field  *ast.FieldDefinition
	key    string
	args   []argument
	after  *variable
	when   []when
	must   bool   // is on the way, so that it is always asked for
	name   string // of a fragment with a name
	typed  bool   // the fragment says of which type it is
	sub    []*node
	times  int // that it stands in the answer at most
}

type argument struct {
	name  string
	value *given
}

// when is @include or @skip.
type when struct {
	directive string
	value     *given
}

// live tells whether the field is asked for with the values that the variables have now.
func (n *node) live() bool {
	for _, w := range n.when {
		if w.value.value() != (w.directive == "include") {
			return false
		}
	}
	return true
}

// text writes the document.
func (o *operation) text() string {
	var b strings.Builder
	if used := o.used(); len(used) > 0 { // a command has its input at least
		b.WriteString(map[bool]string{true: "mutation(", false: "query("}[o.command])
		declare(&b, used)
		b.WriteString(") ")
	}
	writeAll(&b, o.nodes)
	for _, f := range fragments(o.nodes) {
		b.WriteString(" fragment " + f.name + " on " + f.parent + " ")
		writeAll(&b, f.sub)
	}
	return b.String()
}

// used are the variables that the operation mentions.
func (o *operation) used() []*variable {
	mentioned := map[*variable]bool{}
	each(o.nodes, func(n *node) {
		for _, a := range n.args {
			a.value.mentions(mentioned)
		}
		for _, w := range n.when {
			w.value.mentions(mentioned)
		}
	})
	return slices.DeleteFunc(slices.Clone(o.vars), func(v *variable) bool { return !mentioned[v] })
}

func fragments(all []*node) (named []*node) {
	each(all, func(n *node) {
		if n.name != "" {
			named = append(named, n)
		}
	})
	return named
}

// each visits every field and fragment of an operation.
func each(all []*node, visit func(*node)) {
	for _, n := range all {
		visit(n)
		each(n.sub, visit)
	}
}

func writeAll(b *strings.Builder, all []*node) {
	b.WriteByte('{')
	for _, n := range all {
		b.WriteByte(' ')
		n.write(b)
	}
	b.WriteString(" }")
}

func (n *node) write(b *strings.Builder) {
	switch {
	case n.name != "":
		b.WriteString("..." + n.name)
	case n.field == nil && n.typed:
		b.WriteString("... on " + n.parent)
	case n.field == nil:
		b.WriteString("...")
	case n.key != n.field.Name:
		b.WriteString(n.key + ": " + n.field.Name)
	default:
		b.WriteString(n.key)
	}
	n.writeArguments(b)
	for _, w := range n.when {
		b.WriteString(" @" + w.directive + "(if: ")
		w.value.write(b)
		b.WriteByte(')')
	}
	if len(n.sub) > 0 && n.name == "" {
		b.WriteByte(' ')
		writeAll(b, n.sub)
	}
}

func (n *node) writeArguments(b *strings.Builder) {
	for i, a := range n.args {
		b.WriteString(map[bool]string{true: "(", false: ", "}[i == 0] + a.name + ": ")
		a.value.write(b)
	}
	if len(n.args) > 0 {
		b.WriteByte(')')
	}
}

// variables are the values with which the operation is asked now.
func (o *operation) variables() map[string]any {
	all := map[string]any{}
	for _, v := range o.vars {
		if v.now != nil {
			all[v.name] = v.now.value()
		}
	}
	return all
}

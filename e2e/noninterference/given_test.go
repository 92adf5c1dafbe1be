package noninterference

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// given is what is written for an argument, or for a part of one: a variable, null, an object, a list or a leaf.
type given struct {
	variable *variable
	object   []member
	list     []*given
	isList   bool
	isEnum   bool
	leaf     any // nil is null, unless the value is one of the above
}

type member struct {
	name  string
	value *given
}

// variable is declared by the operation. Its value is drawn anew for each time that the operation is asked.
type variable struct {
	name   string
	typ    *ast.Type
	about  about
	now    *given // nil where the request leaves it out
	backup *given // the default that the operation declares
	fixed  bool   // is not drawn anew
}

// value is what the hub will take the argument for.
func (g *given) value() any {
	switch {
	case g == nil:
		return nil
	case g.variable != nil && g.variable.now == nil:
		return g.variable.backup.value()
	case g.variable != nil:
		return g.variable.now.value()
	case g.isList:
		all := make([]any, len(g.list))
		for i, element := range g.list {
			all[i] = element.value()
		}
		return all
	case g.object != nil:
		all := map[string]any{}
		for _, m := range g.object {
			all[m.name] = m.value.value()
		}
		return all
	}
	return g.leaf
}

// write writes the argument as GraphQL has it.
func (g *given) write(b *strings.Builder) {
	switch {
	case g.variable != nil:
		b.WriteString("$" + g.variable.name)
	case g.isList:
		b.WriteByte('[')
		for i, element := range g.list {
			if i > 0 {
				b.WriteString(", ")
			}
			element.write(b)
		}
		b.WriteByte(']')
	case g.object != nil:
		b.WriteByte('{')
		for i, m := range g.object {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(m.name + ": ")
			m.value.write(b)
		}
		b.WriteByte('}')
	case g.isEnum:
		fmt.Fprint(b, g.leaf)
	default:
		b.WriteString(quoted(g.leaf))
	}
}

// quoted writes a leaf as JSON has it, which is how GraphQL has it too.
func quoted(leaf any) string {
	text, err := json.Marshal(leaf)
	if err != nil {
		panic(err) // leaves are texts, numbers and flags
	}
	return string(text)
}

// paths lists the places in an argument where something other than null stands, each under its way from the argument.
func paths(at string, value any) []string {
	if value == nil {
		return nil
	}
	all := []string{at}
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			all = append(all, paths(at+"."+name, member)...)
		}
	case []any:
		for _, element := range value {
			all = append(all, paths(at, element)...)
		}
	}
	return all
}

// mentions adds the variables that the argument mentions.
func (g *given) mentions(all map[*variable]bool) {
	if g.variable != nil {
		all[g.variable] = true
	}
	for _, element := range g.list {
		element.mentions(all)
	}
	for _, m := range g.object {
		m.value.mentions(all)
	}
}

// declare writes the variables of an operation.
func declare(b *strings.Builder, all []*variable) {
	for i, v := range all {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + v.name + ": " + v.typ.String())
		if v.backup != nil {
			b.WriteString(" = ")
			v.backup.write(b)
		}
	}
}

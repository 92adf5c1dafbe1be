package records

import (
	"sort"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// shapeOf tells apart the variables that lead to different statements: which are absent, flags, numbers and enum values
// (page sizes, @include, orders), and the form of input objects. Texts and identifiers only say that they are there.
func shapeOf(schema *ast.Schema, op *ast.OperationDefinition, vars map[string]any) string {
	if len(op.VariableDefinitions) == 0 {
		return ""
	}
	var b strings.Builder
	for _, def := range op.VariableDefinitions {
		writeShape(&b, schema, def.Type, vars[def.Variable])
		b.WriteByte(';')
	}
	return b.String()
}

func writeShape(b *strings.Builder, schema *ast.Schema, t *ast.Type, raw any) {
	switch raw := raw.(type) {
	case nil:
		b.WriteByte('_') // no digit: zero has another plan
	case map[string]any:
		writeObjectShape(b, schema, schema.Types[t.Name()], raw)
	case bool:
		b.WriteString(strconv.FormatBool(raw))
	case []any:
		b.WriteByte('l')
	case string:
		if def := schema.Types[t.Name()]; def != nil && def.Kind == ast.Enum {
			b.WriteString(raw)
		} else {
			b.WriteByte('s')
		}
	default:
		if n, ok := number(raw); ok && t.Name() == "Int" {
			b.WriteString(strconv.FormatInt(n, 10))
		} else {
			b.WriteByte('n')
		}
	}
}

func writeObjectShape(b *strings.Builder, schema *ast.Schema, def *ast.Definition, object map[string]any) {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	sort.Strings(names)
	b.WriteByte('{')
	for _, name := range names {
		if f := def.Fields.ForName(name); f != nil {
			b.WriteString(name)
			b.WriteByte(':')
			writeShape(b, schema, f.Type, object[name])
		}
	}
	b.WriteByte('}')
}

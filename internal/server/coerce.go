package server

import (
	"math"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
)

// coerce reads the variables of an operation as the specification has it. The validator lets more pass, texts as numbers
// and names of enums in any case, which the reads behind would answer as if nothing were there.
func coerce(schema *ast.Schema, op *ast.OperationDefinition, given map[string]any) (map[string]any, *gqlerror.Error) {
	wrapped := make(map[string]any, len(given))
	for _, v := range op.VariableDefinitions {
		value, ok := given[v.Variable]
		if !ok && v.DefaultValue != nil {
			value, ok = literal(v.DefaultValue)
		}
		if ok {
			wrapped[v.Variable] = listed(schema, v.Type, value)
		}
	}
	variables, err := validator.VariableValues(schema, op, wrapped)
	if err != nil {
		return nil, uncoerced(err)
	}
	for _, v := range op.VariableDefinitions {
		if !fits(schema, v.Type, variables[v.Variable]) {
			return nil, uncoerced(gqlerror.ErrorPathf(ast.Path{ast.PathName("variable"), ast.PathName(v.Variable)}, "of another type"))
		}
	}
	return variables, nil
}

// literal is the value of a default; one that cannot be read is left to the validator to refuse.
func literal(v *ast.Value) (any, bool) {
	value, err := v.Value(nil)
	return value, err == nil
}

// listed puts a single value that stands for a list into one.
func listed(schema *ast.Schema, t *ast.Type, value any) any {
	if value == nil {
		return nil
	}
	if t.Elem != nil {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for i := range list {
			list[i] = listed(schema, t.Elem, list[i])
		}
		return list
	}
	if object, ok := value.(map[string]any); ok {
		for _, field := range schema.Types[t.NamedType].Fields {
			if v, ok := object[field.Name]; ok {
				object[field.Name] = listed(schema, field.Type, v)
			}
		}
	}
	return value
}

// fits tells whether a value that the validator took is of its type to the letter.
func fits(schema *ast.Schema, t *ast.Type, value any) bool {
	switch v := value.(type) {
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return t.Elem != nil && !fits(schema, t.Elem, item) })
	case map[string]any:
		return !slices.ContainsFunc(schema.Types[t.NamedType].Fields, func(f *ast.FieldDefinition) bool { return !fits(schema, f.Type, v[f.Name]) })
	case int64:
		return t.NamedType != "Int" || v >= math.MinInt32 && v <= math.MaxInt32
	case float64:
		return t.NamedType != "Int"
	case string:
		definition := schema.Types[t.NamedType]
		return t.NamedType != "Int" && t.NamedType != "Float" &&
			(definition.Kind != ast.Enum || definition.EnumValues.ForName(v) != nil)
	}
	return true
}

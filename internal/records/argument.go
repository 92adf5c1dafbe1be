package records

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/fault"
)

// value is a place in the arguments of a field: a literal or variable of the document, and the way into it.
// It is read anew for every request, so that a plan serves all requests of the same shape.
type value struct {
	node *ast.Value
	path []string
}

// argumentOf returns the value of an argument, its default where it was left out, or nil.
func argumentOf(f *ast.Field, name string) *value {
	if a := f.Arguments.ForName(name); a != nil {
		return &value{node: a.Value}
	}
	if def := f.Definition.Arguments.ForName(name); def != nil && def.DefaultValue != nil {
		return &value{node: def.DefaultValue}
	}
	return nil
}

// read returns what stands at the place now; nil where nothing does.
func (v *value) read(vars map[string]any) any {
	if v == nil {
		return nil
	}
	whole, err := v.node.Value(vars)
	if err != nil {
		return nil
	}
	for _, name := range v.path {
		object, ok := whole.(map[string]any)
		if !ok {
			return nil
		}
		whole = object[name]
	}
	return whole
}

// child is the place of a field of the input object that stands here.
func (v *value) child(name string) *value {
	return &value{node: v.node, path: append(v.path[:len(v.path):len(v.path)], name)}
}

// number reads a whole number.
func number(raw any) (int64, bool) {
	switch n := raw.(type) {
	case int64:
		return n, true
	case int:
		return int64(n), true
	case int32:
		return int64(n), true
	case float64:
		return int64(n), n == math.Trunc(n)
	case json.Number:
		i, err := n.Int64()
		return i, err == nil
	}
	return 0, false
}

// Parameter turns an argument of a GraphQL type, a list or not, into a parameter of a statement; the name is for the error.
func Parameter(name string, t *ast.Type, raw any) (any, error) {
	if t.Elem != nil {
		return parameters(name, t.Name(), raw)
	}
	return parameter(name, t.Name(), raw)
}

// parameter turns an argument into what PostgreSQL compares a field of the GraphQL type with.
func parameter(name, typeName string, raw any) (any, error) {
	switch typeName {
	case "ID":
		id, err := uuid.Parse(fmt.Sprint(raw))
		if err != nil {
			return nil, fault.New(fault.Invalid, "%s must be an identifier as the hub gave it", name)
		}
		return id, nil
	case "Int":
		n, ok := number(raw)
		if !ok || n > math.MaxInt32 || n < math.MinInt32 {
			return nil, fault.New(fault.Invalid, "%s must be a whole number of at most 32 bits", name)
		}
		return int32(n), nil
	case "Date":
		return parseTime(name, raw, time.DateOnly, "a day such as 2026-03-31")
	case "DateTime":
		return parseTime(name, raw, time.RFC3339, "a moment such as 2026-03-31T09:30:00Z")
	case "Boolean":
		b, ok := raw.(bool)
		if !ok {
			return nil, fault.New(fault.Invalid, "%s must be true or false", name)
		}
		return b, nil
	}
	return text(name, raw)
}

func parseTime(name string, raw any, layout, example string) (any, error) {
	t, err := time.Parse(layout, fmt.Sprint(raw))
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return nil, fault.New(fault.Invalid, "%s must be %s", name, example)
	}
	return t, nil
}

// text refuses what PostgreSQL cannot hold, so that no error of its own arises.
func text(name string, raw any) (string, error) {
	s, ok := raw.(string)
	if !ok {
		return "", fault.New(fault.Invalid, "%s must be a text", name)
	}
	if !storable(s) {
		return "", fault.New(fault.Invalid, "%s must be a text in UTF-8 without zero bytes", name)
	}
	return s, nil
}

// parameters is parameter for a list.
func parameters(name, typeName string, raw any) (any, error) {
	list, ok := raw.([]any)
	if !ok {
		list = []any{raw} // a single value stands for a list of one
	}
	if typeName == "ID" {
		return typed[uuid.UUID](name, typeName, list)
	}
	return typed[string](name, typeName, list)
}

func typed[T any](name, typeName string, list []any) ([]T, error) {
	out := make([]T, 0, len(list))
	for _, raw := range list {
		p, err := parameter(name, typeName, raw)
		if err != nil {
			return nil, err
		}
		out = append(out, p.(T))
	}
	return out, nil
}

package server

import (
	"fmt"
	"math"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/fault"
)

const (
	unpaged           = 5   // records that a list without `first` is taken to hold; such lists are short by design
	introspectionCost = 500 // of one __schema or __type, which answer from memory but at length
)

// charge refuses an operation whose answer could hold too many records. It runs once per request, as pages are variables.
func (l Limits) charge(op *graphql.OperationContext) *fault.Error {
	m := meter{limits: l, variables: op.Variables}
	if cost := m.set(op.Operation.SelectionSet, 0); m.fault == nil && cost > l.Cost {
		return &fault.Error{Code: fault.TooCostly, Message: fmt.Sprintf(
			"the answer could hold more than %d records, counting each page in full; ask for smaller pages or less nesting", l.Cost)}
	}
	return m.fault
}

// meter adds up what the sets of an operation could hold; of several faults it keeps the first.
type meter struct {
	limits    Limits
	variables map[string]any
	known     map[spread]int
	fault     *fault.Error
}

// spread is a fragment where the lists in it have a page size from the field around them.
type spread struct {
	name string
	page int
}

// set is the records that one object's selections hold. Page is the `first` of the connection that the object is, whose
// lists of edges and nodes it sizes; 0 elsewhere.
func (m *meter) set(set ast.SelectionSet, page int) int {
	n := 0
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			n = sum(n, m.field(it, page))
		case *ast.InlineFragment:
			m.conditions(it.Directives)
			n = sum(n, m.set(it.SelectionSet, page))
		case *ast.FragmentSpread:
			m.conditions(it.Directives)
			n = sum(n, m.fragment(it, page))
		}
	}
	return n
}

func (m *meter) field(f *ast.Field, page int) int {
	m.conditions(f.Directives)
	own := m.first(f)
	switch {
	case len(f.SelectionSet) == 0:
		return 0
	case isIntrospection(f):
		m.set(f.SelectionSet, 0)
		return introspectionCost
	case f.Definition.Type.Elem == nil:
		return sum(1, m.set(f.SelectionSet, own))
	case own > 0:
		page = own
	case page == 0:
		page = unpaged
	}
	return product(page, sum(1, m.set(f.SelectionSet, 0)))
}

func (m *meter) fragment(f *ast.FragmentSpread, page int) int {
	key := spread{f.Name, page}
	if n, ok := m.known[key]; ok {
		return n
	}
	if m.known == nil {
		m.known = map[spread]int{}
	}
	m.known[key] = m.set(f.Definition.SelectionSet, page)
	return m.known[key]
}

// first is the page size that a field is asked for with; 0 where it takes none.
func (m *meter) first(f *ast.Field) int {
	definition := f.Definition.Arguments.ForName("first")
	if definition == nil {
		return 0
	}
	var asked any
	if given := f.Arguments.ForName("first"); given != nil {
		asked = m.value(given.Value)
	}
	if asked == nil {
		asked = m.value(definition.DefaultValue)
	}
	if asked == nil {
		return m.limits.Page
	}
	n, whole := asked.(int64)
	if !whole || n < 1 || n > int64(m.limits.Page) {
		m.refuse("first is a whole number from 1 to %d", m.limits.Page)
		return 1
	}
	return int(n)
}

func (m *meter) value(v *ast.Value) any {
	value, err := v.Value(m.variables)
	if err != nil {
		return err // no number, so it is refused
	}
	return value
}

// conditions refuses a null @include or @skip, which validation lets pass where the variable has a default.
func (m *meter) conditions(directives ast.DirectiveList) {
	for _, d := range directives {
		argument := d.Arguments.ForName("if")
		if argument == nil || argument.Value.Kind != ast.Variable {
			continue
		}
		if _, ok := m.variables[argument.Value.Raw].(bool); !ok {
			m.refuse("the condition of @include or @skip is true or false, never null")
		}
	}
}

func (m *meter) refuse(format string, args ...any) {
	if m.fault == nil {
		m.fault = wrong(fmt.Sprintf(format, args...))
	}
}

// sum and product stop at the largest number instead of turning round to a small one.
func sum(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}

func product(a, b int) int {
	if b > 0 && a > math.MaxInt/b {
		return math.MaxInt
	}
	return a * b
}

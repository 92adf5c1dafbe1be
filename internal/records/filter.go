package records

import (
	"fmt"
	"strings"

	"korpu/internal/fault"
	"korpu/policy"
)

// parameterOf makes one parameter of a statement from the arguments of a request.
type parameterOf func(r *Request) (any, error)

// operator is a condition that a filter can set on a field. None can raise an error inside PostgreSQL, since PostgreSQL may
// look at a row before it knows whether the caller may see it.
type operator struct {
	name string
	sql  string // %s is the column, then its parameters
	args []func(name, typeName string, raw any) (any, error)
}

var operators = []operator{
	{"eq", "%s = %s", one(parameter)},
	{"in", "%s = any(%s)", one(parameters)},
	{"lt", "%s < %s", one(parameter)},
	{"gt", "%s > %s", one(parameter)},
	{"startsWith", "(%[1]s ~>=~ %[2]s and %[1]s ~<~ %[3]s)", []func(string, string, any) (any, error){parameter, upperBound}},
}

func one(f func(string, string, any) (any, error)) []func(string, string, any) (any, error) {
	return []func(string, string, any) (any, error){f}
}

func upperBound(name, _ string, raw any) (any, error) {
	s, err := text(name, raw)
	return afterPrefix(s), err
}

// filter compiles the conditions of an input object marked @filters, over the views' columns.
func (c *compiler) filter(t *policy.TypeAccess, alias string, arg *value) ([]string, error) {
	object, ok := arg.read(c.vars).(map[string]any)
	if !ok {
		return nil, nil
	}
	var all []string
	var depending []string
	anchored := false
	for _, f := range t.Record.Fields {
		conditions, ok := object[f.Name].(map[string]any)
		if !ok || len(conditions) == 0 {
			continue
		}
		sql := c.conditions(f, alias, arg.child(f.Name), conditions)
		all = append(all, sql...)
		if access := t.Fields[f.Name]; access.Kind == policy.AlwaysOpen && f.Indexed {
			anchored = anchored || len(sql) > 0
		} else if access.Kind == policy.When {
			depending = append(depending, f.Name)
		}
	}
	if len(depending) > 0 && !anchored {
		return nil, fault.New(fault.Invalid, "a filter on %s, which is open on some records only, needs one beside it on a field that is always open: %s",
			strings.Join(depending, ", "), strings.Join(anchors(t), ", "))
	}
	return all, nil
}

func anchors(t *policy.TypeAccess) []string {
	var names []string
	for _, f := range t.Record.Fields {
		if f.Indexed && t.Fields[f.Name].Kind == policy.AlwaysOpen {
			names = append(names, f.Name)
		}
	}
	return names
}

func (c *compiler) conditions(f *policy.Field, alias string, at *value, given map[string]any) []string {
	column := alias + "." + f.Column
	var all []string
	for _, o := range operators {
		if given[o.name] == nil {
			continue
		}
		all = append(all, c.operate(o, column, f, at.child(o.name)))
	}
	if absent, ok := given["isNull"].(bool); ok && absent {
		all = append(all, column+" is null")
	} else if ok {
		all = append(all, column+" is not null")
	}
	return all
}

func (c *compiler) operate(o operator, column string, f *policy.Field, at *value) string {
	parts := []any{column}
	for _, convert := range o.args {
		parts = append(parts, c.param(at, func(raw any) (any, error) { return convert(f.Name, f.Def.Type.Name(), raw) }))
	}
	return fmt.Sprintf(o.sql, parts...)
}

// param adds a parameter to the statement and returns its place holder.
func (c *compiler) param(at *value, convert func(raw any) (any, error)) string {
	return c.bind(func(r *Request) (any, error) { return convert(at.read(r.vars)) })
}

func (c *compiler) bind(p parameterOf) string {
	c.params = append(c.params, p)
	return fmt.Sprintf("$%d", len(c.params))
}

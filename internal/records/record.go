package records

import (
	"fmt"
	"strings"

	"korpu/policy"
)

// emit appends one value of a row to a JSON text.
type emit func(out []byte, row [][]byte, r *Request) ([]byte, error)

// columns are what a statement, or a nested list in it, selects and joins.
type columns struct {
	list  []string
	joins []string
}

// add selects an expression and returns its place in the row.
func (c *columns) add(expression string) int {
	for i, e := range c.list {
		if e == expression {
			return i
		}
	}
	c.list = append(c.list, expression)
	return len(c.list) - 1
}

// place is add for an expression that there may not be; then it is -1.
func (c *columns) place(expression string) int {
	if expression == "" {
		return -1
	}
	return c.add(expression)
}

func (c *columns) named() string {
	parts := make([]string, len(c.list))
	for i, e := range c.list {
		parts[i] = fmt.Sprintf("%s as c%d", e, i)
	}
	return strings.Join(parts, ", ")
}

// compiler makes the statement of one root field for one profile.
type compiler struct {
	profile *policy.Profile
	catalog *policy.Catalog
	schema  string // of the profile's views
	vars    map[string]any
	params  []parameterOf
	aliases int
	trace   trace
}

func (c *compiler) alias() string {
	c.aliases++
	return fmt.Sprintf("x%d", c.aliases)
}

func (c *compiler) view(t *policy.TypeAccess, alias string) string {
	return c.schema + "." + t.Record.Table + " " + alias
}

// record compiles what was asked of a record that stands under the alias.
func (c *compiler) record(t *policy.TypeAccess, alias string, fields []selected, cols *columns) (emit, error) {
	keys := make([][]byte, len(fields))
	emits := make([]emit, len(fields))
	for i, s := range fields {
		keys[i] = keyOf(s.Key)
		var err error
		if emits[i], err = c.field(t, alias, s, fields, cols); err != nil {
			return nil, err
		}
	}
	return c.traced(t.Record, alias, cols, object(keys, emits)), nil
}

func object(keys [][]byte, emits []emit) emit {
	return func(out []byte, row [][]byte, r *Request) ([]byte, error) {
		out = append(out, '{')
		var err error
		for i, key := range keys {
			if i > 0 {
				out = append(out, ',')
			}
			if out, err = emits[i](append(out, key...), row, r); err != nil {
				return nil, err
			}
		}
		return append(out, '}'), nil
	}
}

func constant(text string) emit {
	return func(out []byte, _ [][]byte, _ *Request) ([]byte, error) { return append(out, text...), nil }
}

func (c *compiler) field(t *policy.TypeAccess, alias string, s selected, fields []selected, cols *columns) (emit, error) {
	if s.Field.Name == "__typename" {
		return constant(`"` + t.Record.Name + `"`), nil
	}
	c.trace.asked(t.Record.Name, s.Field.Name)
	if s.Field.Name == "withheld" {
		return c.withheld(t, alias, s, fields, cols)
	}
	f := t.Record.Field(s.Field.Name)
	if _, seen := t.Fields[s.Field.Name]; !seen || f == nil {
		return nil, fmt.Errorf("%s has no field %s for %s", t.Record.Name, s.Field.Name, c.profile)
	}
	if f.Link != nil {
		return c.link(t, f, alias, s, cols)
	}
	if f.Encrypted {
		return c.sealed(f, alias, cols), nil
	}
	return scalar(cols.add(alias+"."+f.Column), encoderOf(f.Def.Type)), nil
}

func scalar(column int, encode encoder) emit {
	return func(out []byte, row [][]byte, _ *Request) ([]byte, error) { return encode(out, row[column]), nil }
}

func (c *compiler) link(from *policy.TypeAccess, f *policy.Field, alias string, s selected, cols *columns) (emit, error) {
	to := c.profile.Types[f.Link.Target]
	if f.Link.Many {
		return c.many(from, f, to, alias, s, cols)
	}
	other := c.alias()
	cols.joins = append(cols.joins, fmt.Sprintf(" left join %s on %s", c.view(to, other), on(from, f.Link, to, alias, other)))
	c.trace.follows(f.Link, from.Record, alias, to.Record, other)
	present := cols.add(other + ".id")
	record, err := c.record(to, other, collect(s.Sub, c.vars), cols)
	if err != nil {
		return nil, err
	}
	return func(out []byte, row [][]byte, r *Request) ([]byte, error) {
		if row[present] == nil {
			return append(out, null...), nil
		}
		return record(out, row, r)
	}, nil
}

// on joins two records by their link, and by their child where both belong to one: it changes nothing, and lets PostgreSQL
// look up case and child once for a whole nested list.
func on(from *policy.TypeAccess, l *policy.Link, to *policy.TypeAccess, alias, other string) string {
	text := fmt.Sprintf("%s.%s = %s.%s", other, l.Foreign, alias, l.Own)
	mine, theirs := childKey(from.Record), childKey(to.Record)
	if mine != "" && theirs != "" && l.Own != mine && l.Foreign != theirs {
		text += fmt.Sprintf(" and %s.%s = %s.%s", other, theirs, alias, mine)
	}
	return text
}

func childKey(r *policy.Record) string {
	switch {
	case r.Anchor == policy.AnchorNone:
		return ""
	case r.Table == "child":
		return "id"
	}
	return "child_id"
}

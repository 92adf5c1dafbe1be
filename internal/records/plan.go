package records

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/fault"
	"korpu/policy"
)

// plan is a compiled root field: one statement, how its parameters are read from a request, how its rows are rendered.
// It holds nothing of a request, so that it serves all requests of the same document, profile, policy version and shape.
type plan struct {
	sql    string
	params []parameterOf
	width  int
	total  int // the column that holds the count; -1 where it was not asked for
	guess  bool
	render emitRows
	views  int // that it joins; each gives a record for a row, or a list
	trace  trace
}

// compile makes the plan of a root field.
func (c *compiler) compile(root *policy.Root, field *ast.Field, set ast.SelectionSet) (*plan, error) {
	t := c.profile.Types[root.Record.Name]
	if t == nil {
		return nil, fmt.Errorf("%s does not see %s", c.profile, root.Record.Name)
	}
	compile := c.compileLookUp
	if root.Page {
		compile = c.compilePage
	}
	c.trace.asked(field.ObjectDefinition.Name, root.Name)
	p, err := compile(root, t, field, set)
	if err != nil {
		return nil, err
	}
	if c.aliases > mostViews {
		return nil, fault.New(fault.TooCostly, "%s leads to more than %d linked records and lists; ask for them in several requests", root.Name, mostViews)
	}
	slices.Sort(c.trace.fields)
	p.views, p.trace = c.aliases, c.trace
	return p, nil
}

// mostViews bounds what one statement joins: the time that PostgreSQL takes to plan grows much faster than their number,
// and each brings up to thirty columns, of which a row holds 1,664.
const mostViews = 50

func (c *compiler) compileLookUp(root *policy.Root, t *policy.TypeAccess, field *ast.Field, set ast.SelectionSet) (*plan, error) {
	alias, cols := c.alias(), &columns{}
	record, err := c.record(t, alias, collect(set, c.vars), cols)
	if err != nil {
		return nil, err
	}
	var where []string
	guess := false
	if len(root.Keys) == 0 { // the record that a command made or changed
		where = append(where, alias+".id = "+c.bind(func(r *Request) (any, error) { return r.result, nil }))
	}
	for _, key := range root.Keys {
		where = append(where, c.operate(operators[0], alias+"."+key.Column, key, argumentOf(field, key.Name)))
		guess = guess || key.Name != "id"
	}
	sql := fmt.Sprintf("select %s from %s%s where %s limit 1", selectList(cols), c.view(t, alias), strings.Join(cols.joins, ""), strings.Join(where, " and "))
	return &plan{sql: sql, params: c.params, width: len(cols.list), total: -1, guess: guess, render: first(record)}, nil
}

func first(record emit) emitRows {
	return func(out []byte, list rows, r *Request) ([]byte, error) {
		if len(list.list) == 0 {
			return append(out, null...), nil
		}
		return record(out, list.list[0], r)
	}
}

func (c *compiler) compilePage(root *policy.Root, t *policy.TypeAccess, field *ast.Field, set ast.SelectionSet) (*plan, error) {
	alias, cols := c.alias(), &columns{}
	p, err := c.page(t, "Query."+root.Name, selected{Field: field})
	if err != nil {
		return nil, err
	}
	render, counted, err := c.list(t, p, alias, true, set, cols)
	if err != nil {
		return nil, err
	}
	where, err := c.filter(t, alias, p.filter)
	if err != nil {
		return nil, err
	}
	for _, key := range root.Keys {
		p.keys = append(p.keys, argumentOf(field, key.Name))
		where = append(where, c.operate(operators[0], alias+"."+key.Column, key, argumentOf(field, key.Name)))
	}
	if root.Only != nil {
		where = append(where, fmt.Sprintf("%s.%s = '%s'", alias, root.Only.Column, root.Value))
	}
	total := -1
	from := ""
	if counted {
		from = fmt.Sprintf("select count(*) as total from %s%s", c.view(t, alias), whereOf(where))
		total = len(cols.list)
	}
	if after := c.keyset(p, alias); after != "" {
		where = append(where, after)
	}
	sql := c.cut(t, p, alias, where, cols)
	if counted {
		sql = countedPage(sql, from, cols, p)
	}
	return &plan{sql: sql, params: c.params, width: len(cols.list), total: total, render: render}, nil
}

func selectList(cols *columns) string {
	if len(cols.list) == 0 {
		return "1 as c0"
	}
	return cols.named()
}

func whereOf(conditions []string) string {
	if len(conditions) == 0 {
		return ""
	}
	return " where " + strings.Join(conditions, " and ")
}

// countedPage puts the count beside every row of the page, and on a row of its own where the page is empty.
// A page always selects its id and order columns, by which the rows are ordered again.
func countedPage(sql, count string, cols *columns, p *page) string {
	direction := " asc"
	if p.desc {
		direction = " desc"
	}
	by := fmt.Sprintf("q.c0%s", direction)
	if p.order != nil {
		by = fmt.Sprintf("q.c1%s, %s", direction, by)
	}
	return fmt.Sprintf("select %s, n.total from (%s) n left join (%s) q on true order by %s", references("q", cols), count, sql, by)
}

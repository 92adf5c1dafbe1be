package records

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/policy"
)

// rows is a list as it came from PostgreSQL: each row taken apart, and one more than the page holds where it peeks and there are more.
type rows struct {
	list  [][][]byte
	total []byte // as PostgreSQL counted, where it was asked for
}

// emitRows appends a list to a JSON text.
type emitRows func(out []byte, list rows, r *Request) ([]byte, error)

// many compiles a nested list or page: an array of rows inside the parent's row, so that one statement answers all.
func (c *compiler) many(from *policy.TypeAccess, f *policy.Field, to *policy.TypeAccess, alias string, s selected, cols *columns) (emit, error) {
	other := c.alias()
	c.trace.follows(f.Link, from.Record, alias, to.Record, other)
	inner := &columns{}
	p, err := c.page(to, f.Title(), s)
	if err != nil {
		return nil, err
	}
	render, counted, err := c.list(to, p, other, f.Link.Page, s.Sub, inner)
	if err != nil {
		return nil, err
	}
	where := []string{on(from, f.Link, to, alias, other)}
	filters, err := c.filter(to, other, p.filter)
	if err != nil {
		return nil, err
	}
	where = append(where, filters...)
	total := -1
	if counted {
		total = cols.add(fmt.Sprintf("(select count(*) from %s where %s)", c.view(to, other), strings.Join(where, " and ")))
	}
	if after := c.keyset(p, other); after != "" {
		where = append(where, after)
	}
	column := cols.add(fmt.Sprintf("(select array_agg(row(%s)) from (%s) q)", references("q", inner), c.cut(to, p, other, where, inner)))
	return nested(column, total, len(inner.list), render), nil
}

func references(alias string, cols *columns) string {
	parts := make([]string, len(cols.list))
	for i := range cols.list {
		parts[i] = fmt.Sprintf("%s.c%d", alias, i)
	}
	return strings.Join(parts, ", ")
}

// nested takes the array in a column apart and renders it.
func nested(column, total, width int, render emitRows) emit {
	return func(out []byte, row [][]byte, r *Request) ([]byte, error) {
		below := r.shelf.mark()
		err := eachElement(row[column], func(element []byte) error { return splitRecord(element, r.shelf.row(width)) })
		if err != nil {
			return nil, err
		}
		list := rows{list: r.shelf.rows[below.rows:]}
		if total >= 0 {
			list.total = row[total]
		}
		out, err = render(out, list, r)
		r.shelf.back(below)
		return out, err
	}
}

// list compiles how the rows of a plain list or of a page are rendered, and tells whether the page is to be counted.
func (c *compiler) list(t *policy.TypeAccess, p *page, alias string, connection bool, set ast.SelectionSet, cols *columns) (emitRows, bool, error) {
	if !connection {
		record, err := c.record(t, alias, collect(set, c.vars), cols)
		return plain(p, record), false, err
	}
	return c.connection(t, p, alias, collect(set, c.vars), cols)
}

func plain(p *page, record emit) emitRows {
	return func(out []byte, list rows, r *Request) ([]byte, error) {
		out = append(out, '[')
		var err error
		for i, row := range list.list[:min(p.first, len(list.list))] {
			if i > 0 {
				out = append(out, ',')
			}
			if out, err = record(out, row, r); err != nil {
				return nil, err
			}
		}
		return append(out, ']'), nil
	}
}

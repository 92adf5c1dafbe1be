package records

import (
	"strconv"

	"korpu/policy"
)

// place is where a page's row holds what its cursor is made of.
type place struct {
	page      *page
	id, order int // order is -1 where the id alone orders
}

// connection compiles a page as Relay describes it: edges, nodes, pageInfo, totalCount.
func (c *compiler) connection(t *policy.TypeAccess, p *page, alias string, fields []selected, cols *columns) (emitRows, bool, error) {
	at := place{page: p, id: cols.add(alias + ".id"), order: -1}
	if p.order != nil {
		at.order = cols.add(alias + "." + p.order.Column)
	}
	parts := make([]emitRows, len(fields))
	counted := false
	for i, s := range fields {
		var err error
		if parts[i], err = c.connectionPart(t, at, alias, s, cols); err != nil {
			return nil, false, err
		}
		counted = counted || s.Field.Name == "totalCount"
		p.peek = p.peek || s.Field.Name == "pageInfo"
	}
	return func(out []byte, list rows, r *Request) ([]byte, error) {
		out = append(out, '{')
		var err error
		for i, part := range parts {
			out = append(comma(out, '{'), keyOf(fields[i].Key)...)
			if out, err = part(out, list, r); err != nil {
				return nil, err
			}
		}
		return append(out, '}'), nil
	}, counted, nil
}

func (c *compiler) connectionPart(t *policy.TypeAccess, at place, alias string, s selected, cols *columns) (emitRows, error) {
	if s.Field.Name != "__typename" {
		c.trace.asked(t.Record.Name+"Connection", s.Field.Name)
	}
	switch s.Field.Name {
	case "nodes":
		record, err := c.record(t, alias, collect(s.Sub, c.vars), cols)
		return plain(at.page, record), err
	case "edges":
		edge, err := c.edge(t, at, alias, collect(s.Sub, c.vars), cols)
		return plain(at.page, edge), err
	case "pageInfo":
		return at.pageInfo(collect(s.Sub, c.vars)), nil
	case "totalCount":
		return func(out []byte, list rows, _ *Request) ([]byte, error) { return appendInt(out, list.total), nil }, nil
	}
	name := constant(`"` + t.Record.Name + `Connection"`)
	return func(out []byte, _ rows, r *Request) ([]byte, error) { return name(out, nil, r) }, nil
}

func (c *compiler) edge(t *policy.TypeAccess, at place, alias string, fields []selected, cols *columns) (emit, error) {
	keys := make([][]byte, len(fields))
	emits := make([]emit, len(fields))
	for i, s := range fields {
		keys[i] = keyOf(s.Key)
		switch s.Field.Name {
		case "node":
			record, err := c.record(t, alias, collect(s.Sub, c.vars), cols)
			if err != nil {
				return nil, err
			}
			emits[i] = record
		case "cursor":
			emits[i] = at.cursor
		default:
			emits[i] = constant(`"` + t.Record.Name + `Edge"`)
		}
	}
	return object(keys, emits), nil
}

func (at place) cursor(out []byte, row [][]byte, r *Request) ([]byte, error) {
	var order []byte
	if at.order >= 0 {
		order = row[at.order]
	}
	return r.store.cursors.seal(out, r.binding(at.page), row[at.id], order)
}

func (at place) pageInfo(fields []selected) emitRows {
	return func(out []byte, list rows, r *Request) ([]byte, error) {
		shown := list.list[:min(at.page.first, len(list.list))]
		out = append(out, '{')
		var err error
		for _, s := range fields {
			out = append(comma(out, '{'), keyOf(s.Key)...)
			switch s.Field.Name {
			case "hasNextPage":
				out = strconv.AppendBool(out, len(list.list) > at.page.first)
			case "hasPreviousPage":
				out = strconv.AppendBool(out, at.page.after != nil)
			case "startCursor":
				out, err = at.edgeOf(out, shown, 0, r)
			case "endCursor":
				out, err = at.edgeOf(out, shown, len(shown)-1, r)
			default:
				out = append(out, `"PageInfo"`...)
			}
			if err != nil {
				return nil, err
			}
		}
		return append(out, '}'), nil
	}
}

func (at place) edgeOf(out []byte, shown [][][]byte, i int, r *Request) ([]byte, error) {
	if len(shown) == 0 {
		return append(out, null...), nil
	}
	return at.cursor(out, shown[i], r)
}

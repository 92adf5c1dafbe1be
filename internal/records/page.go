package records

import (
	"encoding/json"
	"fmt"
	"strings"

	"korpu/internal/fault"
	"korpu/policy"
)

// MaxPage is the largest page of a list.
const MaxPage = 100

// page is how a list is ordered and cut.
type page struct {
	order  *policy.Field // nil orders by id alone
	desc   bool
	first  int
	peek   bool // one record more is read, to tell whether there is a next page
	after  *value
	path   string // Type.field, part of what cursors are bound to
	filter *value
	keys   []*value // whose list it is
}

func (c *compiler) page(t *policy.TypeAccess, path string, s selected) (*page, error) {
	first, err := pageSize(argumentOf(s.Field, "first").read(c.vars))
	if err != nil {
		return nil, err
	}
	p := &page{first: first, path: path, filter: argumentOf(s.Field, "filter")}
	if after := argumentOf(s.Field, "after"); after.read(c.vars) != nil {
		p.after = after
	}
	p.orderBy(c.profile, t.Record, argumentOf(s.Field, "orderBy").read(c.vars))
	return p, nil
}

func pageSize(raw any) (int, error) {
	n, ok := number(raw)
	if !ok || n < 1 || n > MaxPage {
		return 0, fault.New(fault.Invalid, "first must be a number from 1 to %d", MaxPage)
	}
	return int(n), nil
}

// orderBy takes the order that was asked for, else the record's own where the caller always sees it, else the id.
func (p *page) orderBy(profile *policy.Profile, r *policy.Record, raw any) {
	if asked, ok := raw.(map[string]any); ok {
		p.order = r.Field(policy.OrderedField(fmt.Sprint(asked["field"])))
		p.desc = asked["direction"] != "ASC"
		return
	}
	p.desc = true
	if r.Order != nil && profile.Orders(r.Name, r.Order.Name) {
		p.order = r.Order
		p.desc = r.Order.Def.Type.Name() != "String"
	}
}

// clause is the ORDER BY of the page over an alias, or over named columns where the alias is empty.
func (p *page) clause(alias string) string {
	direction := " asc"
	if p.desc {
		direction = " desc"
	}
	by := alias + ".id" + direction
	if p.order != nil {
		by = alias + "." + p.order.Column + direction + ", " + by
	}
	return " order by " + by
}

// cut is the statement of a page. What is linked is joined to the records of the page only: PostgreSQL would otherwise
// weigh joining it to all that the caller may see.
func (c *compiler) cut(t *policy.TypeAccess, p *page, alias string, where []string, cols *columns) string {
	rest := fmt.Sprintf("%s%s limit %d", whereOf(where), p.clause(alias), p.limit())
	if len(cols.joins) == 0 {
		return fmt.Sprintf("select %s from %s%s", selectList(cols), c.view(t, alias), rest)
	}
	return fmt.Sprintf("select %s from (select * from %s%s) %s%s%s",
		selectList(cols), c.view(t, alias), rest, alias, strings.Join(cols.joins, ""), p.clause(alias))
}

func (p *page) limit() int {
	if p.peek {
		return p.first + 1
	}
	return p.first
}

// keyset is the condition that the page begins after its cursor.
func (c *compiler) keyset(p *page, alias string) string {
	if p.after == nil {
		return ""
	}
	compare := " > "
	if p.desc {
		compare = " < "
	}
	id := c.bind(func(r *Request) (any, error) {
		id, _, err := r.openCursor(p)
		return id, err
	})
	if p.order == nil {
		return alias + ".id" + compare + id
	}
	order := c.bind(func(r *Request) (any, error) {
		_, raw, err := r.openCursor(p)
		if err != nil {
			return nil, err
		}
		return decoded(p.order.Def.Type.Name(), raw), nil
	})
	return fmt.Sprintf("(%s.%s, %s.id)%s(%s, %s)", alias, p.order.Column, alias, compare, order, id)
}

// binding ties a cursor to who asked what: profile, person, client, list, order and filter.
func (r *Request) binding(p *page) string {
	if b, ok := r.bindings[p]; ok {
		return b
	}
	order := "id"
	if p.order != nil {
		order = p.order.Name
	}
	narrowed := []any{p.filter.read(r.vars)}
	for _, key := range p.keys {
		narrowed = append(narrowed, key.read(r.vars))
	}
	filter, err := json.Marshal(narrowed)
	if err != nil {
		filter = []byte("unreadable")
	}
	b := strings.Join([]string{r.profile.Name(), r.subject.Staff.String(), r.subject.Client, p.path, order, fmt.Sprint(p.desc), string(filter)}, "\x00")
	r.bindings[p] = b
	return b
}

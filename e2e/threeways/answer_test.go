package threeways

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"korpu/policy"
)

// expected works out what the hub has to answer, from the tables and from what Casbin permits.
type expected struct {
	*trial
	profile *policy.Profile
	asker   asker
}

// record is a record as it has to be answered.
func (e expected) record(s *selection, of row) map[string]any {
	answer := map[string]any{"__typename": s.record.Name}
	withheld := []any{}
	for _, f := range s.values {
		e.seen.note("answer %s %s", e.profile.Name(), f.Title())
		if e.judge.shows(e.world, e.asker, f, of) {
			answer[f.Name] = e.valueOf(f, of)
			continue
		}
		answer[f.Name] = nil
		if e.judge.tells(e.world, e.asker, f, of) {
			withheld = append(withheld, e.withheld(f))
		}
	}
	answer["withheld"] = withheld
	for _, l := range s.links {
		e.seen.note("answer %s %s", e.profile.Name(), l.field.Title())
		answer[l.field.Name] = e.link(l, of)
	}
	return answer
}

// withheld is what is told of a field; its words are the same for every record.
func (e expected) withheld(f *policy.Field) map[string]any {
	w := e.profile.Types[f.Record.Name].Fields[f.Name].Withheld
	return map[string]any{"field": f.Name, "reason": w.Reason, "basis": w.Basis, "howToRequest": w.HowToRequest}
}

func (e expected) link(l *link, of row) any {
	rows := e.linked(l, of)
	switch {
	case !l.field.Link.Many && len(rows) == 0:
		return nil
	case !l.field.Link.Many:
		return e.record(l.to, rows[0])
	}
	e.sort(rows, e.usual(l.to.record))
	nodes := e.records(l.to, rows[:min(l.first, len(rows))])
	if !l.field.Link.Page {
		return nodes
	}
	return map[string]any{"totalCount": float64(len(rows)), "nodes": nodes,
		"pageInfo": map[string]any{"hasNextPage": len(rows) > l.first, "hasPreviousPage": false}}
}

func (e expected) records(s *selection, rows []row) []any {
	nodes := []any{}
	for _, of := range rows {
		nodes = append(nodes, e.record(s, of))
	}
	return nodes
}

func (e expected) linked(l *link, of row) []row {
	own := of[l.field.Link.Own]
	if own == nil {
		return nil
	}
	return e.visible(l.to.record, row{l.field.Link.Foreign: own})
}

// visible are the rows with these values that are there for the asker.
func (e expected) visible(r *policy.Record, values row) []row {
	return slices.DeleteFunc(e.world.where(r.Table, values), func(of row) bool { return !e.judge.sees(e.world, e.asker, r, of) })
}

// order is how a list is ordered: by a field and then by id, both in one direction; by id alone where the field is nil.
type order struct {
	by   *policy.Field
	desc bool
}

// usual is the order of a list where none was asked for: newest first, names from the beginning.
func (e expected) usual(r *policy.Record) order {
	if r.Order == nil || !e.profile.Orders(r.Name, r.Order.Name) {
		return order{desc: true}
	}
	return order{r.Order, r.Order.Def.Type.Name() != "String"}
}

func (e expected) sort(rows []row, o order) {
	slices.SortFunc(rows, func(a, b row) int {
		n := cmp.Or(o.compare(a, b), cmp.Compare(a["id"].(string), b["id"].(string)))
		if o.desc {
			return -n
		}
		return n
	})
}

func (o order) compare(a, b row) int {
	if o.by == nil {
		return 0
	}
	switch o.by.Def.Type.Name() {
	case "String":
		return bytes.Compare([]byte(a[o.by.Column].(string)), []byte(b[o.by.Column].(string)))
	case "Int":
		return cmp.Compare(a[o.by.Column].(float64), b[o.by.Column].(float64))
	}
	return a.time(o.by.Column).Compare(b.time(o.by.Column))
}

// valueOf is a value of a row as JSON has it.
func (e expected) valueOf(f *policy.Field, of row) any {
	if f.Encrypted {
		return e.world.unseal(f, of)
	}
	if f.Def.Type.Name() == "DateTime" && of[f.Column] != nil {
		return of.time(f.Column).UTC().Format(time.RFC3339Nano)
	}
	return of[f.Column]
}

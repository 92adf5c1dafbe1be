package noninterference

import (
	"strings"

	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres/pgtest"
	"korpu/policy"
)

// person asks in a role, for a purpose.
type person struct {
	staff, agency, subject string
	client                 string // of the partner system that names the person; empty where the person signs in
}

// sight is what a person may see in a database: for each record the rows, by id.
type sight map[string]map[string]*row

// row is a row of a record as a person may see it.
type row struct {
	id, child string
	facts     string
	seen      bool
	shown     string // all that may be told of it; empty where it is not seen
	values    []*string
	open      []bool // which of the values may be seen
}

// look finds what a person may see on one side.
func (e *eye) look(conn *pgx.Conn, who *person) sight {
	e.world.t.Helper()
	s := sight{}
	exec(e.world.t, conn, "select set_config('korpu.staff', $1, false), set_config('korpu.agency', $2, false), set_config('korpu.purpose', $3, false)",
		who.staff, who.agency, e.purpose)
	for _, name := range e.world.catalog.Names {
		r := e.world.catalog.Records[name]
		facts := e.facts(r)
		s[name] = map[string]*row{}
		question, width := e.question(r, facts)
		for _, text := range pgtest.Column[string](e.world.t, conn, question) {
			read := e.apart(text, width)
			one := &row{id: *read[0], facts: *read[2], values: read[3:]}
			if read[1] != nil {
				one.child = *read[1]
			}
			one.judge(r, e.judge(r, facts, one.facts))
			s[name][one.id] = one
		}
	}
	s["Query.me"] = e.lookAtSelf(conn, who)
	return s
}

func (o *row) judge(r *policy.Record, v *verdict) {
	o.seen = v.row
	o.open = make([]bool, len(o.values))
	if !o.seen {
		return
	}
	for i := range r.Keys() {
		o.open[i] = true
	}
	_, places := columnsOf(r)
	for i, place := range places {
		if place >= 0 && v.fields[i] {
			o.open[place] = true
		}
	}
	var shown strings.Builder
	for i, value := range o.values {
		switch {
		case !o.open[i]:
			shown.WriteString("\x00closed")
		case value == nil:
			shown.WriteString("\x00null")
		default:
			shown.WriteString("\x00=" + *value)
		}
	}
	o.shown = shown.String()
}

// lookAtSelf is what the hub tells people of themselves.
func (e *eye) lookAtSelf(conn *pgx.Conn, who *person) map[string]*row {
	e.world.t.Helper()
	all := map[string]*row{}
	for _, text := range pgtest.Column[string](e.world.t, conn, `
		select a::text || ' ' || coalesce((select string_agg(c::text, ' ' order by c::text) from korpu.client_admission c where c.client_id = $2), '')
		  from korpu.admission a where a.staff_id::text = $1`, who.staff, who.client) {
		all[text] = &row{id: text, seen: true, shown: text}
	}
	return all
}

// difference is a row that a person may see otherwise on the two sides, or whose conditions have other values.
type difference struct{ record, id, child string }

// differences compares what a person may see on both sides. Rows that are there on one side only must not be seen.
func (s sight) differences(other sight) []difference {
	var all []difference
	for record, rows := range s {
		for id, a := range rows {
			b := other[record][id]
			if b == nil && a.seen || b != nil && (a.facts != b.facts || a.seen != b.seen || a.shown != b.shown) {
				all = append(all, difference{record, id, a.child})
			}
		}
		for id, b := range other[record] {
			if rows[id] == nil && b.seen {
				all = append(all, difference{record, id, b.child})
			}
		}
	}
	return all
}

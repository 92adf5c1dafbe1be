package threeways

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"korpu/internal/vault"
)

// row is a row of a table by column, as PostgreSQL's to_jsonb writes it.
type row map[string]any

// generator makes up a small database. Everything in it follows from its random source and the moment that is now.
type generator struct {
	*rand.Rand
	now      time.Time
	brink    bool                // whether everything happens at this very moment, just before or just after
	nullable map[string][]string // columns by table
	rows     map[string][]row
	tables   []string // in the order in which they can be written
	keys     map[string]*vault.Key
}

// referredTo are the tables that others lead to; they are written first.
var referredTo = []string{"district", "agency", "staff", "child", "case_file", "diversion", "detention_episode"}

func generate(random *rand.Rand, now time.Time, brink bool, nullable map[string][]string) *generator {
	g := &generator{Rand: random, now: now, brink: brink, nullable: nullable, rows: map[string][]row{}, tables: slices.Clone(referredTo), keys: map[string]*vault.Key{}}
	g.subjects()
	for range 8 {
		g.child()
	}
	g.orders()
	g.readings()
	g.boards()
	g.emergencies()
	g.powers()
	g.harms()
	g.expungements()
	g.outcomes()
	return g
}

// add keeps a row, with some of what may be absent left out.
func (g *generator) add(table string, r row) row {
	for _, column := range g.nullable[table] {
		if g.chance(0.3) {
			r[column] = nil
		}
	}
	return g.keep(table, r)
}

// keep keeps a row as it is, but for what stands encrypted in the database.
func (g *generator) keep(table string, r row) row {
	g.seal(table, r)
	if !slices.Contains(g.tables, table) {
		g.tables = append(g.tables, table)
	}
	g.rows[table] = append(g.rows[table], r)
	return r
}

func (g *generator) chance(p float64) bool { return g.Float64() < p }

func (g *generator) id() string {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(g.Uint32())
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}

func one[T any](g *generator, of ...T) T { return of[g.IntN(len(of))] }

// some takes each value or not, in order.
func some[T any](g *generator, p float64, of []T) []T {
	taken := []T{}
	for _, x := range of {
		if g.chance(p) {
			taken = append(taken, x)
		}
	}
	return taken
}

// ids are the identifiers of rows.
func ids(rows []row) []string {
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = r["id"].(string)
	}
	return list
}

// from are the rows in which a column has one of the values.
func from(rows []row, column string, values ...string) []row {
	var list []row
	for _, r := range rows {
		for _, v := range values {
			if r[column] == v {
				list = append(list, r)
			}
		}
	}
	return list
}

// text is a text with every sign that some encoder has stumbled over, or an empty one.
func (g *generator) text() string {
	return one(g, "", "plain", `"quoted" and \ escaped`, "two\nlines\tand a tab\r", "Şəfəqə Çingiz qızı", "\x01\x1f\x7f", "a\u2028b\u2029c",
		"<script>&amp;</script>", "😀 é", "' or 1=1 --", fmt.Sprintf("text %d", g.IntN(1000)))
}

// Unless on the brink, nothing happens within two days of now, so that no time of day and no midnight changes what is live.
func (g *generator) past() time.Time {
	if g.brink {
		return one(g, g.now, g.now.Add(-time.Microsecond))
	}
	return g.now.Add(-g.distance())
}

func (g *generator) future() time.Time {
	if g.brink {
		return g.now.Add(time.Microsecond)
	}
	return g.now.Add(g.distance())
}

func (g *generator) distance() time.Duration {
	return 48*time.Hour + time.Duration(g.Int64N(int64(900*24*time.Hour))).Truncate(time.Microsecond)
}

func (g *generator) pastDay() string { return g.past().Format(time.DateOnly) }

func (g *generator) futureDay() string {
	if g.brink {
		return g.now.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	return g.future().Format(time.DateOnly)
}

// anyDay may be very old or very late.
func (g *generator) anyDay() string {
	return one(g, g.pastDay(), g.pastDay(), g.futureDay(), "0001-01-01", "9999-12-31", "2000-02-29")
}

// ended is a moment in the past with this chance, and else none.
func (g *generator) ended(p float64) any {
	if g.chance(p) {
		return g.past()
	}
	return nil
}

// window is a time that is over, goes on, or has not begun.
func (g *generator) window() (starts, ends time.Time) {
	switch g.IntN(4) {
	case 0:
		ends = g.past()
		return ends.Add(-time.Hour), ends
	case 1:
		starts = g.future()
		return starts, starts.Add(time.Hour)
	}
	return g.past(), g.future()
}

func (g *generator) days() (since string, until any) {
	switch g.IntN(6) {
	case 0:
		return "2001-01-01", g.pastDay()
	case 1:
		return g.futureDay(), nil
	case 2:
		return g.pastDay(), g.futureDay()
	}
	return g.pastDay(), nil
}

// Package noninterference proves that what a person may not see changes nothing of what that person is answered: not one
// byte of status, headers and body.
package noninterference

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hub"
	"korpu/internal/hubtest"
	"korpu/internal/postgres/pgtest"
	"korpu/policy"
)

// children is the size of the country: small enough that a hidden change often stands beside what a person asks for.
const children = 200

//go:embed enrich.sql
var enrichment string

// world is the same country twice. Nothing changes in still; what a person may not see changes in moved.
type world struct {
	t            testing.TB
	tokens       *hubtest.Hub
	still, moved *side
	catalog      *policy.Catalog
	tables       map[string]*table
	types        map[string]string   // of columns, by relation.column
	read         map[string][]string // tables by the record whose view reads them
	commands     bool                // keep also the conditions of commands as they are
}

// side is a database and a hub over it.
type side struct {
	admin  *pgx.Conn
	config hub.Config
	hub    *hub.Hub
	web    http.Handler
}

func newWorld(t testing.TB, statements ...string) *world {
	t.Helper()
	w := &world{t: t, still: &side{}, moved: &side{}, catalog: hubtest.Policy().Catalog}
	addresses := map[*side]string{}
	for _, s := range []*side{w.still, w.moved} {
		addresses[s], s.admin = hubtest.Country(t, children, 1, append([]string{enrichment, "vacuum analyze"}, statements...)...)
	}
	w.tokens = hubtest.Open(t, addresses[w.still])
	for _, s := range []*side{w.still, w.moved} {
		admitEverybody(t, s.admin, w.tokens.Config.Issuers[0].URL)
		config := w.tokens.Config
		config.DatabaseURL = hubtest.LoginURL(t, addresses[s])
		config.Options.MaxConns = 1
		config.Policy = nil      // a guard that is taken out of one is in the others
		config.AuditKey = nil    // nothing but the test writes to the database
		config.Guesses = 1 << 30 // keys that find nothing are among the questions
		if s == w.moved {        // other plans, by which no answer may differ
			exec(t, s.admin, fmt.Sprintf("alter role korpu_hub in database %q set enable_indexscan = off", s.admin.Config().Database))
		}
		s.open(t, config)
	}
	w.seal()
	exec(t, w.moved.admin, machinery)
	w.readTables()
	w.rememberRows()
	return w
}

// again is the same world, asked through other instances of the hub.
func (w *world) again() *world {
	w.t.Helper()
	other := *w
	other.still, other.moved = &side{admin: w.still.admin}, &side{admin: w.moved.admin}
	exec(w.t, w.moved.admin, "select leak.unwatch()") // a hub does not open over triggers that it does not know
	other.still.open(w.t, w.still.config)
	other.moved.open(w.t, w.moved.config)
	exec(w.t, w.moved.admin, "select leak.watch()")
	return &other
}

func (s *side) open(t testing.TB, config hub.Config) {
	t.Helper()
	s.config = config
	var err error
	if s.hub, err = hub.Open(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.hub.Close)
	s.web = s.hub.Server.Handler()
}

// admitEverybody lets every professional sign in, not the personas alone.
func admitEverybody(t testing.TB, admin *pgx.Conn, issuer string) {
	t.Helper()
	exec(t, admin, "update korpu.staff_identity set issuer = $1", issuer)
	exec(t, admin, "update korpu.client set issuer = $1", issuer)
	exec(t, admin, `insert into korpu.staff_identity (issuer, subject, staff_id)
		select $1, s.id::text, s.id from korpu.staff s where not exists (select from korpu.staff_identity i where i.staff_id = s.id)`, issuer)
}

func exec(t testing.TB, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(context.WithoutCancel(t.Context()), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// structs reads rows into structs by the names of their columns.
func structs[T any](t testing.TB, conn *pgx.Conn, sql string, args ...any) []T {
	t.Helper()
	return pgtest.Rows(t, conn, pgx.RowToStructByName[T], sql, args...)
}

package records_test

import (
	"runtime"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
)

// lock keeps a table from every reader until it is released, together with what was written under it.
type lock struct{ pgx.Tx }

func (d *desk) lock(t *testing.T, table string) lock {
	t.Helper()
	tx, err := hubtest.Connect(t, d.Admin).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l := lock{tx}
	l.do(t, "lock table "+table+" in access exclusive mode")
	return l
}

func (l lock) do(t *testing.T, sql string) {
	t.Helper()
	if _, err := l.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func (l lock) release(t *testing.T) {
	t.Helper()
	if err := l.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// awaitBlocked waits until so many of the hub's connections wait for a lock.
func (d *desk) awaitBlocked(t *testing.T, n int) {
	t.Helper()
	for d.blocked(t) != n {
		runtime.Gosched()
	}
}

func (d *desk) blocked(t *testing.T) int {
	t.Helper()
	return one[int](t, d, "select count(*) from pg_stat_activity where datname = current_database() and usename = 'korpu_hub' and wait_event_type = 'Lock'")
}

package noninterference

import (
	"context"
	_ "embed"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres/pgtest"
)

//go:embed moved.sql
var machinery string

// hide changes the moved side by what the person may not see, and nothing else: what alters anything that the person may
// see, or the value of any condition, is taken back.
func (s *subject) hide(rng *rand.Rand, who *person, count int) (before, after sight, made []change) {
	s.world.t.Helper()
	before = s.look(s.world.still.admin, who)
	made = s.propose(rng, who, before, count)
	s.world.restore()
	for {
		var seen []difference
		made = s.world.apply(made, func() bool {
			after = s.look(s.world.moved.admin, who)
			seen = before.differences(after)
			return len(seen) == 0
		})
		if len(seen) == 0 {
			return before, after, made
		}
		if len(made) == 0 {
			s.world.t.Fatalf("the sides differ before anything is changed: %v", seen)
		}
		made = without(made, seen)
	}
}

// restore has the moved side as it was.
func (w *world) restore() {
	w.t.Helper()
	if touched := pgtest.Column[string](w.t, w.moved.admin, "select distinct 'korpu.' || relation from leak.touched"); len(touched) > 0 {
		exec(w.t, w.moved.admin, "select leak.restore('begin')")
		exec(w.t, w.moved.admin, "vacuum leak.touched, "+strings.Join(touched, ", "))
	}
}

// apply makes changes on the moved side, and returns those that took place. They stay where hidden says, once they are made,
// that they do.
func (w *world) apply(changes []change, hidden func() bool) (done []change) {
	w.t.Helper()
	ctx := context.WithoutCancel(w.t.Context())
	tx, err := w.moved.admin.Begin(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	batch := &pgx.Batch{}
	for _, c := range changes {
		batch.Queue("select leak.try($1)", c.sql).QueryRow(func(answer pgx.Row) error {
			var took bool
			if err := answer.Scan(&took); err != nil || !took {
				return err
			}
			done = append(done, c)
			return nil
		})
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		w.t.Fatal(err)
	}
	if hidden() {
		if err := tx.Commit(ctx); err != nil {
			w.t.Fatal(err)
		}
	}
	return done
}

// only has the moved side as it is after these changes and no other, and returns those that took place.
func (w *world) only(changes []change) []change {
	w.t.Helper()
	w.restore()
	return w.apply(changes, func() bool { return true })
}

// without leaves out the changes that explain the differences: of the very row, else of its child, else of no child.
func without(made []change, seen []difference) []change {
	kept := made
	for _, d := range seen {
		for _, explains := range []func(change) bool{
			func(c change) bool { return c.id == d.id },
			func(c change) bool { return c.child == d.child && d.child != "" },
			func(c change) bool { return c.child == "" },
			func(change) bool { return true },
		} {
			if slices.ContainsFunc(made, explains) {
				kept = slices.DeleteFunc(slices.Clone(kept), explains)
				break
			}
		}
	}
	return kept
}

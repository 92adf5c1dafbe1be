package threeways

import (
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
)

// What begins at this moment has begun, and what ends at this moment has ended. A transaction has one moment, so here the
// database is made, read and judged within one, and the hub, which has its own transactions, is not asked.
func TestTheFirstMomentCountsAndTheLastDoesNot(t *testing.T) {
	_, conn := hubtest.Database(t)
	seen := newCoverage(hubtest.Policy())
	j := newJudge(t, hubtest.Policy(), seen)
	for n := range 3 {
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		compareOnTheBrink(t, tx, rand.New(rand.NewPCG(*seed, uint64(n))), j)
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d: %d cells of views compared", *seed, seen.cells)
	for _, condition := range []string{"jurisdiction", "consented", "temporary", "emergency", "emergency_class", "visit_window"} {
		seen.expect(t, "condition "+condition)
	}
}

func compareOnTheBrink(t *testing.T, tx pgx.Tx, random *rand.Rand, j *judge) {
	t.Helper()
	if _, err := tx.Exec(t.Context(), "set local timezone to 'UTC'"); err != nil {
		t.Fatal(err)
	}
	w, err := refill(t.Context(), tx, random, true, "")
	if err != nil {
		t.Fatal(err)
	}
	j.forget()
	c := &trial{t: t, world: w, judge: j, seen: j.seen}
	for _, p := range hubtest.Policy().Profiles {
		for _, who := range personas(w, random, p) {
			c.compareViews(tx, p, 1, who.asker)
		}
	}
}

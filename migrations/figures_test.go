package migrations_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres/pgtest"
	"korpu/migrations"
)

// figures is a connection to the functions by which figures are computed.
func figures(t *testing.T) *pgx.Conn {
	t.Helper()
	dsn := pgtest.New(t, "empty", pgtest.Empty)
	if err := migrations.Up(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	return connect(t, dsn)
}

// The first four are of R. G. Newcombe, Two-sided confidence intervals for the single proportion: comparison of seven methods, Statistics in
// Medicine 17 (1998), 857 to 872, table I. The fifth is the cohort of Sumgayit, whose bounds have closed forms: z²/(13 + z²) and 1 - 0.025^(1/13).
func TestIntervalsAreThoseOfTheLiterature(t *testing.T) {
	conn := figures(t)
	for _, c := range []struct {
		events, n                        int
		wilsonLow, wilsonHigh, low, high float64
	}{
		{81, 263, 0.2553, 0.3662, 0.2527, 0.3676},
		{15, 148, 0.0624, 0.1605, 0.0578, 0.1617},
		{0, 20, 0, 0.1611, 0, 0.1684},
		{1, 29, 0.0061, 0.1718, 0.0009, 0.1776},
		{0, 13, 0, 0.2281, 0, 0.2471},
		{13, 13, 0.7719, 1, 0.7529, 1},
		{5000, 10_000, 0.4902, 0.5098, 0.4902, 0.5098},
	} {
		var got [4]float64
		if err := conn.QueryRow(t.Context(), "select * from korpu.confidence($1, $2)", c.events, c.n).Scan(&got[0], &got[1], &got[2], &got[3]); err != nil {
			t.Fatal(err)
		}
		for i, want := range []float64{c.wilsonLow, c.wilsonHigh, c.low, c.high} {
			if math.Abs(got[i]-want) > 0.00006 {
				t.Errorf("%d of %d: %.5f, not %.4f", c.events, c.n, got[i], want)
			}
		}
	}
}

// Of a row of cells whose sum is known, no cell that is too few is shown, nor is one left out alone, nor several that are too few together: unless none is shown.
func TestWhatIsTooFewIsNotToldByTheSum(t *testing.T) {
	const smallest = 5
	conn := figures(t)
	rng := rand.New(rand.NewPCG(1, 2))
	some := 0
	for range 500 {
		cells, few := make([]int32, 1+rng.IntN(5)), []bool{}
		for i := range cells {
			cells[i] = 1 + rng.Int32N(12)
			few = append(few, cells[i] < smallest)
		}
		var out []bool
		if err := conn.QueryRow(t.Context(), "select korpu.left_out($1, $2, $3)", cells, few, smallest).Scan(&out); err != nil {
			t.Fatal(err)
		}
		count, sum := 0, int32(0)
		for i := range cells {
			if few[i] && !out[i] {
				t.Fatalf("of %d there is left out %t", cells, out)
			}
			if out[i] {
				count, sum = count+1, sum+cells[i]
			}
		}
		switch {
		case count > 0 && !slices.Contains(few, true), count > 0 && count < len(cells) && (count < 2 || sum < smallest):
			t.Fatalf("of %d there is left out %t", cells, out)
		case count > 0 && count < len(cells):
			some++
		}
	}
	if some < 50 {
		t.Errorf("only %d rows were shown in part", some)
	}
}

func TestDaysAtRiskAreThoseOnWhichAChildWasNotAway(t *testing.T) {
	conn := figures(t)
	for away, want := range map[string]int{"{}": 243, "{[0,10)}": 233, "{[0,10),[240,300)}": 230, "{[300,400)}": 243, "{[-5,5),[100,110)}": 228, "{[0,1000)}": 0} {
		var got int
		if err := conn.QueryRow(t.Context(), "select korpu.days_at_risk(243, $1::text::int4multirange)", away).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: %d days, not %d", away, got, want)
		}
	}
	var got int
	if err := conn.QueryRow(t.Context(), "select korpu.days_at_risk(243, null)").Scan(&got); err != nil || got != 243 {
		t.Errorf("%d days where nothing is known, error %v", got, err)
	}
}

package attacks

import (
	"slices"
	"testing"
	"time"

	"korpu/internal/hubtest"
	"korpu/internal/postgres/pgtest"
)

// Attack 76 is measured, not tested: a look-up of a sealed, a forbidden and an unknown number takes the same way, and the
// figures show how alike they are. Each clerk asks little enough not to be limited.
func BenchmarkAttack76LookUpsThatFindNothing(b *testing.B) {
	h, conn := open(b)
	const of = "parties @> array[(select id from korpu.agency where code = 'SUM-COURT')]"
	const join = "select c.number from korpu.case_file c join korpu.diversion d on d.case_id = c.id where "
	change(b, conn, "update korpu.case_file set sealed_at = now() where number = (select min(number) from ("+join+of+" and sealed_at is null) x(number))")
	numbers := map[string]string{
		"unknown": "SUM-2026-99999", "sealed": value[string](b, conn, join+of+" and sealed_at is not null limit 1"),
		"forbidden": value[string](b, conn, join+"not "+of+" and sealed_at is null limit 1"), "found": value[string](b, conn, join+of+" and sealed_at is null limit 1"),
	}
	years := map[string]int{"unknown": 2010}
	for kind, number := range numbers {
		if kind != "unknown" {
			years[kind] = value[int](b, conn, "select min(year_of_birth) from korpu.child k join korpu.case_file c on c.child_id = k.id where number = $1", number)
		}
	}
	change(b, conn, `with s as (insert into korpu.staff (agency_id, name) select id, 'Katib' from korpu.agency, generate_series(1, 2000) where code = 'SUM-COURT' returning id)
	    insert into korpu.staff_role (staff_id, role) select id, 'court_clerk' from s`)
	clerks := pgtest.Column[string](b, conn, "select id::text from korpu.staff where name = 'Katib'")
	took := map[string][]time.Duration{}
	for b.Loop() {
		if len(clerks) == 0 {
			b.Fatal("no clerk is left who has not asked yet")
		}
		clerk := hubtest.Asker{Client: "court-system", Role: "court_clerk", OnBehalfOf: clerks[0]}
		clerks = clerks[1:]
		h.Ask(b, clerk, "{ me { id } }", nil)
		for range 3 {
			for kind, number := range numbers {
				r := h.Request(b, clerk, card, map[string]any{"n": number, "y": years[kind]})
				start := time.Now()
				answer := hubtest.Send(b, h.Hub, r)
				took[kind] = append(took[kind], time.Since(start))
				if found := answer.Data(b)["statusCard"] != nil; found != (kind == "found") {
					b.Fatalf("%s: %s", kind, answer.Body)
				}
			}
		}
	}
	for kind, list := range took {
		slices.Sort(list)
		b.ReportMetric(float64(list[len(list)/2].Nanoseconds())/1000, kind+"-p50-µs")
	}
	b.ReportMetric(0, "ns/op")
}

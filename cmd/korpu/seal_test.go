package main

import (
	"testing"

	"korpu/internal/hubtest"
)

func TestWhatIsDueIsNamedByReferenceAndSealed(t *testing.T) {
	admin, conn := hubtest.Country(t, 20, 1)
	t.Setenv("KORPU_ADMIN_DATABASE_URL", admin)
	if _, err := run(t, "seal", "run"); err != nil {
		t.Fatal(err)
	}
	_, err := conn.Exec(t.Context(), `update korpu.case_file set stage = 'CLOSED', closed_on = '2020-01-01', number = 'SUM-2020-99999'
	   where id = (select c.id from korpu.case_file c join korpu.child k on k.id = c.child_id where c.sealed_at is null and k.holders = '{}'
	                and not exists (select from korpu.case_file o where o.child_id = k.id and o.id <> c.id) order by c.number limit 1)`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "update korpu.child set born_on = current_date + 10 - interval '18 years' where id = (select child_id from korpu.case_file where number = 'SUM-2020-99999')"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "delete from korpu.diversion_condition; delete from korpu.diversion_status_change; delete from korpu.diversion"); err != nil {
		t.Fatal(err)
	}
	if text, err := run(t, "seal", "due"); err != nil || text != "" {
		t.Fatalf("%q, error %v", text, err)
	}
	expect(t, "SUM-2020-99999", "seal", "due", "--within", "10")
	expect(t, "adulthood", "seal", "due", "--within", "10")
	expect(t, "0 cases sealed", "seal", "run")
	if _, err := conn.Exec(t.Context(), "update korpu.child set born_on = born_on - 10 where id = (select child_id from korpu.case_file where number = 'SUM-2020-99999')"); err != nil {
		t.Fatal(err)
	}
	expect(t, "SUM-2020-99999", "seal", "due")
	expect(t, "1 cases sealed", "seal", "run")
	expect(t, "0 cases sealed", "seal", "run")
	for _, sql := range []string{
		"update korpu.case_file set sealed_at = sealed_at - interval '61 months' where number = 'SUM-2020-99999'",
		`insert into korpu.expungement (agency_id, author_id, status, case_id, decider_id, decided_at) select o.agency_id, o.staff_id, 'APPROVED', d.id, s.staff_id, now()
		   from korpu.expungement_due d, korpu.admission o, korpu.admission s where d.case_number = 'SUM-2020-99999' and o.subject = 'dpo' and s.subject = 'dpo-two'`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	expect(t, "1 cases expunged", "seal", "run")
	expect(t, "0 cases expunged", "seal", "run")
	expect(t, "2 records in 1 chains", "audit", "verify")
}

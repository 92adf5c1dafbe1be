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
	   where id = (select c.id from korpu.case_file c join korpu.child k on k.id = c.child_id where c.sealed_at is null and k.holders = '{}' order by c.number limit 1)`)
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
	if _, err := conn.Exec(t.Context(), "update korpu.child set born_on = born_on - 10"); err != nil {
		t.Fatal(err)
	}
	expect(t, "SUM-2020-99999", "seal", "due")
	expect(t, "1 cases sealed", "seal", "run")
	expect(t, "0 cases sealed", "seal", "run")
}

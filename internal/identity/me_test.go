package identity_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

func TestMeTellsTheRolesAndPurposesToChooseFrom(t *testing.T) {
	w := newWorld(t)
	w.run(t, `insert into korpu.staff_role (staff_id, role) values ($1, 'monitor')`, w.judge) // not this issuer's to assert
	got, err := w.Me(t.Context(), w.admit(t, headers(w.token(t, w.court, "judge-1"), "Korpu-Role", "judge")))
	if err != nil {
		t.Fatal(err)
	}
	want := identity.Person{DisplayName: "Judge", AgencyCode: "COURT", AgencyName: "District court", Roles: []identity.HeldRole{
		{Role: "court_clerk", Purposes: []string{"COURT_ADMINISTRATION"}},
		{Role: "judge", Purposes: []string{"CASE_PROCEEDINGS", "EMERGENCY"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMeTellsASystemOnlyWhatItMayAskFor(t *testing.T) {
	w := newWorld(t)
	subject := w.admit(t, headers(w.systemToken(t), "Korpu-Role", "judge", "Korpu-On-Behalf-Of", w.judge.String()))
	got, err := w.Me(t.Context(), subject)
	if err != nil {
		t.Fatal(err)
	}
	want := []identity.HeldRole{
		{Role: "court_clerk", Purposes: []string{"COURT_ADMINISTRATION"}},
		{Role: "judge", Purposes: []string{"CASE_PROCEEDINGS"}},
	}
	if diff := cmp.Diff(want, got.Roles); diff != "" {
		t.Error(diff)
	}
}

func TestMeOfWhoIsNoLongerAdmittedIsRefused(t *testing.T) {
	w := newWorld(t)
	person := w.admit(t, headers(w.token(t, w.court, "clerk-1")))
	system := w.admit(t, headers(w.systemToken(t), "Korpu-Role", "court_clerk", "Korpu-On-Behalf-Of", w.clerk.String()))
	w.run(t, `update korpu.client set suspended_at = now()`)
	w.run(t, `update korpu.staff set left_at = now() where id = $1`, w.clerk)
	for _, subject := range []identity.Subject{person, system, {}} {
		if _, err := w.Me(t.Context(), subject); fault.Of(err).Code != fault.Unauthenticated {
			t.Errorf("%+v: %v", subject, err)
		}
	}
}

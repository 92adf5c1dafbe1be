package attacks

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
	"korpu/policy"
)

// answers asks every profile all questions of some kinds.
func answers(t *testing.T, h *hubtest.Hub, kinds ...func(*policy.Profile) []string) map[string]hubtest.Response {
	t.Helper()
	all := map[string]hubtest.Response{}
	for _, p := range hubtest.Policy().Profiles {
		for _, questions := range kinds {
			for _, query := range questions(p) {
				r := h.Ask(t, asker(p), query, nil)
				r.Data(t)
				all[p.String()+": "+query] = r
			}
		}
	}
	return all
}

// erase removes the sealed children and cases with all that belongs to them, as if they had never been.
func erase(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	const cases = "select id from korpu.case_file where sealed_at is not null"
	const children = "select id from korpu.child where sealed_at is not null"
	if _, err := conn.Exec(t.Context(), "update korpu.expungement set case_id = null where case_id in ("+cases+")"); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"inspector_meeting", "session_note", "psychological_note", "session", "plan_action", "plan_goal", "care_plan", "assessment_part", "psychological_part", "sealing", "sealing_order", "emergency_access", "lawyer_contact", "detention_episode", "note_release", "legal_note", "legal_task", "power_of_attorney", "diversion_condition", "diversion_status_change", "diversion",
		"allegation", "procedure_event", "case_party"} {
		if _, err := conn.Exec(t.Context(), "delete from korpu."+table+" where case_id in ("+cases+")"); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range []string{"lawyer_contact", "detention_episode", "note_release", "legal_note", "legal_task", "power_of_attorney", "emergency_access", "harm_report", "case_file", "prevention_contact", "mission_visit", "access_grant", "follow_up_loss", "legal_mandate", "enrolment", "training", "assistance_application", "intake", "referral", "consent", "assent", "care_team_change", "care_team_member", "family_member"} {
		if _, err := conn.Exec(t.Context(), "delete from korpu."+table+" where child_id in ("+children+")"); err != nil {
			t.Fatal(err)
		}
	}
	change(t, conn, "delete from korpu.case_file where sealed_at is not null")
	change(t, conn, "delete from korpu.child where sealed_at is not null")
}

// undue has nothing due to be destroyed: what is, one officer is told by its reference, and that alone tells of what is sealed.
func undue(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	change(t, conn, "update korpu.expungement_rule set months = 1200")
}

func TestAttack32SealedRecordsAreAsAbsentAsIfTheyHadNeverBeen(t *testing.T) {
	h, conn := open(t)
	if n := value[int](t, conn, "select count(*) from korpu.case_file where sealed_at is not null"); n < 3 {
		t.Fatalf("only %d cases are sealed", n)
	}
	undue(t, conn)
	before := answers(t, h, everything)
	// Everything of the live cases of one child goes at once, as a court's order does it.
	change(t, conn, `update korpu.child set sealed_at = now() where id = (select child_id from korpu.case_file c join korpu.agency a on a.id = any(c.parties)
	    where a.code = 'SUM-COURT' and c.sealed_at is null and exists (select from korpu.diversion d where d.case_id = c.id) order by c.number limit 1)`)
	sealed := answers(t, h, everything, further)
	erase(t, conn)
	gone := answers(t, h, everything, further)
	changed := map[string]bool{}
	for question, r := range sealed {
		alike(t, question, gone[question], r)
		if was, asked := before[question]; asked && seen(r) != seen(was) {
			changed[question] = true
		}
	}
	if len(changed) < 10 {
		t.Fatalf("sealing changed %d answers: the child was hardly seen before", len(changed))
	}
}

func TestALookUpOfASealedAnUnknownAndAForbiddenNumberIsTheSameNull(t *testing.T) {
	h, conn := open(t)
	const number = `select c.number from korpu.case_file c join korpu.diversion d on d.case_id = c.id where %s order by c.number limit 1`
	const of = `(select id from korpu.agency where code = 'SUM-COURT')`
	unsealed := value[string](t, conn, fmt.Sprintf(number, "sealed_at is null and c.parties @> array["+of+"]"))
	foreign := value[string](t, conn, fmt.Sprintf(number, "sealed_at is null and not c.parties @> array["+of+"]"))
	year := func(n string) int {
		return value[int](t, conn, "select year_of_birth from korpu.child k join korpu.case_file c on c.child_id = k.id where c.number = $1", n)
	}
	clerk, judge := hubtest.Persona("clerk-sumgayit"), hubtest.Persona("judge-sumgayit")
	const card = "query($n: String!, $y: Int!) { statusCard(caseNumber: $n, yearOfBirth: $y) { id status withheld { field } } }"
	const one = "query($n: String!) { case(number: $n) { id stage } }"
	look := func(n string) (hubtest.Response, hubtest.Response) {
		return h.Ask(t, clerk, card, map[string]any{"n": n, "y": year(n)}), h.Ask(t, judge, one, map[string]any{"n": n})
	}
	if c, k := look(unsealed); c.Data(t)["statusCard"] == nil || k.Data(t)["case"] == nil {
		t.Fatalf("%s %s", c.Body, k.Body)
	}
	neverCard := h.Ask(t, clerk, card, map[string]any{"n": "SUM-1999-00000", "y": 2012})
	neverCase := h.Ask(t, judge, one, map[string]any{"n": "SUM-1999-00000"})
	forbiddenCard, forbiddenCase := look(foreign)
	change(t, conn, "update korpu.case_file set sealed_at = now() where number = $1", unsealed)
	sealedCard, sealedCase := look(unsealed)
	for what, pair := range map[string][2]hubtest.Response{
		"the card of another court's case": {forbiddenCard, neverCard}, "the card of a sealed case": {sealedCard, neverCard},
		"another court's case": {forbiddenCase, neverCase}, "a sealed case": {sealedCase, neverCase},
	} {
		alike(t, what, pair[0], pair[1])
	}
	if neverCard.Data(t)["statusCard"] != nil {
		t.Errorf("%s", neverCard.Body)
	}
}

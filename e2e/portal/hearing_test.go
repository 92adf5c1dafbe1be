package portal

import (
	"strings"
	"testing"
	"time"
)

// later is a moment as a browser sends it.
func later(by time.Duration) string {
	return time.Now().Add(by).In(time.FixedZone("Baku", 4*60*60)).Format("2006-01-02T15:04")
}

func TestAJudgeSchedulesMovesAndCancelsAHearing(t *testing.T) {
	h, conn := open(t)
	number := before(t, conn, "judge-sumgayit", "COURT")
	v := signedIn(t, h, "judge-sumgayit")
	form := v.file(number).filled(t, "/do/schedule_hearing", map[string]string{"at": "soon", "hearingKind": "REVIEW", "place": "A room of a test"})
	v.post("/do/schedule_hearing", form).says(t, `role="alert"`, `value="A room of a test"`)
	form.Set("at", later(100*time.Hour))
	for range 2 {
		v.post("/do/schedule_hearing", form).doesNotSay(t, `role="alert"`)
	}
	hearing := func() page {
		list := v.get("/hearings")
		_, own, found := strings.Cut(list.body, number)
		if !found || strings.Count(list.body, number) != 1 {
			t.Fatalf("%d hearings: %s", strings.Count(list.body, number), list.body)
		}
		return page{path: list.path, body: own}
	}
	move := hearing().filled(t, "/do/move_hearing", map[string]string{"at": later(200 * time.Hour), "place": "Another room"})
	for range 2 {
		v.post("/do/move_hearing", move).doesNotSay(t, `role="alert"`)
	}
	v.get("/hearings").says(t, "Another room")
	cancel := hearing().filled(t, "/do/cancel_hearing", nil)
	v.post("/do/cancel_hearing", cancel).says(t, `class="notice"`)
	signedIn(t, h, "prosecutor-sumgayit").notOpenTo("/hearings", "/do/move_hearing", move)
}

func TestTheOutcomeOfAHearingIsRecordedOnce(t *testing.T) {
	h, conn := open(t)
	number := before(t, conn, "judge-sumgayit", "COURT")
	if _, err := conn.Exec(t.Context(), `insert into korpu.procedure_event (child_id, case_id, agency_id, author_id, decider_id, kind, at, hearing_kind)
		select c.child_id, c.id, s.agency_id, s.id, s.agency_id, 'HEARING', now() - interval '3 days', 'MAIN' from korpu.case_file c, korpu.staff s join korpu.staff_identity i on i.staff_id = s.id
		 where c.number = $1 and c.sealed_at is null and i.subject = 'judge-sumgayit'`, number); err != nil {
		t.Fatal(err)
	}
	v := signedIn(t, h, "judge-sumgayit")
	list := v.get("/hearings")
	_, own, _ := strings.Cut(list.body, number)
	form := page{path: list.path, body: own}.filled(t, "/do/record_outcome", map[string]string{"outcome": " "})
	v.post("/do/record_outcome", form).says(t, `role="alert"`, "<details open>")
	form.Set("outcome", "An outcome of a test")
	for range 2 {
		v.post("/do/record_outcome", form).doesNotSay(t, `role="alert"`)
	}
	v.get("/hearings").doesNotSay(t, number) // nothing is to be done any more
	v.file(number).says(t, "An outcome of a test")
}

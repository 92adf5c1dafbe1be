package commands

import (
	"bytes"
	"testing"
	"time"
)

// numbered is how a registry names a case.
func (p *place) numbered(caseID string) map[string]any {
	p.t.Helper()
	return map[string]any{
		"number":      value[string](p, "select number from korpu.case_file where id = $1", caseID),
		"yearOfBirth": value[int](p, "select k.year_of_birth from korpu.case_file c join korpu.child k on k.id = c.child_id where c.id = $1", caseID),
	}
}

// beforeCourt is a new case that is before the court of Sumgayit.
func (p *place) beforeCourt() string {
	p.t.Helper()
	opened := p.opened()
	p.do("officer-sumgayit", "addParty", "id", map[string]any{"case": opened["id"], "agency": p.agency("SUM-COURT"), "capacity": "COURT"}).done()
	p.do("officer-sumgayit", "moveCase", "id", map[string]any{"id": opened["id"], "expectedVersion": 1, "stage": "COURT"}).done()
	return opened["id"].(string)
}

func inDays(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.RFC3339) }

const hearing = "id version kind hearingKind at place cancelledAt"

func TestAClerkSchedulesMovesAndCancelsAHearing(t *testing.T) {
	p := open(t)
	scheduled := p.do("clerk-sumgayit", "scheduleHearingByNumber", hearing, map[string]any{
		"case": p.numbered(p.beforeCourt()), "at": inDays(7), "hearingKind": "PREPARATORY", "place": "Room 2",
	}).done()
	if scheduled["kind"] != "HEARING" || scheduled["hearingKind"] != "PREPARATORY" || scheduled["place"] != "Room 2" {
		t.Fatalf("%v", scheduled)
	}
	id := scheduled["id"]
	moved := p.do("clerk-sumgayit", "moveHearing", hearing, map[string]any{"id": id, "expectedVersion": 1, "at": inDays(9)}).done()
	if moved["at"] == scheduled["at"] || moved["place"] != "Room 2" {
		t.Fatalf("%v", moved)
	}
	p.do("clerk-sumgayit", "moveHearing", "id", map[string]any{"id": id, "expectedVersion": 2, "at": inDays(-1)}).Refused("INVALID", "lies in the past")
	p.do("clerk-ganja", "moveHearing", "id", map[string]any{"id": id, "expectedVersion": 2, "at": inDays(8)}).Refused("NOT_FOUND", "")
	if cancelled := p.do("clerk-sumgayit", "cancelHearing", hearing, map[string]any{"id": id, "expectedVersion": 2}).done(); cancelled["cancelledAt"] == nil {
		t.Fatalf("%v", cancelled)
	}
	for command, more := range map[string]map[string]any{"moveHearing": {"at": inDays(8)}, "cancelHearing": {}, "recordOutcome": {"outcome": "Adjourned."}} {
		more["id"], more["expectedVersion"] = id, 3
		p.do("clerk-sumgayit", command, "id", more).Refused("INVALID", "was cancelled")
	}
}

func TestAHearingThatHasTakenPlaceIsNeitherMovedNorCancelled(t *testing.T) {
	p := open(t)
	file := p.beforeCourt()
	p.do("judge-sumgayit", "scheduleHearing", "id", map[string]any{"case": file, "at": inDays(-2)}).Refused("INVALID", "with its outcome")
	held := p.do("judge-sumgayit", "scheduleHearing", "id", map[string]any{"case": file, "at": inDays(-2), "outcome": "Adjourned."}).done()
	p.do("clerk-sumgayit", "moveHearing", "id", map[string]any{"id": held["id"], "expectedVersion": 1, "at": inDays(3)}).Refused("INVALID", "has taken place")
	p.do("clerk-sumgayit", "cancelHearing", "id", map[string]any{"id": held["id"], "expectedVersion": 1}).Refused("INVALID", "has taken place")
	p.do("clerk-sumgayit", "recordOutcome", "id", map[string]any{"id": held["id"], "expectedVersion": 1, "outcome": "Adjourned to May."}).done()
}

// What the clerk is told of a number is the same for a case that never was, one of another year of birth, one of another court,
// one that is not before the court, and one that is sealed; and no more than ten may be tried out.
func TestAClerkLearnsNothingOfACaseThatIsNotBeforeTheCourt(t *testing.T) {
	p := open(t)
	otherYear := p.numbered(p.beforeCourt())
	otherYear["yearOfBirth"] = otherYear["yearOfBirth"].(int) - 1
	sealed := p.beforeCourt()
	closed := map[string]map[string]any{
		"of another year of birth": otherYear,
		"not before the court":     p.numbered(p.opened()["id"].(string)),
		"of another court": p.numbered(value[string](p, `update korpu.case_file set stage = 'COURT' where id = (select c.id from korpu.case_file c where c.sealed_at is null
			and c.court_id <> (select id from korpu.agency where code = 'SUM-COURT') limit 1) returning id::text`)),
		"sealed": p.numbered(sealed),
	}
	if _, err := p.admin.Exec(t.Context(), "update korpu.case_file set sealed_at = now() where id = $1", sealed); err != nil {
		t.Fatal(err)
	}
	schedule := func(file map[string]any) outcome {
		return p.do("clerk-sumgayit", "scheduleHearingByNumber", "id", map[string]any{"case": file, "at": inDays(7), "hearingKind": "MAIN"})
	}
	never := schedule(map[string]any{"number": "SUM-1999-00000", "yearOfBirth": 2010})
	never.Refused("NOT_FOUND", "")
	for what, file := range closed {
		if got := schedule(file); got.Status != never.Status || !bytes.Equal(got.Body, never.Body) {
			t.Errorf("%s: %d %s, and of none: %s", what, got.Status, got.Body, never.Body)
		}
	}
	open := p.numbered(p.beforeCourt())
	schedule(open).done()
	for range 5 {
		schedule(otherYear).Refused("NOT_FOUND", "")
	}
	schedule(open).Refused("RATE_LIMITED", "")
	if r := p.Ask(t, asker("clerk-sumgayit"), `{ statusCard(caseNumber: "SUM-1999-00000", yearOfBirth: 2010) { id } }`, nil); !bytes.Contains(r.Body, []byte("RATE_LIMITED")) {
		t.Errorf("the card is looked up all the same: %s", r.Body)
	}
}

// Having scheduled a hearing opens nothing more to the clerk than the hearing.
func TestAClerkWhoSchedulesSeesTheHearingAlone(t *testing.T) {
	p := open(t)
	input := map[string]any{"case": p.numbered(p.beforeCourt()), "at": inDays(7), "hearingKind": "MAIN"}
	p.do("clerk-sumgayit", "scheduleHearingByNumber", "id case { id }", input).Refused("INVALID", "Cannot query field")
	input["idempotencyKey"] = "once"
	first := p.do("clerk-sumgayit", "scheduleHearingByNumber", "id statusCard { initials }", input).done()
	if first["statusCard"] != nil {
		t.Fatalf("%v", first)
	}
	if again := p.do("clerk-sumgayit", "scheduleHearingByNumber", "id", input).done(); again["id"] != first["id"] {
		t.Fatalf("%v is made beside %v", again, first)
	}
}

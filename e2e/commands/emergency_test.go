package commands

import (
	"encoding/json"
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

const inEmergency = "social-worker-two for EMERGENCY"

// harmed is an opened case of a child with whom the asker of an emergency has nothing to do, and what it takes to open it.
func (p *place) harmed() (child string, input map[string]any) {
	p.t.Helper()
	opened := p.opened()
	child = opened["child"].(map[string]any)["id"].(string)
	if _, err := p.admin.Exec(p.t.Context(), "update korpu.child set safety_need = 'Asthma', phone = '050', address = 'Sumgayit' where id = $1", child); err != nil {
		p.t.Fatal(err)
	}
	return child, map[string]any{
		"caseNumber": opened["number"], "yearOfBirth": value[int](p, "select extract(year from born_on)::int from korpu.child where id = $1", child),
		"reason": "The child called the centre at night.", "classes": []string{"IDENTITY", "CONTACT"}, "hours": 3,
	}
}

// sees is what the asker reads of a child, as JSON.
func (p *place) sees(who, child string) string {
	p.t.Helper()
	found := p.Ask(p.t, asker(who), "query($id: ID!) { child(id: $id) { familyName phone safetyNeed withheld { field } } }", map[string]any{"id": child}).Data(p.t)
	text, err := json.Marshal(found["child"])
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

func TestAnEmergencyOpensTheNamedClassesForItsPurposeUntilItEnds(t *testing.T) {
	p := open(t)
	child, input := p.harmed()
	if got := p.sees(inEmergency, child); got != "null" {
		t.Fatalf("before: %s", got)
	}
	opened := p.do(inEmergency, "openEmergencyAccess", "id version startsAt endsAt reviewDueAt child { familyName }", input).done()
	if opened["child"].(map[string]any)["familyName"] != "Sınaqlı" {
		t.Fatalf("%v", opened)
	}
	if got := p.sees(inEmergency, child); got != `{"familyName":"Sınaqlı","phone":"050","safetyNeed":null,"withheld":[{"field":"safetyNeed"}]}` {
		t.Fatalf("while it lasts: %s", got)
	}
	for _, other := range []string{"social-worker-two", "social-worker-two for CHILD_PROTECTION", "social-worker for EMERGENCY", "manager for EMERGENCY"} {
		if got := p.sees(other, child); got != "null" {
			t.Errorf("%s sees %s", other, got)
		}
	}
	p.do(inEmergency, "endEmergencyAccess", "endedAt", map[string]any{"id": opened["id"], "expectedVersion": 1}).done()
	if got := p.sees(inEmergency, child); got != "null" {
		t.Fatalf("afterwards: %s", got)
	}
	p.do(inEmergency, "endEmergencyAccess", "endedAt", map[string]any{"id": opened["id"], "expectedVersion": 2}).Refused("INVALID", "has ended")
}

func TestAnEmergencyEndsByItself(t *testing.T) {
	p := open(t)
	child, input := p.harmed()
	id := p.do(inEmergency, "openEmergencyAccess", "id", input).done()["id"]
	if hours := value[int](p, "select extract(hour from ends_at - starts_at)::int from korpu.emergency_access where id = $1", id); hours != 3 {
		t.Fatalf("it lasts %d hours", hours)
	}
	if _, err := p.admin.Exec(t.Context(), "update korpu.emergency_access set starts_at = starts_at - interval '3 hours', ends_at = ends_at - interval '3 hours' where id = $1", id); err != nil {
		t.Fatal(err)
	}
	if got := p.sees(inEmergency, child); got != "null" {
		t.Fatal(got)
	}
}

// What lawyer and psychologist wrote has no field in the schema of an emergency, and no class of it can be opened.
func TestAnEmergencyOpensNoPrivilegedNote(t *testing.T) {
	p := open(t)
	_, input := p.harmed()
	for _, class := range []string{"LEGAL_PRIVILEGE", "LEGAL_REGISTER", "RELEASED_NOTE", "ALLEGED", "ACKNOWLEDGEMENT"} {
		input["classes"], input["idempotencyKey"] = []string{"IDENTITY", class}, class
		p.do(inEmergency, "openEmergencyAccess", "id", input).Refused("INVALID", "an emergency opens no others")
	}
	schema := hubtest.Policy()
	for _, profile := range schema.Profiles {
		if profile.Purpose == "EMERGENCY" && (profile.Types["LegalNote"] != nil || profile.Types["ReleasedNote"] != nil || profile.Types["Case"] != nil) {
			t.Errorf("%s has a type that an emergency does not open", profile)
		}
	}
}

func TestAnEmergencyTakesAReasonAndHoursWithinADay(t *testing.T) {
	p := open(t)
	_, input := p.harmed()
	before := value[int](p, "select count(*)::int from korpu.emergency_access")
	for field, wrong := range map[string]any{"hours": 25, "reason": " ", "classes": []string{}} {
		given := map[string]any{}
		for k, v := range input {
			given[k] = v
		}
		given[field] = wrong
		p.do(inEmergency, "openEmergencyAccess", "id", given).Refused("INVALID", field)
	}
	input["hours"] = 0
	p.do(inEmergency, "openEmergencyAccess", "id", input).Refused("INVALID", "")
	if n := value[int](p, "select count(*)::int from korpu.emergency_access"); n != before {
		t.Fatalf("%d accesses were opened", n-before)
	}
}

// A child that is sealed, one of another year of birth and one that never was are answered alike.
func TestNobodyLearnsInAnEmergencyWhetherASealedRecordExists(t *testing.T) {
	p := open(t)
	child, input := p.harmed()
	bodies := map[string]bool{}
	try := func(change map[string]any) {
		given := map[string]any{}
		for k, v := range input {
			given[k] = v
		}
		for k, v := range change {
			given[k] = v
		}
		o := p.do(inEmergency, "openEmergencyAccess", "id", given)
		o.Refused("NOT_FOUND", "")
		bodies[string(o.Body)] = true
	}
	try(map[string]any{"yearOfBirth": 1999})
	try(map[string]any{"caseNumber": "SUM-2000-00001"})
	if _, err := p.admin.Exec(t.Context(), "update korpu.child set sealed_at = now() where id = $1", child); err != nil {
		t.Fatal(err)
	}
	try(nil)
	if len(bodies) != 1 {
		t.Fatalf("%v", bodies)
	}
}

func TestASecondPersonReviewsAnEmergency(t *testing.T) {
	p := open(t)
	_, input := p.harmed()
	id := p.do(inEmergency, "openEmergencyAccess", "id", input).done()["id"]
	review := map[string]any{"id": id, "expectedVersion": 1, "finding": "JUSTIFIED"}
	p.do(inEmergency, "reviewEmergencyAccess", "id", review).Refused("INVALID", "Unknown type")
	due := p.Ask(t, asker("dpo"), `{ emergencyAccesses(filter: {reviewedAt: {isNull: true}}) { nodes { reason classes caseNumber reviewDueAt staff { name } agency { code } } } }`, nil)
	if text := string(due.Body); !strings.Contains(text, "at night") || !strings.Contains(text, "BAK-CENTRE") || strings.Contains(text, "Sınaqlı") {
		t.Fatal(text)
	}
	reviewed := p.do("dpo", "reviewEmergencyAccess", "finding reviewedAt version", review).done()
	if reviewed["finding"] != "JUSTIFIED" || reviewed["reviewedAt"] == nil {
		t.Fatalf("%v", reviewed)
	}
	p.do("dpo", "reviewEmergencyAccess", "id", map[string]any{"id": id, "expectedVersion": 2, "finding": "UNJUSTIFIED"}).Refused("INVALID", "has been reviewed")
	today := value[string](p, "select current_date::text")
	if told := p.do(inEmergency, "tellOfEmergencyAccess", "childToldOn", map[string]any{"id": id, "expectedVersion": 2, "childToldOn": today}).done(); told["childToldOn"] != today {
		t.Fatalf("%v", told)
	}
}

// Whoever opened an access does not review it, in whatever role.
func TestNobodyReviewsTheirOwnEmergency(t *testing.T) {
	p := open(t)
	_, input := p.harmed()
	id := p.do(inEmergency, "openEmergencyAccess", "id", input).done()["id"]
	if _, err := p.admin.Exec(t.Context(), "update korpu.emergency_access set author_id = $2 where id = $1", id, p.person("dpo")); err != nil {
		t.Fatal(err)
	}
	p.do("dpo", "reviewEmergencyAccess", "id", map[string]any{"id": id, "expectedVersion": 1, "finding": "JUSTIFIED"}).Refused("INVALID", "a second person")
}

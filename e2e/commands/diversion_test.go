package commands

import (
	"testing"
	"time"
)

const diversionFields = "id status version"

func TestADiversionGoesItsWayFromAnOpenedCaseToItsCompletion(t *testing.T) {
	p := open(t)
	opened := p.opened()
	if opened["stage"] != "INVESTIGATION" || opened["child"].(map[string]any)["familyName"] != "Sınaqlı" {
		t.Fatalf("%v", opened)
	}
	caseID := opened["id"].(string)
	p.do("officer-sumgayit", "addParty", "id capacity", map[string]any{"case": caseID, "agency": p.agency("SUM-PROSECUTION"), "capacity": "PROSECUTION"}).done()
	moved := p.do("officer-sumgayit", "moveCase", "stage version", map[string]any{"id": caseID, "expectedVersion": 1, "stage": "PROSECUTION"}).done()
	if moved["stage"] != "PROSECUTION" || moved["version"] != 2.0 {
		t.Fatalf("%v", moved)
	}
	d := p.do("prosecutor-sumgayit", "proposeDiversion", diversionFields, map[string]any{
		"case": caseID, "responsible": p.agency("BAK-CENTRE"), "evidenceSufficient": true, "legalGround": "General Comment 24, 18",
	}).done()
	step := func(who, command string, more map[string]any) {
		t.Helper()
		input := map[string]any{"id": d["id"], "expectedVersion": d["version"]}
		for name, v := range more {
			input[name] = v
		}
		d = p.do(who, command, diversionFields, input).done()
	}
	p.do("prosecutor-sumgayit", "orderDiversion", diversionFields, map[string]any{"id": d["id"], "expectedVersion": 1, "legalGround": "too early"}).Refused("INVALID", "leads from")
	step("manager", "screenDiversion", nil)
	step("manager", "agreeDiversion", map[string]any{
		"agreement": "Six months of visits.", "acknowledgement": "I took it.", "legalAdviceTaken": true, "legalAdviceOffered": true,
		"legalAdviceBy": "A lawyer of the clinic", "legalAdviceOn": time.Now().UTC().Format(time.DateOnly), "acknowledgedFreely": true, "consequences": "The case goes on.",
		"startsOn": "2026-12-01", "endsOn": "2027-06-01", "conditions": []any{map[string]any{"kind": "CENTRE_VISITS", "timesPerWeek": 2}},
	})
	step("prosecutor-sumgayit", "orderDiversion", map[string]any{"legalGround": "General Comment 24, 18", "reviewRightToldOn": time.Now().UTC().Format(time.DateOnly)})
	step("manager", "startDiversion", map[string]any{"nextReviewOn": "2027-01-10"})
	step("manager", "rateCompliance", map[string]any{"compliance": "ON_TRACK", "nextReviewOn": "2027-02-10"})
	step("manager", "completeDiversion", nil)
	if d["status"] != "COMPLETED" {
		t.Fatalf("%v", d)
	}
	if stage := value[string](p, "select stage from korpu.case_file where id = $1", caseID); stage != "CLOSED" {
		t.Fatalf("the case is %s", stage)
	}
	if n := value[int](p, "select count(*)::int from korpu.diversion_status_change where case_id = $1", caseID); n != 6 {
		t.Fatalf("%d states are on record", n)
	}
	p.do("officer-sumgayit", "moveCase", "stage", map[string]any{"id": caseID, "expectedVersion": value[int](p, "select version from korpu.case_file where id = $1", caseID), "stage": "COURT"}).Refused("NOT_FOUND", "")
}

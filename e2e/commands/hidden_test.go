package commands

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/google/uuid"
)

// Attack 67: whatever a command meets that the caller may not touch, it answers as if it were not there.
func TestAttack67ARecordThatTheCallerMayNotTouchAnswersAsOneThatDoesNotExist(t *testing.T) {
	p := open(t)
	hidden := value[string](p, "select c.id::text from korpu.case_file c where not c.parties @> array[(select id from korpu.agency where code = 'SUM-POLICE')] and c.sealed_at is null limit 1")
	sealed := value[string](p, "with s as (update korpu.case_file set sealed_at = now() where id = (select id from korpu.case_file where parties @> array[(select id from korpu.agency where code = 'SUM-POLICE')] limit 1) returning id) select id::text from s")
	absent := uuid.NewString()
	diverted := value[string](p, "select d.id::text from korpu.diversion d join korpu.case_file c on c.id = d.case_id where not c.parties @> array[(select id from korpu.agency where code = 'SUM-PROSECUTION')] limit 1")
	for _, asked := range []struct {
		who, command string
		ids          []string
		input        func(id string) map[string]any
	}{
		{"officer-sumgayit", "moveCase", []string{hidden, sealed}, func(id string) map[string]any {
			return map[string]any{"id": id, "expectedVersion": 1, "stage": "COURT"}
		}},
		{"officer-sumgayit", "addParty", []string{hidden, sealed}, func(id string) map[string]any {
			return map[string]any{"case": id, "agency": p.agency("SUM-COURT"), "capacity": "COURT"}
		}},
		{"officer-sumgayit", "recordApprehension", []string{hidden, sealed}, func(id string) map[string]any {
			return map[string]any{"case": id, "at": "2026-01-01T10:00:00Z", "legalGround": "x", "reason": "y"}
		}},
		{"prosecutor-sumgayit", "orderDiversion", []string{diverted}, func(id string) map[string]any {
			return map[string]any{"id": id, "expectedVersion": 1, "legalGround": "x"}
		}},
		{"prosecutor-sumgayit", "proposeDiversion", []string{hidden, sealed}, func(id string) map[string]any {
			return map[string]any{"case": id, "responsible": p.agency("BAK-CENTRE"), "evidenceSufficient": true, "legalGround": "x"}
		}},
	} {
		wanted := p.do(asked.who, asked.command, "id", asked.input(absent))
		wanted.Refused("NOT_FOUND", "")
		for _, id := range asked.ids {
			if got := p.do(asked.who, asked.command, "id", asked.input(id)); string(got.Body) != string(wanted.Body) {
				t.Errorf("%s: %s, and of one that does not exist: %s", asked.command, got.Body, wanted.Body)
			}
		}
	}
}

// A number is given by the hub, so that nobody finds out by choosing one which are taken.
func TestTheNumberOfACaseIsTheNextOfItsCityAndYear(t *testing.T) {
	p := open(t)
	first, second := p.opened()["number"].(string), p.opened()["number"].(string)
	if !regexp.MustCompile(`^SUM-\d{4}-\d{5}$`).MatchString(first) || second <= first {
		t.Fatalf("%s, then %s", first, second)
	}
}

func TestACommandThatTheRoleMayNeverDoAnswersAsAMisspelling(t *testing.T) {
	p := open(t)
	never := p.do("clerk-sumgayit", "openCase", "id", p.newCase())
	never.Refused("INVALID", "")
	for _, body := range []string{string(never.Body)} {
		if regexp.MustCompile(`"data"`).MatchString(body) {
			t.Error(body)
		}
	}
}

// An identifier that somebody has kept does not open a way to a child.
func TestACaseIsOpenedOnlyOfAChildWithWhomTheAgencyHasToDo(t *testing.T) {
	p := open(t)
	input := p.newCase()
	delete(input, "newChild")
	input["child"] = value[string](p, "select id::text from korpu.child where not parties @> array[(select id from korpu.agency where code = 'SUM-POLICE')] and sealed_at is null limit 1")
	p.do("officer-sumgayit", "openCaseOfChild", "id", input).Refused("NOT_FOUND", "")
	input["child"] = p.opened()["child"].(map[string]any)["id"]
	if again := p.do("officer-sumgayit", "openCaseOfChild", "child { id }", input).done(); again["child"].(map[string]any)["id"] != input["child"] {
		t.Fatalf("%v", again)
	}
}

// A case of the caller's and a child that is not its own: whether there is such a child shows nowhere.
func TestAttack67AHiddenChildBesideAnotherCaseAnswersAsOneThatDoesNotExist(t *testing.T) {
	p := open(t)
	opened := p.opened()
	admitted := func(child string) outcome {
		return p.do("officer-sumgayit", "admitToDetention", "id", map[string]any{
			"child": child, "case": opened["id"], "facility": p.agency("SUM-CUSTODY"), "placeKind": "POLICE_CUSTODY", "status": "PRE_SENTENCE",
			"orderNumber": "17", "ground": "Order of the investigator", "admittedAt": value[string](p, "select to_char(now() - interval '2 hours', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"),
		})
	}
	absent := admitted(uuid.NewString())
	absent.Refused("NOT_FOUND", "")
	const hidden = "select %s from korpu.child k where not k.parties @> array[(select id from korpu.agency where code = 'SUM-POLICE')] and %s limit 1"
	for what, sql := range map[string]string{
		"a hidden child": fmt.Sprintf(hidden, "k.id::text", "k.holders = '{}' and k.sealed_at is null"),
		"a sealed child": fmt.Sprintf(hidden, "k.id::text", "k.sealed_at is not null"),
		"a hidden child in a cell": `insert into korpu.detention_episode (child_id, agency_id, author_id, facility_id, place_kind, status, admitted_at) ` +
			fmt.Sprintf(hidden, "k.id, k.agency_id, k.author_id, (select id from korpu.agency where code = 'ISOLATOR'), 'PRISON', 'SENTENCED', now()", "k.sealed_at is null") + " returning child_id::text",
	} {
		if got := admitted(value[string](p, sql)); string(got.Body) != string(absent.Body) {
			t.Errorf("%s: %s, and one that does not exist: %s", what, got.Body, absent.Body)
		}
	}
}

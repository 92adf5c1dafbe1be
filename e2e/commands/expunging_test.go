package commands

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"korpu/internal/hubtest"
)

const certificates = `{ expungements(filter: {status: {eq: EXPUNGED}}) { nodes { id number rule basis expungedOn due { id } proposedBy { name } decidedBy { name } destroyed { table rows }
  copies { kind holds expiresOn } readers { agency { code } lastOn } } } }`

func TestTwoPersonsHaveASealedCaseDestroyedWithTheChildAndACertificateRemains(t *testing.T) {
	p := settled(t)
	due := p.old()
	child, number := due["child"].(map[string]any)["id"], due["number"].(string)
	for _, table := range p.tables(true) {
		if !slices.Contains(append(p.holding(child, due["id"], number), "expungement"), table) {
			t.Errorf("%s holds nothing of the child: give it a row, so that this test shows that it is destroyed", table)
		}
	}
	list := string(p.Ask(t, hubtest.Persona("dpo"), "{ expungementsDue(first: 100) { nodes { id caseNumber rule basis dueOn heldUntil } } }", nil).Body)
	if !strings.Contains(list, number) || strings.Contains(list, "Sınaqlı") {
		t.Fatalf("%s", list)
	}
	figures := p.figures()
	proposal := p.propose(due["id"])
	if fmt.Sprint(proposal["due"]) != fmt.Sprintf("map[basis:General Comment 24, 18(f) caseNumber:%s rule:completed-diversion]", number) {
		t.Errorf("%v", proposal)
	}
	p.do("dpo", "approveExpungement", "id", map[string]any{"id": proposal["id"], "expectedVersion": 1}).Refused("NOT_FOUND", "")
	if n := p.expunge(); n != 0 {
		t.Fatalf("%d cases were destroyed on one person's word", n)
	}
	p.approve(proposal)
	if n := p.expunge(); n != 1 || p.expunge() != 0 {
		t.Fatalf("%d cases were destroyed", n)
	}
	if left := p.holding(child, due["id"], number); len(left) > 0 {
		t.Errorf("something is left in %v", left)
	}
	if after := p.figures(); after != figures {
		t.Errorf("the figures were\n%s\nand are\n%s", figures, after)
	}
	p.certified(proposal["id"].(string))
	p.sound()
	if n := value[int](p, "select count(*)::int from korpu.audit_record r join korpu.audit_command c on c.id = r.command where c.body::jsonb ->> 'name' = 'expunge'"); n != 1 {
		t.Errorf("the destruction stands in the chains %d times", n)
	}
}

// certified looks at the certificate, and at the others that they are none of this case.
func (p *place) certified(id string) {
	p.t.Helper()
	text := string(p.Ask(p.t, hubtest.Persona("dpo-two"), certificates, nil).Body)
	for _, wanted := range []string{
		`"id":"` + id + `","number":2,"rule":"completed-diversion","basis":"General Comment 24, 18(f)","expungedOn":"` + value[string](p, "select current_date::text") + `","due":null`,
		`{"table":"case_file","rows":1}`, `{"table":"child","rows":1}`, `{"table":"legal_note","rows":1}`, `"kind":"backup","holds":"dumps of the whole database","expiresOn":"` + value[string](p, "select (current_date + 90)::text") + `"`,
		`{"agency":{"code":"SUM-POLICE"},"lastOn":"` + value[string](p, "select (now() at time zone 'UTC')::date::text") + `"}`,
	} {
		if !strings.Contains(text, wanted) {
			p.t.Errorf("%s is missing from %s", wanted, text)
		}
	}
	for _, table := range []string{"expungement", "expungement_rows", "expungement_copy", "expungement_reader"} {
		for _, sql := range []string{"delete from korpu." + table, "update korpu." + table + " set id = id where id in (select id from korpu." + table + " order by id)"} {
			if _, err := p.admin.Exec(p.t.Context(), sql); err == nil || !strings.Contains(err.Error(), "stays as it is") {
				p.t.Errorf("%s: error %v", sql, err)
			}
		}
	}
}

// What was destroyed answers as what never was, to every role and to whoever knows an identifier or number of it.
func TestWhatIsDestroyedAnswersAsWhatNeverWas(t *testing.T) {
	p := settled(t)
	due := p.old()
	p.approve(p.propose(due["id"]))
	if n := p.expunge(); n != 1 {
		t.Fatalf("%d cases were destroyed", n)
	}
	asked := 0
	for _, profile := range hubtest.Policy().Profiles {
		a := hubtest.OfRole(profile.Role)
		a.Purpose = profile.Purpose
		for field, query := range map[string]string{
			"child": "query($id: ID!) { child(id: $id) { id } }", "case": "query($n: String!) { case(number: $n) { id } }", "accessLog": "query($id: ID!) { accessLog(child: $id) { totalCount nodes { id } } }",
			"statusCard": "query($n: String!) { statusCard(caseNumber: $n, yearOfBirth: 2009) { id } }",
		} {
			if profile.Schema().Query.Fields.ForName(field) == nil {
				continue
			}
			asked++
			variables := func(id, number any) map[string]any {
				if strings.Contains(query, "$id") {
					return map[string]any{"id": id}
				}
				return map[string]any{"n": number}
			}
			got := p.Ask(t, a, query, variables(due["child"].(map[string]any)["id"], due["number"]))
			never := p.Ask(t, a, query, variables(uuid.NewString(), "SUM-1999-00001"))
			if string(got.Body) != string(never.Body) || got.Status != never.Status {
				t.Errorf("%s, %s: %s, and of one that never was: %s", profile, field, got.Body, never.Body)
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d questions were asked", asked)
	}
	never := p.do("dpo", "proposeExpungement", "id", map[string]any{"due": uuid.NewString()})
	if got := p.do("dpo", "proposeExpungement", "id", map[string]any{"due": due["id"]}); string(got.Body) != string(never.Body) {
		t.Errorf("%s, and of one that never was: %s", got.Body, never.Body)
	}
}

func TestOnlyWhatIsSealedAndDueAndNotHeldIsProposed(t *testing.T) {
	p := settled(t)
	early, held, open := p.old(), p.old(), p.opened()
	p.sql("update korpu.case_file set sealed_at = now() - interval '23 months' where id = $1", early["id"])
	p.do("dpo", "holdRecord", "id", map[string]any{"number": held["number"], "order": "o", "legalBasis": "b", "until": p.in(48)}).done()
	never := p.do("dpo", "proposeExpungement", "id", map[string]any{"due": uuid.NewString()})
	never.Refused("NOT_FOUND", "")
	for what, file := range map[string]map[string]any{"early": early, "held": held, "open": open} {
		if got := p.do("dpo", "proposeExpungement", "id", map[string]any{"due": file["id"]}); string(got.Body) != string(never.Body) {
			t.Errorf("%s: %s, and of one that never was: %s", what, got.Body, never.Body)
		}
	}
	p.sql("update korpu.case_file set sealed_at = now() - interval '25 months' where id = $1", early["id"])
	p.do("secretary-sumgayit", "proposeExpungement", "id", map[string]any{"due": early["id"]}).Refused("INVALID", "")
	proposal := p.propose(early["id"])
	p.do("dpo-two", "proposeExpungement", "id", map[string]any{"due": early["id"]}).Refused("CONFLICT", "")
	p.approve(proposal)
	p.do("dpo", "refuseExpungement", "status", map[string]any{"id": proposal["id"], "expectedVersion": 2, "reason": "A review goes on."}).done()
	p.do("dpo-two", "approveExpungement", "status", map[string]any{"id": proposal["id"], "expectedVersion": 3}).Refused("INVALID", "REFUSED")
	if n := p.expunge(); n != 0 {
		t.Fatalf("%d cases were destroyed after a refusal", n)
	}
	p.approve(p.propose(early["id"]))
	if n := p.expunge(); n != 1 {
		t.Fatalf("%d cases were destroyed", n)
	}
}

// Whoever writes past the hub is held by the table.
func TestTheTableItselfWantsASecondPerson(t *testing.T) {
	p := settled(t)
	proposal := p.propose(p.old()["id"])
	for _, set := range []string{"status = 'APPROVED', decider_id = author_id", "status = 'APPROVED'", "status = 'EXPUNGED', case_id = null, number = 9, rule = 'r', basis = 'b', expunged_on = current_date"} {
		if _, err := p.admin.Exec(t.Context(), "update korpu.expungement set "+set+" where id = $1", proposal["id"]); err == nil || !strings.Contains(err.Error(), "by_somebody_else") {
			t.Errorf("%s: error %v", set, err)
		}
	}
}

func TestAChildStaysAsLongAsOneOfItsCasesDoes(t *testing.T) {
	p := settled(t)
	due := p.old()
	child := due["child"].(map[string]any)["id"]
	p.sql(`insert into korpu.case_file (child_id, agency_id, author_id, number, district_id, opened_on, stage, sealed_at)
	  select child_id, agency_id, author_id, 'SUM-2020-99999', district_id, opened_on, 'CLOSED', now() from korpu.case_file where id = $1`, due["id"])
	figures := p.figures()
	p.approve(p.propose(due["id"]))
	if n := p.expunge(); n != 1 || p.figures() != figures {
		t.Fatalf("%d cases were destroyed, the figures were\n%s\nand are\n%s", n, figures, p.figures())
	}
	if left := p.holding(due["id"], due["number"]); len(left) > 0 {
		t.Errorf("something of the case is left in %v", left)
	}
	if left := p.holding(child); !slices.Equal(left, []string{"access_grant", "assent", "assistance_application", "care_team_change", "care_team_member", "case_file", "child", "consent", "enrolment", "family_member", "follow_up_loss", "harm_report", "intake", "legal_mandate", "mission_visit", "prevention_contact", "referral", "training"}) {
		t.Errorf("of the child there is left %v", left)
	}
}

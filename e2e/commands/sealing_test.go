package commands

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"korpu/internal/hubtest"
	"korpu/internal/sealing"
)

// closed is a case that police, prosecutor, court and centre had, closed long ago by a completed diversion.
func (p *place) closed() map[string]any {
	p.t.Helper()
	opened := p.opened()
	for agency, capacity := range map[string]string{"SUM-PROSECUTION": "PROSECUTION", "SUM-COURT": "COURT", "BAK-CENTRE": "DIVERSION"} {
		p.do("officer-sumgayit", "addParty", "id", map[string]any{"case": opened["id"], "agency": p.agency(agency), "capacity": capacity}).done()
	}
	p.do("officer-sumgayit", "moveCase", "id", map[string]any{"id": opened["id"], "expectedVersion": 1, "stage": "PROSECUTION", "idempotencyKey": "moved " + opened["id"].(string)}).done()
	p.do("prosecutor-sumgayit", "proposeDiversion", "id", map[string]any{"case": opened["id"], "responsible": p.agency("BAK-CENTRE"), "evidenceSufficient": true, "legalGround": "GC 24"}).done()
	p.sql("update korpu.diversion set status = 'COMPLETED' where case_id = $1", opened["id"])
	p.sql("update korpu.case_file set stage = 'CLOSED', closed_on = current_date - 400 where id = $1", opened["id"])
	return opened
}

func (p *place) sql(statement string, args ...any) {
	p.t.Helper()
	if _, err := p.admin.Exec(p.t.Context(), statement, args...); err != nil {
		p.t.Fatalf("%s: %v", statement, err)
	}
}

// seal runs the sealing, and returns how many cases it sealed.
func (p *place) seal() int {
	p.t.Helper()
	n, err := sealing.Run(p.t.Context(), p.admin)
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// settled is a hub over a country in which nothing is due.
func settled(t *testing.T) *place {
	t.Helper()
	p := open(t)
	p.seal()
	return p
}

func (p *place) gone(table string, id any) bool {
	p.t.Helper()
	return value[bool](p, "select sealed_at is not null from korpu."+table+" where id = $1", id)
}

func TestARunSealsWhatIsDueOnceAndAChildWithTheLastCase(t *testing.T) {
	p := settled(t)
	due, child := p.closed(), ""
	child = due["child"].(map[string]any)["id"].(string)
	if n := p.seal(); n != 1 || !p.gone("case_file", due["id"]) || !p.gone("child", child) {
		t.Fatalf("%d cases were sealed", n)
	}
	if reason := value[string](p, "select rule || ', ' || basis from korpu.sealing where case_id = $1", due["id"]); reason != "completed-diversion, General Comment 24, 18(f)" {
		t.Errorf("sealed by %s", reason)
	}
	const state = "select string_agg(sealed_at::text, ' ' order by id) from korpu.case_file"
	before := value[string](p, state)
	if n := p.seal(); n != 0 || value[string](p, state) != before {
		t.Errorf("a second run sealed %d cases", n)
	}
}

func TestAChildIsThereAsLongAsOneOfItsCasesIs(t *testing.T) {
	p := settled(t)
	due := p.closed()
	child := due["child"].(map[string]any)["id"].(string)
	input := p.newCase()
	delete(input, "newChild")
	input["child"] = child
	other := p.do("officer-sumgayit", "openCaseOfChild", "id", input).done()
	if n := p.seal(); n != 1 || p.gone("child", child) || p.gone("case_file", other["id"]) {
		t.Fatalf("%d cases were sealed, or the other one, or the child", n)
	}
	if n := value[int](p, "select count(*)::int from korpu.outbox where case_id = $1", other["id"]); n != 1 {
		t.Errorf("%d events of the open case are left", n)
	}
	p.sql("update korpu.case_file set stage = 'CLOSED', closed_on = current_date where id = $1", other["id"])
	p.sql("update korpu.child set born_on = current_date - interval '18 years' where id = $1", child)
	if n := p.seal(); n != 1 || !p.gone("child", child) {
		t.Fatalf("on the day of adulthood %d cases were sealed, or not the child", n)
	}
}

// No register, no detention: who is held stays in it.
func TestTheCaseOfAHeldChildWaitsForTheRelease(t *testing.T) {
	p := settled(t)
	due := p.closed()
	child := due["child"].(map[string]any)["id"]
	admit := `insert into korpu.detention_episode (child_id, case_id, agency_id, author_id, facility_id, place_kind, status, admitted_at)
	  select child_id, $2::uuid, agency_id, author_id, agency_id, 'ISOLATOR', 'SENTENCED', now() - interval '1 day' from korpu.case_file where id = $1`
	p.sql(admit, due["id"], due["id"])
	if n := p.seal(); n != 0 {
		t.Fatalf("%d cases were sealed under a child who is held in one", n)
	}
	p.sql("update korpu.detention_episode set released_at = now() where child_id = $1", child)
	p.sql(admit, due["id"], nil)
	if n := p.seal(); n != 1 || p.gone("child", child) {
		t.Fatalf("%d cases were sealed, or the child who is held in none", n)
	}
	p.sql("update korpu.detention_episode set released_at = now() where child_id = $1", child)
	if p.seal(); !p.gone("child", child) {
		t.Fatal("the child was not sealed after the release")
	}
}

// A rule holds from its day on, until another of its name; a repealed one seals nothing.
func TestTheRuleThatIsInForceTodayDecides(t *testing.T) {
	p := settled(t)
	due := p.closed()
	const rule = `insert into korpu.sealing_rule (country, rule, in_force, stage, diversion, counted_from, months, basis, source)
	  values ('AZ', 'completed-diversion', current_date + $1::integer, 'CLOSED', 'COMPLETED', 'CLOSING', $2, 'x', 'x')`
	p.sql(rule, -20, nil)
	p.sql(rule, 1, 0)
	if n := p.seal(); n != 0 {
		t.Fatalf("%d cases were sealed by a rule that is repealed, or one to come", n)
	}
	p.sql(rule, -10, 14)
	if n := p.seal(); n != 0 {
		t.Fatalf("%d cases were sealed before their fourteen months", n)
	}
	p.sql(rule, 0, 13)
	if n := p.seal(); n != 1 || !p.gone("case_file", due["id"]) {
		t.Fatalf("%d cases were sealed after their thirteen months", n)
	}
}

func TestRunsOnSeveralInstancesAtOnceSealEachCaseOnce(t *testing.T) {
	p := settled(t)
	p.sql("update korpu.detention_episode set released_at = admitted_at where released_at is null")
	p.sql("update korpu.case_file set stage = 'CLOSED', closed_on = '2000-01-01' where sealed_at is null")
	p.sql("update korpu.child set born_on = '1980-01-01'")
	open := value[int](p, "select count(*)::int from korpu.case_file where sealed_at is null")
	sealed := make([]int, 4)
	var group sync.WaitGroup
	for i := range sealed {
		conn := hubtest.Login(t, p.Admin)
		group.Go(func() {
			var err error
			if sealed[i], err = sealing.Run(t.Context(), conn); err != nil && !errors.Is(err, sealing.ErrBusy) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := sealed[0] + sealed[1] + sealed[2] + sealed[3]; n != open || open < 20 {
		t.Errorf("%d of %d cases were sealed", n, open)
	}
	if left := value[int](p, "select count(*)::int from korpu.child k where sealed_at is null and exists (select from korpu.case_file c where c.child_id = k.id)"); left != 0 {
		t.Errorf("%d children are left", left)
	}
}

func TestTheHubSealsByItself(t *testing.T) {
	p := settled(t)
	due := p.closed()
	p.Config.SealEvery = time.Millisecond
	p.Instance(t)
	for !p.gone("case_file", due["id"]) {
		time.Sleep(time.Millisecond)
	}
}

// The officer names what is due by number, rule and day; nobody's name is in it, and no way leads to one.
func TestTheDataProtectionOfficerIsToldOfWhatIsDueByReferencesOnly(t *testing.T) {
	p := settled(t)
	due := p.closed()
	const list = "{ sealingsDue(first: 5) { totalCount nodes { caseNumber rule basis dueOn order { reference reason sealOn } } } }"
	r := p.Ask(t, hubtest.Persona("dpo"), list, nil)
	if body := string(r.Body); !strings.Contains(body, due["number"].(string)) || !strings.Contains(body, `"rule":"completed-diversion"`) || strings.Contains(body, "Sınaqlı") {
		t.Fatalf("%s", body)
	}
	for _, record := range []string{"SealingDue", "SealingOrder"} {
		for name, f := range hubtest.Policy().Profile("dpo", "DATA_PROTECTION").Types[record].Fields {
			if at := hubtest.Policy().Catalog.Records[record].Field(name); f.Kind != 0 && at.Link != nil && at.Link.Target != "SealingOrder" {
				t.Errorf("%s leads on to %s", at.Title(), at.Link.Target)
			}
		}
	}
	p.seal()
	if r := p.Ask(t, hubtest.Persona("dpo"), list, nil); strings.Contains(string(r.Body), due["number"].(string)) {
		t.Errorf("what is sealed is still named: %s", r.Body)
	}
}

func TestACourtBringsTheSealingOfItsClosedCaseForward(t *testing.T) {
	p := settled(t)
	due := p.closed()
	p.sql("update korpu.diversion set status = 'ENDED_NOT_COMPLETED' where case_id = $1", due["id"])
	today := value[string](p, "select current_date::text")
	order := map[string]any{"case": due["id"], "reference": "Order 7 of the court", "reason": "Independent review", "sealOn": today}
	with := func(name string, v any) map[string]any {
		other := maps.Clone(order)
		other[name] = v
		return other
	}
	p.do("judge-sumgayit", "orderSealing", "id", with("sealOn", "2020-01-01")).Refused("INVALID", "sealOn")
	p.do("judge-sumgayit", "orderSealing", "id", with("case", p.opened()["id"])).Refused("NOT_FOUND", "") // the court is no party
	p.do("judge-ganja", "orderSealing", "id", maps.Clone(order)).Refused("NOT_FOUND", "")
	p.do("officer-sumgayit", "orderSealing", "id", maps.Clone(order)).Refused("INVALID", "")
	p.do("dpo", "orderSealing", "id", with("case", p.opened()["id"])).Refused("INVALID", "only a closed case")
	if n := p.seal(); n != 0 {
		t.Fatalf("%d cases were sealed without an order", n)
	}
	p.do("judge-sumgayit", "orderSealing", "id sealOn case { id }", with("idempotencyKey", "ordered")).done()
	if r := p.Ask(t, hubtest.Persona("judge-sumgayit"), "{ sealingsDue { nodes { rule basis order { reason } } } }", nil); !strings.Contains(string(r.Body), `"rule":"order","basis":"Order 7 of the court"`) {
		t.Fatalf("%s", r.Body)
	}
	if n := p.seal(); n != 1 || !p.gone("case_file", due["id"]) {
		t.Fatalf("%d cases were sealed by order", n)
	}
}

// A command that is sent once more under its key must not tell that there was something.
func TestACommandOnASealedCaseIsAnsweredUnderItsOldKeyAsIfThereHadBeenNone(t *testing.T) {
	p := settled(t)
	due := p.closed()
	moved := map[string]any{"id": due["id"], "expectedVersion": 1, "stage": "PROSECUTION", "idempotencyKey": "moved " + due["id"].(string)}
	if again := p.do("officer-sumgayit", "moveCase", "id", moved).done(); again != nil && again["id"] != due["id"] {
		t.Fatalf("%v", again)
	}
	p.do("judge-sumgayit", "orderSealing", "id", map[string]any{"case": due["id"], "reference": "r", "reason": "r", "sealOn": value[string](p, "select current_date::text"), "idempotencyKey": "ordered"}).done()
	p.seal()
	never := p.do("officer-sumgayit", "moveCase", "id", map[string]any{"id": "0b7a3c0e-4a51-4d0e-9b0a-0d7f3a1c2b3d", "expectedVersion": 1, "stage": "PROSECUTION"})
	for what, got := range map[string]outcome{
		"the old key":            p.do("officer-sumgayit", "moveCase", "id", moved),
		"the old key, otherwise": p.do("officer-sumgayit", "moveCase", "id", map[string]any{"id": due["id"], "expectedVersion": 2, "stage": "COURT", "idempotencyKey": moved["idempotencyKey"]}),
		"a new key":              p.do("officer-sumgayit", "moveCase", "id", map[string]any{"id": due["id"], "expectedVersion": 2, "stage": "COURT"}),
	} {
		if string(got.Body) != string(never.Body) || got.Status != never.Status {
			t.Errorf("%s: %s, and of one that never was: %s", what, got.Body, never.Body)
		}
	}
	p.do("judge-sumgayit", "orderSealing", "id", map[string]any{"case": due["id"], "reference": "r", "reason": "r", "sealOn": value[string](p, "select current_date::text"), "idempotencyKey": "ordered"}).Refused("NOT_FOUND", "")
	for _, kept := range []string{"outbox", "command_receipt"} {
		if n := value[int](p, fmt.Sprintf("select count(*)::int from korpu.%s where case_id = $1 or child_id = $2", kept), due["id"], due["child"].(map[string]any)["id"]); n != 0 {
			t.Errorf("%d rows of it are in %s", n, kept)
		}
	}
}

// A released note goes out of sight with the case of the note, not only with its child.
func TestTheReleasedNoteOfASealedCaseIsReleasedNoMore(t *testing.T) {
	p := settled(t)
	note := value[string](p, `select n.id::text from korpu.legal_note n join korpu.child k on k.id = n.child_id join korpu.case_file c on c.id = n.case_id
	   where n.signed_at is not null and k.sealed_at is null and c.sealed_at is null order by n.id limit 1`)
	p.sql(`insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since)
	  select n.child_id, n.agency_id, n.author_id, $2, 'x', current_date from korpu.legal_note n where n.id = $1`, note, p.person("defender-sumgayit"))
	p.sql(`insert into korpu.note_release (child_id, case_id, agency_id, author_id, note_id, recipient_id, at)
	  select n.child_id, n.case_id, n.agency_id, n.author_id, n.id, (select agency_id from korpu.staff where id = $2), now() from korpu.legal_note n where n.id = $1`, note, p.person("defender-sumgayit"))
	const released = "{ children(first: 100) { nodes { id releasedNotes { id at } } } }"
	count := func() int {
		return strings.Count(string(p.Ask(t, hubtest.Persona("defender-sumgayit"), released, nil).Body), `"at"`)
	}
	before := count()
	p.sql("update korpu.case_file set sealed_at = now() where id = (select case_id from korpu.legal_note where id = $1)", note)
	if after := count(); before == 0 || after != before-1 {
		t.Errorf("%d released notes became %d", before, after)
	}
}

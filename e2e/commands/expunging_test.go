package commands

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"korpu/internal/audit"
	"korpu/internal/hubtest"
	"korpu/internal/postgres"
	"korpu/internal/postgres/pgtest"
	"korpu/internal/sealing"
)

// rest gives a sealed case, and the child, a row in every table in which they have none yet.
var rest = []string{
	"assent (child_id, agency_id, author_id, recipient_id, classes, purposes, explained_by_id, form, language, answer, answered_at) select child_id, agency_id, author_id, agency_id, '{IDENTITY}', '{REHABILITATION}', author_id, 'WORDS', 'az', 'YES', now() from c",
	"family_member (child_id, agency_id, author_id, relation, name) select child_id, agency_id, author_id, 'MOTHER', 'N' from c",
	"care_team_member (child_id, agency_id, author_id, staff_id, task, since) select child_id, agency_id, author_id, author_id, 'T', current_date from c",
	"consent (child_id, agency_id, author_id, kind, decision, recipient_id, classes, purposes, valid_from) select child_id, agency_id, author_id, 'CONSENT', 'GIVEN', agency_id, '{IDENTITY}', '{SUPERVISION}', now() from c",
	"referral (child_id, agency_id, author_id, receiver_id, service, status, sent_on) select child_id, agency_id, author_id, agency_id, 'SPORT', 'SENT', current_date from c",
	"legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since) select child_id, agency_id, author_id, author_id, 'S', current_date from c",
	"legal_note (child_id, case_id, agency_id, author_id, written_at, title, body) select child_id, id, agency_id, author_id, now(), '\\x01', '\\x01' from c",
	"note_release (child_id, case_id, agency_id, author_id, note_id, recipient_id, at) select n.child_id, n.case_id, n.agency_id, n.author_id, n.id, n.agency_id, now() from korpu.legal_note n join c on c.id = n.case_id",
	"access_grant (child_id, agency_id, author_id, staff_id, reason, starts_at, ends_at) select child_id, agency_id, author_id, author_id, 'R', now(), 'infinity' from c",
	"emergency_access (child_id, case_id, agency_id, author_id, case_number, year_of_birth, reason, classes, hours, starts_at, ends_at, review_due_at) select child_id, id, agency_id, author_id, number, 2009, 'R', '{IDENTITY}', 1, now(), 'infinity', now() from c",
	"detention_episode (child_id, case_id, agency_id, author_id, facility_id, place_kind, status, admitted_at, released_at) select child_id, id, agency_id, author_id, agency_id, 'PRISON', 'SENTENCED', now(), now() from c",
	"lawyer_contact (child_id, case_id, agency_id, author_id, detention_id, kind, at) select e.child_id, e.case_id, e.agency_id, e.author_id, e.id, 'MET', now() from korpu.detention_episode e join c on c.id = e.case_id",
	"procedure_event (child_id, case_id, agency_id, author_id, kind, at) select child_id, id, agency_id, author_id, 'DECISION', now() from c",
	"diversion_condition (child_id, case_id, agency_id, author_id, diversion_id, kind) select d.child_id, d.case_id, d.agency_id, d.author_id, d.id, 'SCHOOL' from korpu.diversion d join c on c.id = d.case_id",
	"sealing_order (child_id, case_id, agency_id, author_id, reference, reason, seal_on) select child_id, id, agency_id, author_id, 'r', 'r', current_date from c",
	"outbox (event, record, record_id, child_id, case_id, agency_id) select 'e', 'Case', id, child_id, id, agency_id from c",
	"command_receipt (staff_id, key, digest, record_id, child_id, case_id) select author_id, 'left ' || id, '', id, child_id, id from c",
	"unseal_order (agency_id, author_id, case_number, reference, legal_basis, person_id, until, opens_case_id, opens_child_id) select agency_id, author_id, number, 'r', 'b', author_id, now(), id, child_id from c",
	"legal_hold (agency_id, author_id, case_number, reference, legal_basis, until) select agency_id, author_id, number, 'r', 'b', now() from c",
}

// old is a case that was sealed so long ago that it is due to be destroyed.
func (p *place) old() map[string]any {
	p.t.Helper()
	due := p.closed()
	for behind := true; behind; time.Sleep(10 * time.Millisecond) { // what was read so far is in the access log
		behind = value[bool](p, "select exists (select from korpu.audit_record r where not exists (select from korpu.access_log_position a where a.chain = r.chain and a.seq >= r.seq))")
	}
	p.seal()
	for _, into := range rest {
		p.sql("with c as (select * from korpu.case_file where id = $1) insert into korpu."+into, due["id"])
	}
	p.sql("update korpu.case_file set sealed_at = now() - interval '25 months' where id = $1", due["id"])
	return due
}

// expunge runs the expungement as the command line does, and returns how many cases it destroyed.
func (p *place) expunge() int {
	p.t.Helper()
	n, err := sealing.Expunge(p.t.Context(), p.admin)
	if err != nil {
		p.t.Fatal(err)
	}
	config, err := postgres.WriterConfig(p.Admin, postgres.AuditWriter)
	if err == nil {
		err = audit.Link(p.t.Context(), config)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p *place) propose(id any) map[string]any {
	p.t.Helper()
	return p.do("dpo", "proposeExpungement", "id version status due { caseNumber rule basis }", map[string]any{"due": id}).done()
}

func (p *place) approve(proposal map[string]any) {
	p.t.Helper()
	p.do("dpo-two", "approveExpungement", "id", map[string]any{"id": proposal["id"], "expectedVersion": 1}).done()
}

// tables are those of the hub but the audit; those that hold something of a child or case are told by their columns and keys.
func (p *place) tables(ofChildren bool) []string {
	p.t.Helper()
	return pgtest.Column[string](p.t, p.admin, `select c.relname::text from pg_class c where c.relnamespace = 'korpu'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'audit\_%'
	  and (not $1 or c.relname in ('child', 'case_file') or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('child_id', 'case_id', 'case_number'))
	    or exists (select from pg_constraint k where k.conrelid = c.oid and k.confrelid in ('korpu.child'::regclass, 'korpu.case_file'::regclass))) order by 1`, ofChildren)
}

// holding are the tables in which one of the texts stands.
func (p *place) holding(texts ...any) (all []string) {
	p.t.Helper()
	for _, table := range p.tables(false) {
		for _, text := range texts {
			if value[bool](p, "select exists (select from korpu."+table+" t where strpos(t::text, $1) > 0)", text) && !slices.Contains(all, table) {
				all = append(all, table)
			}
		}
	}
	return all
}

// figures are those of all periods.
func (p *place) figures() string {
	p.t.Helper()
	return value[string](p, `select string_agg(concat_ws(' ', year, district_id, path, outcome, cases, children, detained), '; ' order by year, district_id, path, outcome) from (
	  select year, district_id, path, outcome, sum(cases) as cases, sum(children) as children, sum(detained) as detained from (
	    select year, district_id, path, outcome, count(*) as cases, count(distinct child_id) as children, count(*) filter (where detained) as detained from korpu.case_fact group by 1, 2, 3, 4
	     union all
	    select * from korpu.frozen_count) f group by 1, 2, 3, 4) s`)
}

// content is all that the tables hold, but how far the access log is drawn.
func (p *place) content() string {
	p.t.Helper()
	var all strings.Builder
	for _, table := range slices.DeleteFunc(p.tables(false), func(table string) bool { return table == "access_log_position" }) {
		all.WriteString(table + value[string](p, "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from korpu."+table+" t") + "\n")
	}
	return all.String()
}

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
	p.do("dpo", "approveExpungement", "id", map[string]any{"id": proposal["id"], "expectedVersion": 1}).refused("NOT_FOUND", "")
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
	if got := p.do("dpo", "proposeExpungement", "id", map[string]any{"due": due["id"]}); string(got.body) != string(never.body) {
		t.Errorf("%s, and of one that never was: %s", got.body, never.body)
	}
}

func TestAHoldKeepsACaseFromBeingDestroyedAndNotFromBeingSealed(t *testing.T) {
	p := settled(t)
	due := p.old()
	proposal := p.propose(due["id"])
	p.approve(proposal)
	hold := func(number any) outcome {
		return p.do("dpo", "holdRecord", "id number order legalBasis until version", map[string]any{"number": number, "order": "Order 3", "legalBasis": "CPC 461", "until": p.in(48)})
	}
	held := hold(due["number"]).done()
	if n := p.expunge(); n != 0 {
		t.Fatalf("%d cases were destroyed under a hold", n)
	}
	if text := string(p.Ask(t, hubtest.Persona("dpo"), "{ expungements(first: 1) { nodes { due { heldUntil } } } }", nil).Body); strings.Contains(text, `"heldUntil":null`) {
		t.Errorf("%s", text)
	}
	other := p.closed()
	hold(other["number"]).done()
	if n := p.seal(); n != 1 {
		t.Errorf("%d cases were sealed under a hold", n)
	}
	p.do("dpo", "liftHold", "until", map[string]any{"id": held["id"], "expectedVersion": 1}).done()
	p.do("dpo", "liftHold", "until", map[string]any{"id": held["id"], "expectedVersion": 2}).refused("INVALID", "has ended")
	p.unseal(due["number"].(string), "judge-ganja", 24).done()
	if n := p.expunge(); n != 0 {
		t.Fatalf("%d cases were destroyed that an order opens", n)
	}
	p.sql("update korpu.unseal_order set until = now() where case_number = $1", due["number"])
	if n := p.expunge(); n != 1 {
		t.Fatalf("%d cases were destroyed after the hold", n)
	}
}

func TestAHoldIsAnsweredAlikeWhetherOrNotThereIsSuchACase(t *testing.T) {
	p := settled(t)
	answers := map[string]string{}
	for what, number := range map[string]any{"due": p.old()["number"], "open": p.opened()["number"], "never": "SUM-1999-00001"} {
		answers[what] = withoutNumber(p.do("dpo", "holdRecord", "number order legalBasis until version", map[string]any{"number": number, "order": "o", "legalBasis": "b", "until": p.in(48)}), number.(string))
	}
	for what, body := range answers {
		if body != answers["never"] {
			t.Errorf("%s: %s, and of one that never was: %s", what, body, answers["never"])
		}
	}
	p.do("dpo", "holdRecord", "id", map[string]any{"number": "SUM-1999-00001", "order": "o", "legalBasis": "b", "until": p.in(-1)}).refused("INVALID", "until")
	p.do("judge-sumgayit", "holdRecord", "id", map[string]any{"number": "SUM-1999-00001", "order": "o", "legalBasis": "b", "until": p.in(1)}).refused("INVALID", "")
}

func TestOnlyWhatIsSealedAndDueAndNotHeldIsProposed(t *testing.T) {
	p := settled(t)
	early, held, open := p.old(), p.old(), p.opened()
	p.sql("update korpu.case_file set sealed_at = now() - interval '23 months' where id = $1", early["id"])
	p.do("dpo", "holdRecord", "id", map[string]any{"number": held["number"], "order": "o", "legalBasis": "b", "until": p.in(48)}).done()
	never := p.do("dpo", "proposeExpungement", "id", map[string]any{"due": uuid.NewString()})
	never.refused("NOT_FOUND", "")
	for what, file := range map[string]map[string]any{"early": early, "held": held, "open": open} {
		if got := p.do("dpo", "proposeExpungement", "id", map[string]any{"due": file["id"]}); string(got.body) != string(never.body) {
			t.Errorf("%s: %s, and of one that never was: %s", what, got.body, never.body)
		}
	}
	p.sql("update korpu.case_file set sealed_at = now() - interval '25 months' where id = $1", early["id"])
	p.do("secretary-sumgayit", "proposeExpungement", "id", map[string]any{"due": early["id"]}).refused("INVALID", "")
	proposal := p.propose(early["id"])
	p.do("dpo-two", "proposeExpungement", "id", map[string]any{"due": early["id"]}).refused("CONFLICT", "")
	p.approve(proposal)
	p.do("dpo", "refuseExpungement", "status", map[string]any{"id": proposal["id"], "expectedVersion": 2, "reason": "A review goes on."}).done()
	p.do("dpo-two", "approveExpungement", "status", map[string]any{"id": proposal["id"], "expectedVersion": 3}).refused("INVALID", "REFUSED")
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
	if left := p.holding(child); !slices.Equal(left, []string{"access_grant", "care_team_member", "case_file", "child", "consent", "family_member", "legal_mandate", "referral"}) {
		t.Errorf("of the child there is left %v", left)
	}
}

// A table that comes later is not forgotten, and a run that breaks leaves everything as it was.
func TestARunThatBreaksDestroysNothingAndALaterTableIsNotForgotten(t *testing.T) {
	p := settled(t)
	due := p.old()
	p.sql("create table korpu.later (id uuid primary key default gen_random_uuid(), child_id uuid not null, case_id uuid references korpu.case_file (id))")
	p.sql("alter table korpu.later owner to korpu_owner")
	p.sql("insert into korpu.later (child_id, case_id) select child_id, id from korpu.case_file where id = $1", due["id"])
	p.approve(p.propose(due["id"]))
	p.sql("create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$")
	before := p.content()
	for _, trigger := range []string{"before delete on korpu.child", "before insert on korpu.expungement_copy", "before insert on korpu.audit_command", "after update on korpu.expungement"} {
		p.sql("create trigger refuse " + trigger + " for each row execute function public.refuse()")
		if n, err := sealing.Expunge(t.Context(), p.admin); err == nil || n != 0 {
			t.Errorf("%s: %d cases, error %v", trigger, n, err)
		}
		p.sql("drop trigger refuse " + trigger[strings.Index(trigger, "on "):])
		if after := p.content(); after != before {
			t.Errorf("%s: the tables were\n%s\nand are\n%s", trigger, before, after)
		}
	}
	if n := p.expunge(); n != 1 || value[int](p, "select count(*)::int from korpu.later") != 0 {
		t.Fatalf("%d cases were destroyed, or the later table was forgotten", n)
	}
}

func TestTheHubDestroysByItselfAndItsChainsHoldIt(t *testing.T) {
	p := settled(t)
	due := p.old()
	p.approve(p.propose(due["id"]))
	p.Config.SealEvery = time.Millisecond
	p.Instance(t)
	for value[int](p, "select count(*)::int from korpu.audit_record where body::jsonb ->> 'name' = 'expunge'") == 0 {
		time.Sleep(time.Millisecond)
	}
	if left := p.holding(due["id"]); len(left) > 0 {
		t.Errorf("something is left in %v", left)
	}
	p.sound()
}

// The rule in force today decides, and the first one of those.
func TestTheRuleOfTheDayDecidesWhenACaseIsDestroyed(t *testing.T) {
	p := settled(t)
	due := p.old()
	const rule = `insert into korpu.expungement_rule (country, rule, in_force, diversion, months, basis, source) values ('AZ', $1, current_date + $2::integer, null, $3, 'x', 'x')`
	dueOn := func() string {
		all := pgtest.Column[string](t, p.admin, "select rule || ' ' || due_on from korpu.expungement_due where id = $1", due["id"])
		return strings.Join(all, ", ")
	}
	day := func(months int) string {
		return value[string](p, "select (sealed_at at time zone 'UTC' + make_interval(months => $2))::date::text from korpu.case_file where id = $1", due["id"], months)
	}
	for _, step := range []struct {
		rule   string
		from   int
		months any
		wanted string
	}{
		{"completed-diversion", -1, 26, "completed-diversion " + day(26)}, {"completed-diversion", 0, nil, ""}, {"retention", 1, 1, ""}, {"retention", 0, 12, "retention " + day(12)},
	} {
		p.sql(rule, step.rule, step.from, step.months)
		if got := dueOn(); got != step.wanted {
			t.Errorf("%v: due by %q", step, got)
		}
	}
	p.sql(`insert into korpu.detention_episode (child_id, agency_id, author_id, facility_id, place_kind, status, admitted_at)
	  select child_id, agency_id, author_id, agency_id, 'PRISON', 'SENTENCED', now() from korpu.case_file where id = $1`, due["id"])
	if got := dueOn(); got != "" {
		t.Errorf("a child who is held: due by %q", got)
	}
}

package commands

import (
	"slices"
	"strings"
	"time"

	"korpu/internal/postgres/pgtest"
	"korpu/internal/sealing"
)

// rest gives a sealed case, and the child, a row in every table in which they have none yet.
var rest = []string{
	"assent (child_id, agency_id, author_id, recipient_id, classes, purposes, explained_by_id, form, language, answer, answered_at) select child_id, agency_id, author_id, agency_id, '{IDENTITY}', '{REHABILITATION}', author_id, 'WORDS', 'az', 'YES', now() from c",
	"family_member (child_id, agency_id, author_id, relation, name) select child_id, agency_id, author_id, 'MOTHER', 'N' from c",
	"care_team_member (child_id, agency_id, author_id, staff_id, task, since) select child_id, agency_id, author_id, author_id, 'T', current_date from c",
	"care_team_change (child_id, agency_id, author_id, member_id, change, at, explained) select m.child_id, m.agency_id, m.author_id, m.id, 'JOINED', now(), 'E' from korpu.care_team_member m join c on c.child_id = m.child_id",
	"consent (child_id, agency_id, author_id, kind, decision, recipient_id, classes, purposes, valid_from) select child_id, agency_id, author_id, 'CONSENT', 'GIVEN', agency_id, '{IDENTITY}', '{SUPERVISION}', now() from c",
	"follow_up_loss (child_id, agency_id, author_id, reason, since) select child_id, agency_id, author_id, 'MOVED', current_date from c",
	"referral (child_id, agency_id, author_id, receiver_id, service, status, sent_on) select child_id, agency_id, author_id, agency_id, 'SPORT', 'SENT', current_date from c",
	"legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since) select child_id, agency_id, author_id, author_id, 'S', current_date from c",
	"legal_note (child_id, case_id, agency_id, author_id, written_at, title, body) select child_id, id, agency_id, author_id, now(), '\\x01', '\\x01' from c",
	"note_release (child_id, case_id, agency_id, author_id, note_id, recipient_id, at) select n.child_id, n.case_id, n.agency_id, n.author_id, n.id, n.agency_id, now() from korpu.legal_note n join c on c.id = n.case_id",
	"legal_task (child_id, case_id, agency_id, author_id, due_on, what) select child_id, id, agency_id, author_id, current_date, '\\x01' from c",
	"power_of_attorney (child_id, case_id, agency_id, author_id, mandate_id, lawyer_id, shown_at) select m.child_id, c.id, m.agency_id, m.author_id, m.id, m.lawyer_id, now() from korpu.legal_mandate m join c on c.child_id = m.child_id",
	"harm_report (child_id, agency_id, author_id, reported_at, kind, noticed_at, imminent, recipient_id) select child_id, agency_id, author_id, now(), 'OTHER', now(), false, agency_id from c",
	"access_grant (child_id, agency_id, author_id, staff_id, reason, starts_at, ends_at) select child_id, agency_id, author_id, author_id, 'R', now(), 'infinity' from c",
	"inspector_meeting (child_id, case_id, agency_id, author_id, at, topic) select child_id, id, agency_id, author_id, now(), 'SCHOOL' from c",
	"prevention_contact (child_id, agency_id, author_id, at, need, offered, answer) select child_id, agency_id, author_id, now(), 'SCHOOL', 'O', 'ACCEPTED' from c",
	"mission_visit (child_id, agency_id, author_id, mission_id, planned_on) select c.child_id, m.agency_id, m.author_id, m.id, m.starts_on from c cross join (select * from korpu.mission order by starts_on desc limit 1) m",
	"emergency_access (child_id, case_id, agency_id, author_id, case_number, year_of_birth, reason, classes, hours, starts_at, ends_at, review_due_at) select child_id, id, agency_id, author_id, number, 2009, 'R', '{IDENTITY}', 1, now(), 'infinity', now() from c",
	"detention_episode (child_id, case_id, agency_id, author_id, facility_id, place_kind, status, admitted_at, released_at) select child_id, id, agency_id, author_id, agency_id, 'PRISON', 'SENTENCED', now(), now() from c",
	"lawyer_contact (child_id, case_id, agency_id, author_id, detention_id, kind, at) select e.child_id, e.case_id, e.agency_id, e.author_id, e.id, 'MET', now() from korpu.detention_episode e join c on c.id = e.case_id",
	"procedure_event (child_id, case_id, agency_id, author_id, kind, at) select child_id, id, agency_id, author_id, 'DECISION', now() from c",
	"diversion_condition (child_id, case_id, agency_id, author_id, diversion_id, kind) select d.child_id, d.case_id, d.agency_id, d.author_id, d.id, 'SCHOOL' from korpu.diversion d join c on c.id = d.case_id",
	"intake (child_id, agency_id, author_id, referral_id, source, presenting_problem, taken_on, waited_days) select r.child_id, r.agency_id, r.author_id, r.id, 'FAMILY', 'P', current_date, 0 from korpu.referral r join c on c.child_id = r.child_id",
	"enrolment (child_id, agency_id, author_id, starts_on, grade, attendance) select child_id, agency_id, author_id, current_date, 9, 'MOST' from c",
	"training (child_id, agency_id, author_id, course, starts_on, ends_on) select child_id, agency_id, author_id, 'C', current_date, current_date + 90 from c",
	"assistance_application (child_id, agency_id, author_id, kind, applied_on) select child_id, agency_id, author_id, 'TARGETED', current_date from c",
	"care_plan (child_id, case_id, agency_id, author_id, status, drafted_on, starts_on, ends_on, review_on) select child_id, id, agency_id, author_id, 'ACTIVE', current_date, current_date, current_date + 1, current_date from c",
	"plan_goal (child_id, case_id, agency_id, author_id, plan_id, domain, goal) select p.child_id, p.case_id, p.agency_id, p.author_id, p.id, 'SCHOOL', 'G' from korpu.care_plan p join c on c.id = p.case_id",
	"plan_action (child_id, case_id, agency_id, author_id, plan_id, goal_id, domain, provider_id, what, times_per_week, starts_on) select g.child_id, g.case_id, g.agency_id, g.author_id, g.plan_id, g.id, g.domain, g.agency_id, 'W', 2, current_date from korpu.plan_goal g join c on c.id = g.case_id",
	"session (child_id, case_id, agency_id, author_id, plan_id, action_id, domain, planned_at, place) select a.child_id, a.case_id, a.agency_id, a.author_id, a.plan_id, a.id, a.domain, now(), 'HOME' from korpu.plan_action a join c on c.id = a.case_id",
	"session_note (child_id, case_id, agency_id, author_id, session_id, domain, written_at, body) select s.child_id, s.case_id, s.agency_id, s.author_id, s.id, s.domain, now(), '\\x01' from korpu.session s join c on c.id = s.case_id",
	"psychological_note (child_id, case_id, agency_id, author_id, session_id, domain, written_at, body) select s.child_id, s.case_id, s.agency_id, s.author_id, s.id, s.domain, now(), '\\x01' from korpu.session s join c on c.id = s.case_id",
	"assessment_part (child_id, case_id, agency_id, author_id, kind, written_at, content, recommendation, signed_at) select child_id, id, agency_id, author_id, 'SOCIAL', now(), 'C', 'R', now() from c",
	"psychological_part (child_id, case_id, agency_id, author_id, written_at, instrument, result) select child_id, id, agency_id, author_id, now(), '\\x01', '\\x01' from c",
	"sealing_order (child_id, case_id, agency_id, author_id, reference, reason, seal_on) select child_id, id, agency_id, author_id, 'r', 'r', current_date from c",
	"outbox (event, record, record_id, child_id, case_id, agency_id) select 'e', 'Case', id, child_id, id, agency_id from c",
	"command_receipt (staff_id, key, digest, record_id, child_id, case_id) select author_id, 'left ' || id, '', id, child_id, id from c",
	"unseal_order (agency_id, author_id, case_number, reference, legal_basis, person_id, until, opens_case_id, opens_child_id) select agency_id, author_id, number, 'r', 'b', author_id, now(), id, child_id from c",
	"legal_hold (agency_id, author_id, case_number, reference, legal_basis, until) select agency_id, author_id, number, 'r', 'b', now() from c",
}

// given writes the rows of rest for the cases whose column is so, into the tables that are wanted.
func (p *place) given(column string, is any, wanted func(table string) bool) {
	p.t.Helper()
	for _, into := range rest {
		if table, _, _ := strings.Cut(into, " "); wanted(table) {
			p.sql("with c as (select * from korpu.case_file where "+column+" = $1) insert into korpu."+into, is)
		}
	}
}

// old is a case that was sealed so long ago that it is due to be destroyed.
func (p *place) old() map[string]any {
	p.t.Helper()
	due := p.closed()
	for behind := true; behind; time.Sleep(10 * time.Millisecond) { // what was read so far is in the access log
		behind = value[bool](p, "select exists (select from korpu.audit_record r where not exists (select from korpu.access_log_position a where a.chain = r.chain and a.seq >= r.seq))")
	}
	p.seal()
	p.given("id", due["id"], func(string) bool { return true })
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
	if err := sealing.Link(p.t.Context(), p.Admin); err != nil {
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

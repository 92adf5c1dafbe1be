package programme

import (
	"fmt"
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

const results = "{ cohortResults(first: 20) { nodes { " + figures + " } } }"

// As evaluator I report reoffending honestly: of the thirteen children of Sumgayit none was apprehended again in eight months, and it is told how little that
// excludes. Counts leave the hub, and no list.
func TestStoryG17OfTheThirteenOfSumgayitNoneIsApprehendedAgainAndTheBoundsAreTold(t *testing.T) {
	s := tell(t)
	for _, who := range []string{"analyst", "dpo", "manager"} {
		found := s.nodes(who, results, map[string]any{"months": 8.0, "event": "NEW_APPREHENSION"})
		if len(found) != 1 {
			t.Fatalf("%s sees %v", who, found)
		}
		s.holds(found[0], map[string]any{
			"path": "PROGRAMME", "countedFrom": "ENTRY", "datedBy": "DETECTION", "children": 13.0, "events": 0.0, "lost": 0.0, "personMonths": 104.0,
			"rate": 0.0, "wilsonLower": 0.0, "wilsonUpper": 228.0, "exactLower": 0.0, "exactUpper": 247.0,
		})
		if told := fmt.Sprint(found[0]["warnings"]); !strings.Contains(told, "0 of 13 children") || !strings.Contains(told, "22.8 % (Wilson") || !strings.Contains(told, "24.7 % (Clopper-Pearson") || !strings.Contains(told, "small") {
			t.Errorf("%s is told %s", who, told)
		}
	}
	if n := len(s.nodes("manager-sumgayit", results, nil)); n != 0 {
		t.Errorf("the manager of another centre sees %d results", n)
	}
	for _, query := range []string{"{ children(first: 1) { totalCount } }", "{ cases(first: 1) { totalCount } }", "{ hearings(first: 1) { totalCount } }"} {
		s.hasNo("analyst", query)
	}
	for _, who := range []string{"judge-sumgayit", "inspector-sumgayit", "secretary-sumgayit", "social-worker"} {
		s.hasNo(who, "{ cohortResults(first: 1) { totalCount } }")
	}
	s.hasNo("manager", "{ cohorts(first: 1) { totalCount } }")
}

// A cohort is defined in whole half-years that are over, counted once when somebody else approves, and stays as it is.
func TestStoryG17ACohortIsCountedOnceWhenSomebodyElseApproves(t *testing.T) {
	s := tell(t)
	s.group("G17", "PROGRAMME", 12, 0)
	in := func(with map[string]any) map[string]any {
		with["district"] = s.district("G17")
		return s.define(with)
	}
	s.do("analyst", "proposeCohort", "id", in(map[string]any{"beginsOn": s.since().Format("2006-01-02")})).Refused("INVALID", "half-years")
	s.do("analyst", "proposeCohort", "id", in(map[string]any{"endsOn": half(hubtest.Today).AddDate(0, 6, 0).Format("2006-01-02")})).Refused("INVALID", "not over yet")
	s.do("analyst", "proposeCohort", "id", in(map[string]any{"centre": s.agency("SUM-COURT")})).Refused("INVALID", "Diversion Centre")
	s.do("analyst", "proposeCohort", "id", in(map[string]any{"months": 25})).Refused("INVALID", "months")
	s.do("dpo", "proposeCohort", "id", in(map[string]any{})).Refused("INVALID", "")
	s.approve(in(map[string]any{"months": 24}), false).Refused("INVALID", "followed to the end")

	cohort := s.do("analyst", "proposeCohort", "id months status", in(map[string]any{})).Done()
	s.holds(cohort, map[string]any{"months": 8.0, "status": "PROPOSED"})
	s.do("analyst", "approvePublication", "id", map[string]any{"id": cohort["id"], "expectedVersion": 1, "smallNumbers": true}).Refused("INVALID", "")
	if _, err := s.admin.Exec(t.Context(), "update korpu.cohort set status = 'PUBLISHED', decider_id = author_id where id = $1", cohort["id"]); err == nil || !strings.Contains(err.Error(), "by_somebody_else") {
		t.Errorf("approved by its author: error %v", err)
	}
	done := s.do("dpo", "approvePublication", "status version result { children events }", map[string]any{"id": cohort["id"], "expectedVersion": 1, "smallNumbers": false}).Done()
	s.holds(done["result"].(map[string]any), map[string]any{"children": 12.0, "events": nil})
	s.do("dpo", "approvePublication", "id", map[string]any{"id": cohort["id"], "expectedVersion": 2, "smallNumbers": true}).Refused("INVALID", "stays as it is")
	for _, table := range []string{"cohort_result", "cohort_stratum"} {
		if _, err := s.admin.Exec(t.Context(), "update korpu."+table+" set children = 1"); err == nil || !strings.Contains(err.Error(), "stays as it is") {
			t.Errorf("%s was changed: error %v", table, err)
		}
	}
	refused := s.do("analyst", "proposeCohort", "id", in(map[string]any{})).Done()
	s.do("dpo", "refusePublication", "status", map[string]any{"id": refused["id"], "expectedVersion": 1, "reason": "Counted already."}).Done()
}

// Two cohorts that differ by a child could be subtracted from each other: whoever is in a published one is in no other, but as a whole by another event.
func TestStoryG17NoTwoPublishedCohortsDifferByAChild(t *testing.T) {
	s := tell(t)
	s.group("G17", "PROGRAMME", 12, 0)
	of := func(with map[string]any) map[string]any {
		with["district"] = s.district("G17")
		return s.define(with)
	}
	s.counted(of(map[string]any{}), true)
	wider := s.define(map[string]any{})
	longer := of(map[string]any{"beginsOn": half(s.since()).AddDate(0, -6, 0).Format("2006-01-02")})
	centre := s.define(map[string]any{"centre": s.agency("BAK-CENTRE")})
	for what, other := range map[string]map[string]any{
		"the whole country": wider, "a longer time": longer, "the whole centre": centre, "the same again": of(map[string]any{}), "a shorter follow-up": of(map[string]any{"months": 7}),
		"another date": of(map[string]any{"datedBy": "ACT", "event": "NEW_CHARGE"}), "from the end on": of(map[string]any{"countedFrom": "END"}),
	} {
		if got := s.approve(other, false); got.Code != "INVALID" || !strings.Contains(got.Text, "could be told") {
			t.Errorf("%s: %d %s", what, got.Status, got.Body)
		}
	}
	s.holds(s.counted(of(map[string]any{"event": "NEW_FINDING"}), true), map[string]any{"children": 12.0, "events": 0.0})
	s.run("delete from korpu.diversion_status_change where diversion_id = md5('diversionG1712')::uuid")
	s.approve(of(map[string]any{"event": "NEW_CHARGE"}), true).Refused("INVALID", "who came or went")
}

// The time at risk leaves out detention and absence, and ends with the event or the loss; an event counts by the day on which it was noticed, or by that of its act.
func TestStoryG17TimeAtRiskLossAndTheDateOfAnEventAreCountedAsDefined(t *testing.T) {
	s := tell(t)
	for code, c := range map[string]struct {
		datedBy        string
		events, months float64
	}{"G17-A": {"DETECTION", 2, 78}, "G17-B": {"ACT", 1, 84}} {
		s.group(code, "PROGRAMME", 12, 1)
		s.contact(code, 2, 60, -10)  // for an act before
		s.contact(code, 3, 250, 245) // later than eight months
		who := func(n int) string { return fmt.Sprintf("md5('child%s' || %d)::uuid", code, n) }
		s.run(`insert into korpu.detention_episode (child_id, agency_id, author_id, facility_id, place_kind, status, admitted_at, released_at)
		  select k.id, k.agency_id, k.author_id, k.agency_id, 'ISOLATOR', 'PRE_SENTENCE', ($1::date + 10)::timestamp at time zone 'UTC', ($1::date + 40)::timestamp at time zone 'UTC' from korpu.child k where k.id = `+who(4), s.since())
		s.run("insert into korpu.follow_up_loss (child_id, agency_id, author_id, reason, since) select k.id, k.agency_id, k.author_id, 'ABROAD', $1::date + 100 from korpu.child k where k.id = "+who(5), s.since())
		s.run("insert into korpu.follow_up_loss (child_id, agency_id, author_id, reason, since, until) select k.id, k.agency_id, k.author_id, 'HOSPITAL', $1::date + 100, $1::date + 110 from korpu.child k where k.id = "+who(6), s.since())
		s.run(`insert into korpu.procedure_event (child_id, case_id, agency_id, author_id, kind, at)
		  select c.child_id, c.id, c.agency_id, c.author_id, 'APPREHENSION', ($1::date + 5)::timestamp at time zone 'UTC' from korpu.case_file c where c.child_id = `+who(7), s.since()) // in the case for which the child is there
		got := s.counted(s.define(map[string]any{"district": s.district(code), "datedBy": c.datedBy}), true)
		s.holds(got, map[string]any{"children": 12.0, "events": c.events, "lost": 1.0, "personMonths": c.months})
	}
}

// What was too few is not shown: of fewer than five children nothing, and few children of whom it is counted only of ten or more, where the officer has approved it.
func TestStoryG17SmallNumbersAreShownOfTenOrMoreAndOnlyIfApproved(t *testing.T) {
	s := tell(t)
	for code, c := range map[string]struct {
		n, again         int
		small            bool
		children, events any
	}{
		"G17-FOUR": {4, 2, false, nil, nil}, "G17-NINE": {9, 2, false, 9.0, nil}, "G17-TEN": {10, 2, false, 10.0, nil}, "G17-SHOWN": {10, 2, true, 10.0, 2.0}, "G17-MOST": {12, 8, false, 12.0, nil}, "G17-HALF": {12, 6, false, 12.0, 6.0},
	} {
		s.group(code, "PROGRAMME", c.n, c.again)
		definition := s.define(map[string]any{"district": s.district(code)})
		if c.n < 10 {
			s.approve(definition, true).Refused("INVALID", "10 children or more")
		}
		got := s.counted(definition, c.small)
		s.holds(got, map[string]any{"children": c.children, "events": c.events})
		if c.events == nil {
			s.holds(got, map[string]any{"personMonths": nil, "rate": nil, "wilsonUpper": nil, "exactUpper": nil, "exactLower": nil, "wilsonLower": nil})
		}
		for _, part := range list(got, "strata") {
			if n, shown := part["children"].(float64); shown && n < 5 {
				t.Errorf("%s shows %v", code, part)
			}
		}
	}
}

// A child that is sealed, or destroyed, is counted on: what is published stays as it is, and what is counted later is the same, without the child.
func TestStoryG17SealingAndExpungementChangeNoCount(t *testing.T) {
	s := tell(t)
	district := s.group("G17", "PROGRAMME", 12, 2)
	before := s.counted(s.define(map[string]any{"district": district}), true)
	members := func() string {
		return value[string](s, `select string_agg(concat_ws(' ', m.sex, m.age, m.gravity, m.prior, m.event, m.lost, m.followed, m.days), ', ' order by m.sex, m.age, m.gravity, m.prior, m.event, m.days)
		  from korpu.cohort c cross join lateral korpu.cohort_member(c, current_date) m where c.id = $1`, before["id"])
	}
	counted := members()
	s.run("update korpu.case_file set sealed_at = now() where district_id = $1", district)
	s.run("update korpu.child set sealed_at = now() where district_id = $1", district)
	if now := members(); now != counted {
		t.Fatalf("sealing has made\n%s\nof\n%s", now, counted)
	}
	s.run("update korpu.expungement_rule set months = 0")
	s.run("delete from korpu.expungement where status = 'APPROVED'")
	for _, file := range []string{"againG171", "caseG172", "caseG171", "caseG175", "againG172"} { // a later case goes before the one that is followed, or after it
		s.run(`insert into korpu.expungement (agency_id, author_id, status, case_id, decider_id, decided_at)
		  select p.agency_id, p.id, 'APPROVED', md5($1)::uuid, d.staff_id, now() from korpu.staff p join korpu.staff_identity i on i.staff_id = p.id and i.subject = 'dpo', korpu.staff_identity d where d.subject = 'dpo-two'`, file)
		if value[string](s, "select coalesce(korpu.expunge_next()::text, 'none')") == "none" {
			t.Fatalf("%s was not destroyed", file)
		}
		if now := members(); now != counted {
			t.Fatalf("the destruction of %s has made\n%s\nof\n%s", file, now, counted)
		}
	}
	if n := value[int](s, "select count(*)::int from korpu.child where district_id = $1", district); n != 9 {
		t.Fatalf("%d children are left", n)
	}
	if n := value[int](s, "select count(*)::int from korpu.frozen_outcome z where z.district_id = $1 and z.entry_id is not null", district); n != 0 {
		t.Errorf("%d of what was frozen lead somewhere", n)
	}
	if after := s.nodes("analyst", results, map[string]any{"id": before["id"]}); fmt.Sprint(after[0]) != fmt.Sprint(before) {
		t.Errorf("%v was published, and is %v", before, after[0])
	}
	s.holds(s.counted(s.define(map[string]any{"district": district, "event": "NEW_CHARGE"}), true), map[string]any{"children": 12.0})
}

// Who is out of sight the own worker writes down, and who is in sight again.
func TestStoryG17TheOwnWorkerWritesDownWhoIsOutOfSight(t *testing.T) {
	s := tell(t)
	c := s.ward()
	loss := func(who, since string) hubtest.Outcome {
		return s.do(who, "recordLoss", "id version reason since until", map[string]any{"child": c.id, "reason": "NOT_FOUND", "since": since})
	}
	loss("social-worker-two", day(-3)).Refused("NOT_FOUND", "")
	loss("manager-sumgayit", day(-3)).Refused("NOT_FOUND", "")
	loss("social-worker", day(3)).Refused("INVALID", "future")
	lost := loss("social-worker", day(-3)).Done()
	loss("manager", day(-3)).Refused("CONFLICT", "")
	seen := func(who string) int {
		return len(s.asks(who, "query($id: ID!) { child(id: $id) { followUpLosses { reason since until } } }", map[string]any{"id": c.id}).(map[string]any)["followUpLosses"].([]any))
	}
	if seen("manager") != 1 || seen("social-worker") != 1 {
		t.Fatal("manager and worker see the loss")
	}
	for _, who := range []string{"secretary-sumgayit", "psychologist", "lawyer"} {
		s.hasNo(who, "{ children(first: 1) { nodes { followUpLosses { since } } } }")
	}
	end := func(version int, until string) hubtest.Outcome {
		return s.do("social-worker", "endLoss", "until", map[string]any{"id": lost["id"], "expectedVersion": version, "until": until})
	}
	end(1, day(-5)).Refused("INVALID", "ends after it starts")
	s.holds(end(1, day(-1)).Done(), map[string]any{"until": day(-1)})
	end(2, day(0)).Refused("INVALID", "in sight again already")
}

// Who is moved from one place of detention to another has not been released.
func TestStoryG17AMoveToAnotherPlaceIsNoRelease(t *testing.T) {
	s := tell(t)
	district := s.group("G17-MOVED", "DETENTION", 12, 6)
	s.run(`update korpu.detention_episode e set transferred_to_id = a.id from korpu.agency a, korpu.child k where a.code = 'CLOSED-SCHOOL' and k.id = e.child_id and k.id = md5('childG17-MOVED12')::uuid`)
	s.run(`insert into korpu.detention_episode (child_id, case_id, agency_id, author_id, facility_id, place_kind, status, admitted_at)
		select e.child_id, e.case_id, e.agency_id, e.author_id, e.transferred_to_id, e.place_kind, e.status, e.released_at from korpu.detention_episode e where e.child_id = md5('childG17-MOVED12')::uuid`)
	if got := s.counted(s.define(map[string]any{"district": district, "path": "DETENTION", "countedFrom": "END"}), false); got["children"] != 11.0 {
		t.Errorf("%v children were released, not 11", got["children"])
	}
}

package programme

import (
	"bytes"
	"testing"

	"korpu/internal/hubtest"
)

const (
	talks     = "query($id: ID!) { child(id: $id) { inspectorMeetings(first: 100) { at topic agreedStep inspector { id } } } }"
	ownTalks  = "{ inspectorMeetings(first: 100) { nodes { agreedStep child { id } } } }"
	agreed    = "query($id: ID!) { child(id: $id) { cases { nodes { diversion { conditions { kind } history { status } } } } } }"
	knowsThat = "query($id: ID!) { child(id: $id) { id } }"
)

// supervised is a ward on whose care team the inspector of Sumgayit is too.
func (s *story) supervised() child {
	s.t.Helper()
	c := s.ward()
	s.joins(c, "inspector-sumgayit")
	return c
}

// joins puts a persona on the care team, and returns the membership.
func (s *story) joins(c child, who string) map[string]any {
	s.t.Helper()
	return s.do("manager", "joinCareTeam", "id version", map[string]any{"child": c.id, "staff": s.person(who), "task": "Weekly meetings.", "explained": "You meet every week."}).Done()
}

func (s *story) meets(c child, days int, step string) hubtest.Outcome {
	s.t.Helper()
	at := moment(0)
	if days < 0 {
		at = day(days) + "T10:00:00Z"
	}
	return s.do("inspector-sumgayit", "recordInspectorMeeting", "id at topic", map[string]any{"case": c.file, "at": at, "topic": "SCHOOL", "agreedStep": step})
}

// steps are what was agreed in the meetings that a persona sees of a child.
func (s *story) steps(who string, c child) (all []any) {
	s.t.Helper()
	found, _ := s.asks(who, talks, map[string]any{"id": c.id}).(map[string]any)
	for _, m := range list(found, "inspectorMeetings") {
		all = append(all, m["agreedStep"])
	}
	return all
}

// As inspector I log my meeting; the child's worker sees it. I see my own meetings, the conditions and whether the child keeps to them, and no
// other's work.
func TestStoryG10TheInspectorLogsAMeetingThatTheWorkerSeesAndSeesNoOthers(t *testing.T) {
	s := tell(t)
	c := s.ward()
	s.meets(c, 0, "To come back.").Refused("NOT_FOUND", "")
	s.joins(c, "inspector-sumgayit")
	s.do("inspector-sumgayit", "recordInspectorMeeting", "id", map[string]any{"case": c.file, "at": moment(5), "topic": "SCHOOL"}).Refused("INVALID", "future")
	s.meets(c, 0, "Back to class on Monday.").Done()
	s.run(`insert into korpu.inspector_meeting (child_id, case_id, agency_id, author_id, at, topic, agreed_step)
		select $1, $2, m.agency_id, m.id, now(), 'FAMILY', 'A talk at home.' from korpu.staff m join korpu.staff_role r on r.staff_id = m.id and r.role = 'police_inspector'
		 where m.agency_id = $3 and m.id <> $4 and m.left_at is null limit 1`, c.id, c.file, s.agency("SUM-POLICE"), s.person("inspector-sumgayit"))
	if seen := s.steps("social-worker", c); len(seen) != 2 {
		t.Fatalf("the worker sees %v", seen)
	}
	if seen := s.steps("inspector-sumgayit", c); len(seen) != 1 || seen[0] != "Back to class on Monday." {
		t.Fatalf("the inspector sees %v", seen)
	}
	if len(s.nodes("inspector-sumgayit", ownTalks, map[string]any{"agreedStep": "Back to class on Monday."})) != 1 {
		t.Fatal("the meeting is not in the inspector's list")
	}

	s.diverted(c)
	s.inForce(c)
	if found := first(s.asks("inspector-sumgayit", agreed, map[string]any{"id": c.id}), "conditions"); len(found) == 0 {
		t.Fatal("the inspector does not see the conditions")
	}
	if said := s.compliance("inspector-sumgayit", c); said != "UNKNOWN" {
		t.Fatalf("the card says %v", said)
	}
	for _, what := range []string{"sessions { nodes { attended } }", "carePlans { status }", "assessment { content }", "recommendations { recommendation }", "careTeam { task }"} {
		s.hasNo("inspector-sumgayit", "{ child(id: \"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001\") { "+what+" } }")
	}
	for _, who := range []string{"manager", "psychologist", "judge-sumgayit", "prosecutor-sumgayit", "officer-sumgayit", "secretary-sumgayit", "school-sumgayit"} {
		s.hasNo(who, "{ inspectorMeetings { totalCount } }")
	}
}

// first finds the first list of a name below a value.
func first(v any, name string) []any {
	switch v := v.(type) {
	case map[string]any:
		if found, is := v[name].([]any); is {
			return found
		}
		for _, below := range v {
			if found := first(below, name); found != nil {
				return found
			}
		}
	case []any:
		for _, below := range v {
			if found := first(below, name); found != nil {
				return found
			}
		}
	}
	return nil
}

// An inspector who is moved to another district loses access at once, and so does one whose district goes to another department.
func TestStoryG10AnInspectorOfAnotherDistrictHasNoAccessFromTheNextRequestOn(t *testing.T) {
	s := tell(t)
	c := s.supervised()
	s.meets(c, 0, "Back to class on Monday.").Done()
	asks := func() []byte {
		return s.Ask(t, hubtest.Persona("inspector-sumgayit"), knowsThat, map[string]any{"id": c.id}).Body
	}
	sees := func() bool { return bytes.Contains(asks(), []byte(c.id)) }
	if !sees() {
		t.Fatal("the inspector does not see the child before")
	}
	s.run("update korpu.staff set agency_id = $2 where id = $1", s.person("inspector-sumgayit"), s.agency("BAK-YAS-POLICE"))
	if sees() {
		t.Fatal("the inspector sees the child after having been moved")
	}
	if s.asks("inspector-sumgayit", knowsThat, map[string]any{"id": c.id}) != nil || len(s.nodes("inspector-sumgayit", ownTalks, nil)) != 0 {
		t.Fatal("the inspector sees the child, or a meeting, from another district")
	}
	s.meets(c, 0, "Something else.").Refused("NOT_FOUND", "")

	s.run("update korpu.staff set agency_id = $2 where id = $1", s.person("inspector-sumgayit"), s.agency("SUM-POLICE"))
	asks() // what is remembered of the person is forgotten with this request
	if !sees() {
		t.Fatal("the inspector is back, and does not see the child")
	}
	s.run("update korpu.agency_district set until = current_date where agency_id = $1", s.agency("SUM-POLICE"))
	if sees() {
		t.Fatal("the district has gone to another department, and the inspector sees the child")
	}
}

// What is older than the present assignment is closed: own meetings of an earlier one too, and the earlier course of the diversion.
func TestStoryG10WhatIsOlderThanTheAssignmentIsRefused(t *testing.T) {
	s := tell(t)
	c := s.ward()
	s.diverted(c)
	s.run("update korpu.diversion_status_change set at = at - interval '10 days' where case_id = $1 and status = 'PROPOSED'", c.file)
	once := s.joins(c, "inspector-sumgayit")
	s.run("update korpu.care_team_member set since = current_date - 20 where id = $1", once["id"])
	s.meets(c, -12, "Before.").Done()
	s.meets(c, -30, "Long before.").Refused("NOT_FOUND", "")
	history := func() int {
		return len(first(s.asks("inspector-sumgayit", agreed, map[string]any{"id": c.id}), "history"))
	}
	all := history()
	if seen := s.steps("inspector-sumgayit", c); len(seen) != 1 {
		t.Fatalf("the inspector sees %v", seen)
	}

	// The assignment ends, and a new one begins today.
	s.do("manager", "leaveCareTeam", "id", map[string]any{"id": once["id"], "expectedVersion": 1, "explained": "You do not meet for now."}).Done()
	if seen := s.steps("inspector-sumgayit", c); len(seen) != 0 {
		t.Fatalf("the inspector sees %v after leaving", seen)
	}
	s.joins(c, "inspector-sumgayit")
	s.meets(c, 0, "Now.").Done()
	if seen := s.steps("inspector-sumgayit", c); len(seen) != 1 || seen[0] != "Now." {
		t.Fatalf("the inspector sees %v", seen)
	}
	if now := history(); now != all-1 {
		t.Fatalf("of %d states of the diversion the inspector sees %d", all, now)
	}
	if seen := s.steps("social-worker", c); len(seen) != 2 {
		t.Fatalf("the worker sees %v", seen)
	}
}

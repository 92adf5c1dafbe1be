package programme

import (
	"testing"

	"korpu/internal/hubtest"
)

const (
	visitList = `{ missions(first: 10) { nodes { id purpose startsOn endsOn graceDays district { city } members { staff { id } }
		visits(first: 100) { id version plannedOn visitedAt outcome recordedAt recordedLate child { id district { city } } } } } }`
	ofOthers = `query($id: ID!) { child(id: $id) { sessions(first: 20) { nodes { attended } } assessment { content } } }`
)

var travellers = []string{"social-worker-two", "psychologist", "lawyer"}

// mission is a trip to Gəncə so many days from now, with a child on its visit list.
func (s *story) mission(c child, first, last int) map[string]any {
	s.t.Helper()
	m := s.do("manager", "planMission", "id version", s.trip(first, last, travellers...)).Done()
	m["visit"] = s.addVisit("manager", m, c, first).Done()["id"]
	return m
}

func (s *story) trip(first, last int, members ...string) map[string]any {
	var all []any
	for _, who := range members {
		all = append(all, map[string]any{"staff": s.person(who)})
	}
	return map[string]any{"district": s.district("GAN-KAP"), "purpose": "Visits in Gəncə.", "startsOn": day(first), "endsOn": day(last), "graceDays": 2, "members": all}
}

func (s *story) addVisit(who string, m map[string]any, c child, on int) hubtest.Outcome {
	s.t.Helper()
	return s.do(who, "addVisit", "id", map[string]any{"child": c.id, "mission": m["id"], "plannedOn": day(on)})
}

// passes lets days pass for a mission and what it opens.
func (s *story) passes(m map[string]any, days int) {
	s.t.Helper()
	s.run("update korpu.mission set starts_on = starts_on - $2::integer, ends_on = ends_on - $2::integer where id = $1", m["id"], days)
	s.run("update korpu.mission_visit set planned_on = planned_on - $2::integer where mission_id = $1", m["id"], days)
	s.run("update korpu.access_grant set starts_at = starts_at - $2::integer * interval '1 day', ends_at = ends_at - $2::integer * interval '1 day' where mission_id = $1", m["id"], days)
}

func (s *story) knows(who string, c child) bool {
	s.t.Helper()
	return s.asks(who, knowsThat, map[string]any{"id": c.id}) != nil
}

// opens fails the test unless the child is open, or closed, to all who travel.
func (s *story) opens(c child, when string, wanted bool) {
	s.t.Helper()
	for _, who := range travellers {
		if s.knows(who, c) != wanted {
			s.t.Fatalf("%s, %s sees the child: %t", when, who, !wanted)
		}
	}
}

// visits are those of a mission as a persona sees them.
func (s *story) visits(who string, m map[string]any) []map[string]any {
	s.t.Helper()
	for _, n := range s.nodes(who, visitList, map[string]any{"id": m["id"]}) {
		return list(n, "visits")
	}
	s.t.Fatalf("%s does not see the mission", who)
	return nil
}

// wardOfOne is a ward on whose care team the psychologist is not.
func (s *story) wardOfOne() child {
	s.t.Helper()
	c := s.ward()
	s.run("update korpu.care_team_member set left_at = now() where child_id = $1 and staff_id = $2", c.id, s.person("psychologist"))
	return c
}

// The mobile group of Bakı is in Gəncə today: each who travels has the list of the children to visit, and nobody else has.
func TestStoryG04TheMobileGroupOfBakuInGanjaHasItsVisitList(t *testing.T) {
	s := tell(t)
	for _, who := range []string{"social-worker", "psychologist", "lawyer"} {
		today := s.nodes(who, visitList, map[string]any{"startsOn": day(0)})
		if len(today) != 1 || today[0]["district"].(map[string]any)["city"] != "Gəncə" || len(list(today[0], "members")) != 3 {
			t.Fatalf("%s has %v", who, today)
		}
		visits := list(today[0], "visits")
		if len(visits) < 5 {
			t.Fatalf("%s visits %d", who, len(visits))
		}
		for _, v := range visits {
			if v["child"].(map[string]any)["district"].(map[string]any)["city"] == "Bakı" {
				t.Fatalf("%v lives in Bakı", v)
			}
		}
	}
	if n := len(s.nodes("social-worker-two", visitList, nil)); n != 0 {
		t.Fatalf("a colleague who does not travel sees %d missions", n)
	}
	for _, who := range []string{"inspector-sumgayit", "judge-sumgayit", "secretary-sumgayit", "coach-sumgayit"} {
		s.hasNo(who, "{ missions { totalCount } }")
	}
}

// Access lasts as long as the mission and its grace, and ends by itself; it can be ended at once.
func TestStoryG04AccessLastsAsLongAsTheMission(t *testing.T) {
	s := tell(t)
	c := s.wardOfOne()
	s.do("manager", "planMission", "id", s.trip(3, 4, "coach-sumgayit")).Refused("INVALID", "members are")
	s.do("manager", "planMission", "id", s.trip(-3, -2, travellers...)).Refused("INVALID", "past")
	s.do("manager", "planMission", "id", s.trip(4, 3, travellers...)).Refused("INVALID", "ends after it starts")
	m := s.mission(c, 3, 4)
	s.addVisit("manager", m, s.child(), 3).Refused("NOT_FOUND", "")
	s.addVisit("manager", m, s.ward(), 9).Refused("INVALID", "day of the mission")
	s.addVisit("manager-sumgayit", m, c, 3).Refused("NOT_FOUND", "")
	s.opens(c, "three days before", false)
	if v := s.visits("lawyer", m); len(v) != 0 {
		t.Fatalf("the list is open before: %v", v)
	}
	s.passes(m, 1) // two days before: the days of grace have begun
	s.opens(c, "in the days of grace before", true)
	if v := s.visits("lawyer", m); len(v) != 1 || v[0]["child"].(map[string]any)["id"] != c.id {
		t.Fatalf("%v", v)
	}
	s.passes(m, 5) // the mission ended two days ago
	s.opens(c, "in the days of grace after", true)
	s.passes(m, 1)
	s.opens(c, "after the grace", false)
	if v := s.visits("psychologist", m); len(v) != 0 {
		t.Fatalf("the list is open after: %v", v)
	}

	again := s.mission(c, 0, 1)
	s.opens(c, "on the next mission", true)
	s.do("social-worker-two", "endMission", "id", map[string]any{"id": again["id"], "expectedVersion": 1}).Refused("INVALID", "")
	s.do("manager-sumgayit", "endMission", "id", map[string]any{"id": again["id"], "expectedVersion": 1}).Refused("NOT_FOUND", "")
	s.do("manager", "endMission", "endedAt", map[string]any{"id": again["id"], "expectedVersion": 1}).Done()
	s.opens(c, "after the mission was ended", false)
	s.addVisit("manager", again, s.ward(), 0).Refused("INVALID", "over")
}

// On the trip each has the classes of the own profession: the lawyer's notes stay with the clinic, and the lawyer has nothing of the psychologist
// without consent.
func TestStoryG04EachProfessionHasItsOwnClassesOnTheTrip(t *testing.T) {
	s := tell(t)
	c := s.wardOfOne()
	plan := s.inForce(c)
	s.mission(c, 0, 1)
	met := s.do("psychologist", "planSession", "id version", map[string]any{"action": weekly(plan), "plannedAt": moment(-3), "place": "HOME"}).Done()
	s.attended("psychologist", met, "YES", nil).Done()
	s.do("psychologist", "writePsychologicalNote", "id", map[string]any{"session": met["id"], "body": "He dreams of the sea."}).Done()
	s.do("psychologist", "planSession", "id", map[string]any{"action": visits(plan), "plannedAt": moment(-3), "place": "HOME"}).Refused("NOT_FOUND", "")
	s.do("social-worker-two", "planSession", "id", map[string]any{"action": visits(plan), "plannedAt": moment(-2), "place": "HOME"}).Done()

	if seen := s.asks("lawyer", ofOthers, map[string]any{"id": c.id}).(map[string]any); len(seen["sessions"].(map[string]any)["nodes"].([]any)) != 0 || len(list(seen, "assessment")) != 0 {
		t.Fatalf("the lawyer sees %v", seen)
	}
	s.do("lawyer", "takeMandate", "id", map[string]any{"child": c.id, "scope": "Advice."}).Done()
	s.do("lawyer", "writeNote", "id", map[string]any{"child": c.id, "title": "Talk in Gəncə", "body": "What the child asked."}).Done()
	for _, n := range list(s.asks("lawyer", talkNotes, map[string]any{"id": c.id}).(map[string]any)["sessions"].(map[string]any), "nodes") {
		for _, note := range list(n, "psychologicalNotes") {
			if note["body"] != nil {
				t.Fatalf("the lawyer reads %v", note)
			}
		}
	}
	for _, who := range []string{"social-worker-two", "psychologist", "manager"} {
		s.hasNo(who, "{ child(id: \"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001\") { legalNotes { nodes { body } } } }")
	}
	for _, who := range []string{"social-worker-two", "manager"} {
		s.hasNo(who, "{ child(id: \"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001\") { psychologicalAssessment { result } } }")
	}
}

// weekly is the action of a plan that is done with the psychologist.
func weekly(plan map[string]any) string {
	for _, a := range list(plan, "actions") {
		if a["what"] == "Weekly talks" {
			return a["id"].(string)
		}
	}
	return ""
}

// What was recorded after the trip keeps the time at which it happened, and says that it is late.
func TestStoryG04WhatIsRecordedLateKeepsItsTimeAndSaysSo(t *testing.T) {
	s := tell(t)
	c := s.wardOfOne()
	plan := s.inForce(c)
	m := s.mission(c, 0, 1)
	record := func(who string, at string) hubtest.Outcome {
		return s.do(who, "recordVisit", "visitedAt recordedAt recordedLate outcome", map[string]any{"id": m["visit"], "expectedVersion": 1, "visitedAt": at, "outcome": "MET"})
	}
	session := s.do("psychologist", "planSession", "id version", map[string]any{"action": weekly(plan), "plannedAt": moment(-60), "place": "HOME"}).Done()
	s.passes(m, 3) // it ended two days ago: these are days of grace
	record("psychologist", day(-5)+"T10:00:00Z").Refused("INVALID", "on a day of the mission")
	record("psychologist", moment(5)).Refused("INVALID", "future")
	record("social-worker", day(-3)+"T10:00:00Z").Refused("NOT_FOUND", "")
	late := record("psychologist", day(-3)+"T10:00:00Z").Done()
	if late["visitedAt"] != day(-3)+"T10:00:00Z" || late["recordedLate"] != true || late["recordedAt"] == nil {
		t.Fatalf("%v", late)
	}
	s.do("lawyer", "recordVisit", "id", map[string]any{"id": m["visit"], "expectedVersion": 2, "visitedAt": day(-2) + "T10:00:00Z", "outcome": "MET"}).Refused("INVALID", "is recorded")
	was := s.do("psychologist", "recordAttendance", "heldAt recordedAt recordedLate", map[string]any{"id": session["id"], "expectedVersion": 1, "attended": "YES"}).Done()
	if was["recordedLate"] != true || was["heldAt"] == was["recordedAt"] {
		t.Fatalf("%v", was)
	}
	// What is recorded on the day is not late.
	again := s.mission(c, 0, 1)
	onTime := s.do("lawyer", "recordVisit", "recordedLate", map[string]any{"id": again["visit"], "expectedVersion": 1, "visitedAt": moment(0), "outcome": "NOT_AT_HOME"}).Done()
	if onTime["recordedLate"] != false {
		t.Fatalf("%v", onTime)
	}
}

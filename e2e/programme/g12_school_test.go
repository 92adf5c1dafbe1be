package programme

import "testing"

const schooling = "query($id: ID!) { child(id: $id) { schoolStatus backAtSchool enrolments { grade startsOn endsOn attendance support school { code } } } }"

// pupil is a child of the ward whom the school in Sumgayit was asked to take back.
func (s *story) pupil() child {
	s.t.Helper()
	c := s.ward()
	sent := s.do("social-worker", "refer", "id", map[string]any{"child": c.id, "receiver": s.agency("SUM-SCHOOL-1"), "service": "SCHOOL"}).Done()
	s.do("school-sumgayit", "acceptReferral", "id", map[string]any{"id": sent["id"], "expectedVersion": 1}).Done()
	return c
}

// As school I say that a child is back, and how it goes; as social worker I follow it.
func TestStoryG12TheSchoolSaysThatAChildIsBackAndTheWorkerFollowsIt(t *testing.T) {
	s := tell(t)
	c := s.pupil()
	enrol := map[string]any{"child": c.id, "startsOn": day(0), "grade": 9, "support": "EXTRA_LESSONS"}
	enrolled := s.do("school-sumgayit", "enrolChild", "id grade support child { givenName backAtSchool }", enrol).Done()
	if who := enrolled["child"].(map[string]any); enrolled["grade"] != 9.0 || who["backAtSchool"] != true {
		t.Fatalf("%v", enrolled)
	}
	enrol["idempotencyKey"] = nil
	s.do("school-sumgayit", "enrolChild", "id", enrol).Refused("INVALID", "already")
	says := func(version int, attendance string) map[string]any {
		return map[string]any{"id": enrolled["id"], "expectedVersion": version, "attendance": attendance, "support": "TUTOR"}
	}
	s.do("school-sumgayit", "recordSchooling", "attendance", says(1, "MOST")).Done()

	of := func(who string) map[string]any {
		found, _ := s.asks(who, schooling, map[string]any{"id": c.id}).(map[string]any)
		return found
	}
	for _, who := range []string{"social-worker", "manager", "secretary-sumgayit"} {
		rows := list(of(who), "enrolments")
		if len(rows) != 1 || rows[0]["attendance"] != "MOST" || rows[0]["support"] != "TUTOR" || rows[0]["school"].(map[string]any)["code"] != "SUM-SCHOOL-1" {
			t.Fatalf("%s sees %v", who, rows)
		}
	}
	// Who misses most lessons is a pupil and not back; who has left is out of school.
	s.do("school-sumgayit", "recordSchooling", "attendance", says(2, "FEW")).Done()
	if found := of("social-worker"); found["schoolStatus"] != "NOT_ATTENDING" || found["backAtSchool"] != false {
		t.Fatalf("%v", found)
	}
	s.do("school-sumgayit", "endEnrolment", "endsOn", map[string]any{"id": enrolled["id"], "expectedVersion": 3}).Done()
	s.do("school-sumgayit", "recordSchooling", "attendance", says(4, "MOST")).Refused("INVALID", "has ended")
	if found := of("social-worker"); found["schoolStatus"] != "OUT_OF_SCHOOL" || found["backAtSchool"] != false {
		t.Fatalf("%v", found)
	}
	// A school writes of the children whom it was asked to take, and of no other.
	s.do("school-sumgayit", "enrolChild", "id", map[string]any{"child": s.ward().id, "startsOn": day(0), "grade": 9}).Refused("NOT_FOUND", "")
	s.do("social-worker", "enrolChild", "id", map[string]any{"child": c.id, "startsOn": day(0), "grade": 9}).Refused("INVALID", "")
}

// The inspector learns whether the child is back at school, with consent, and nothing more; the clinic's lawyer the rest, with consent too.
func TestStoryG12TheInspectorLearnsYesOrNoAndTheLawyerTheRestWithConsent(t *testing.T) {
	s := tell(t)
	c := s.pupil()
	s.do("school-sumgayit", "enrolChild", "id", map[string]any{"child": c.id, "startsOn": day(0), "grade": 9}).Done()
	s.run("insert into korpu.care_team_member (child_id, agency_id, author_id, staff_id, task, since) select $1, agency_id, id, id, 'Meetings', current_date from korpu.staff where id = $2", c.id, s.person("inspector-sumgayit"))
	s.run("insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since) select $1, agency_id, id, id, 'Defence', current_date from korpu.staff where id = $2", c.id, s.person("lawyer"))
	const grades = "query($id: ID!) { child(id: $id) { enrolments { grade withheld { field } } } }"
	grade := func() map[string]any {
		return list(s.asks("lawyer", grades, map[string]any{"id": c.id}).(map[string]any), "enrolments")[0]
	}
	if found, _ := s.shown("inspector-sumgayit", c, "backAtSchool"); found["backAtSchool"] != nil {
		t.Fatalf("%v without consent", found)
	}
	if before := grade(); before["grade"] != nil || len(list(before, "withheld")) != 1 {
		t.Fatalf("%v without consent", before)
	}
	for agency, given := range map[string][2]string{"SUM-POLICE": {"SCHOOL_STATUS", "SUPERVISION"}, "CLINIC": {"LEARNING", "LEGAL_DEFENCE"}} {
		s.do("social-worker", "giveConsent", "id", map[string]any{
			"child": c.id, "kind": "CONSENT", "recipient": s.agency(agency), "classes": []string{given[0]}, "purposes": []string{given[1]},
		}).Done()
	}
	if found, _ := s.shown("inspector-sumgayit", c, "backAtSchool"); found["backAtSchool"] != true {
		t.Fatalf("%v with consent", found)
	}
	if after := grade(); after["grade"] != 9.0 {
		t.Fatalf("%v with consent", after)
	}
	for _, field := range []string{"schoolStatus", "enrolments { grade }"} {
		s.hasNo("inspector-sumgayit", "{ children { nodes { "+field+" } } }")
	}
	for _, who := range []string{"judge-sumgayit", "officer-sumgayit", "coach-sumgayit", "prosecutor-sumgayit"} {
		s.hasNo(who, "{ enrolments { totalCount } }")
	}
}

// As manager I know how many came back to school in time, in counts.
func TestStoryG12TheManagerCountsWhoCameBackToSchoolInTime(t *testing.T) {
	s := tell(t)
	counts := func(who string) map[string]any {
		found, _ := s.nodes(who, `{ agencies(filter: {code: {eq: "BAK-CENTRE"}}) { nodes { schoolReturn { days children back } } } }`, nil)[0]["schoolReturn"].(map[string]any)
		return found
	}
	before := counts("manager")
	if before["days"] != 60.0 || before["back"].(float64) < 1 || before["back"].(float64) > before["children"].(float64) {
		t.Fatalf("%v", before)
	}
	// Two children were taken on seventy days ago: one was back after a month, the other is since yesterday.
	for _, ago := range []int{40, 1} {
		c := s.pupil()
		s.do("school-sumgayit", "enrolChild", "id", map[string]any{"child": c.id, "startsOn": day(-ago), "grade": 9}).Done()
		s.run("update korpu.intake set taken_on = current_date - 70 where child_id = $1", c.id)
	}
	if after := counts("manager"); after["children"] != before["children"].(float64)+2 || after["back"] != before["back"].(float64)+1 {
		t.Fatalf("%v became %v", before, after)
	}
	if counts("manager-sumgayit") != nil {
		t.Fatal("another centre's manager sees the counts")
	}
	s.hasNo("social-worker", "{ agencies { nodes { schoolReturn { back } } } }")
}

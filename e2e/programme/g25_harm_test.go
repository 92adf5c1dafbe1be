package programme

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"korpu/internal/hubtest"
)

const reports = "{ harmReports(first: 100) { nodes { id urgency kind account imminent answeredAt } } }"

// seen is a report as a persona sees it in its list, and its place there.
func (s *story) seen(who string, id any) (map[string]any, int) {
	s.t.Helper()
	all := s.nodes(who, reports, nil)
	i := slices.IndexFunc(all, func(r map[string]any) bool { return r["id"] == id })
	if i < 0 {
		return nil, i
	}
	return all[i], i
}

// harm is what a report takes.
func (s *story) harm(c child, imminent bool) map[string]any {
	return map[string]any{"child": c.id, "kind": "VIOLENCE", "noticedAt": moment(-2), "imminent": imminent, "account": "Bruises on both arms."}
}

// served is a child of the centre who was referred to a school and a club.
func (s *story) served() child {
	s.t.Helper()
	c := s.ward()
	for receiver, service := range map[string]string{"SUM-SCHOOL-1": "SCHOOL", "SUM-SPORT": "SPORT"} {
		s.do("social-worker", "refer", "id", map[string]any{"child": c.id, "receiver": s.agency(receiver), "service": service}).Done()
	}
	return c
}

// As any professional I report harm without consent. The centre that was told, the child's worker and lawyer read it; others their own reports alone.
func TestStoryG25HarmIsReportedByWhoeverSeesItAndReadByWhoAnswersForTheChild(t *testing.T) {
	s := tell(t)
	c := s.served()
	s.run("insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since) select $1, agency_id, id, id, 'Defence', current_date from korpu.staff where id = $2", c.id, s.person("lawyer"))
	report := s.do("school-sumgayit", "reportHarm", "id urgency account answeredAt", s.harm(c, true)).Done()
	if report["urgency"] != 2.0 || report["account"] != "Bruises on both arms." || report["answeredAt"] != nil {
		t.Fatalf("%v", report)
	}
	for _, who := range []string{"school-sumgayit", "social-worker", "social-worker for CHILD_PROTECTION", "manager", "lawyer"} {
		if found, _ := s.seenFor(who, report["id"]); found == nil || found["account"] != "Bruises on both arms." {
			t.Errorf("%s sees %v", who, found)
		}
	}
	for _, who := range []string{"coach-sumgayit", "psychologist", "social-worker-two", "manager-sumgayit", "secretary-sumgayit", "officer-sumgayit", "lawyer-two"} {
		if found, _ := s.seenFor(who, report["id"]); found != nil {
			t.Errorf("%s sees %v", who, found)
		}
	}
	for _, who := range []string{"clerk-sumgayit", "analyst", "administrator", "dpo"} {
		s.hasNo(who, "{ harmReports { nodes { account } } }")
	}
	s.do("school-sumgayit", "reportHarm", "id", s.harm(s.ward(), false)).Refused("NOT_FOUND", "")
	late := s.harm(c, false)
	late["noticedAt"] = moment(2)
	s.do("coach-sumgayit", "reportHarm", "id", late).Refused("INVALID", "future")
	wrong := s.harm(c, false)
	wrong["recipient"] = s.agency("SUM-COURT")
	s.do("psychologist", "reportHarm", "id", wrong).Refused("INVALID", "recipient")
	if value[bool](s, "select position(convert_to('Bruises', 'UTF8') in account) > 0 from korpu.harm_report where id = $1", report["id"]) {
		t.Fatal("the database holds the text")
	}
}

// seenFor is seen by a persona whose name " for " and a purpose may follow.
func (s *story) seenFor(who string, id any) (map[string]any, int) {
	s.t.Helper()
	name, purpose, chosen := strings.Cut(who, " for ")
	if !chosen {
		return s.seen(who, id)
	}
	a := hubtest.Persona(name)
	a.Purpose = purpose
	for _, n := range s.Ask(s.t, a, reports, nil).Data(s.t)["harmReports"].(map[string]any)["nodes"].([]any) {
		if r := n.(map[string]any); r["id"] == id {
			return r, 0
		}
	}
	return nil, -1
}

// A professional whom a report is about does not see it, nor answers it.
func TestStoryG25AReportIsClosedToWhomItIsAbout(t *testing.T) {
	s := tell(t)
	c := s.served()
	about := s.harm(c, true)
	about["about"] = s.person("social-worker")
	report := s.do("coach-sumgayit", "reportHarm", "id", about).Done()
	if found, _ := s.seen("social-worker", report["id"]); found != nil {
		t.Fatalf("whom it is about sees %v", found)
	}
	s.do("social-worker", "answerHarm", "id", map[string]any{"id": report["id"], "expectedVersion": 1}).Refused("NOT_FOUND", "")
	if found, _ := s.seen("manager", report["id"]); found == nil {
		t.Fatal("the manager does not see it")
	}
}

// Whoever asked a school for help: a report that names no recipient is taken, and reaches somebody who answers.
func TestStoryG25AReportWithoutARecipientReachesTheCentreOfTheDistrictWhereWhoAskedDoesNotAnswer(t *testing.T) {
	s := tell(t)
	c := s.served()
	s.run("update korpu.referral set agency_id = $1 where child_id = $2", s.agency("SUM-COMMISSION"), c.id)
	report := s.do("school-sumgayit", "reportHarm", "id", s.harm(c, true)).Done()
	if to := value[string](s, "select a.code from korpu.harm_report r join korpu.agency a on a.id = r.recipient_id where r.id = $1", report["id"]); to != "SUM-CENTRE" {
		t.Errorf("informed is %s", to)
	}
}

// Who was informed reads and answers that report, though nothing else of the child is open there.
func TestStoryG25WhoWasInformedAnswersThoughTheChildIsNotKnownThere(t *testing.T) {
	s := tell(t)
	c := s.served()
	informed := s.harm(c, true)
	informed["recipient"] = s.agency("SUM-POLICE")
	report := s.do("school-sumgayit", "reportHarm", "id", informed).Done()
	other := s.do("coach-sumgayit", "reportHarm", "id", s.harm(c, true)).Done()
	if found, _ := s.seen("inspector-sumgayit", report["id"]); found == nil {
		t.Fatal("who was informed does not see the report")
	}
	if found, _ := s.seen("inspector-sumgayit", other["id"]); found != nil {
		t.Errorf("the inspector sees %v, of which another agency was informed", found)
	}
	if s.asks("inspector-sumgayit", "query($id: ID!) { child(id: $id) { id } }", map[string]any{"id": c.id}) != nil {
		t.Error("the report opens the child")
	}
	s.do("inspector-baku", "answerHarm", "id", map[string]any{"id": report["id"], "expectedVersion": 1}).Refused("NOT_FOUND", "")
	s.do("inspector-sumgayit", "answerHarm", "id answeredAt", map[string]any{"id": report["id"], "expectedVersion": 1}).Done()
}

// What nobody has answered comes first for the manager, before all where the child is in danger now; who answers, and when, is on record.
func TestStoryG25WhatNobodyHasAnsweredComesFirst(t *testing.T) {
	s := tell(t)
	c := s.served()
	calm, urgent := s.do("coach-sumgayit", "reportHarm", "id", s.harm(c, false)).Done(), s.do("school-sumgayit", "reportHarm", "id", s.harm(c, true)).Done()
	place := func(id any) int {
		t.Helper()
		_, at := s.seen("manager", id)
		return at
	}
	if place(urgent["id"]) > place(calm["id"]) {
		t.Fatal("danger now does not come first")
	}
	answered := s.do("manager", "answerHarm", "urgency answeredAt answeredBy { id }", map[string]any{"id": urgent["id"], "expectedVersion": 1}).Done()
	if answered["urgency"] != 0.0 || answered["answeredAt"] == nil || answered["answeredBy"].(map[string]any)["id"] != s.person("manager") {
		t.Fatalf("%v", answered)
	}
	if place(urgent["id"]) < place(calm["id"]) {
		t.Fatal("what is answered comes first")
	}
	for i, r := range s.nodes("manager", reports, nil) {
		if i > place(calm["id"]) && r["answeredAt"] == nil && r["imminent"] == true {
			t.Errorf("report %d, which nobody has answered, comes after one that can wait", i)
		}
	}
	s.do("manager", "answerHarm", "id", map[string]any{"id": urgent["id"], "expectedVersion": 2}).Refused("INVALID", "answered")
	s.do("manager-sumgayit", "answerHarm", "id", map[string]any{"id": calm["id"], "expectedVersion": 1}).Refused("NOT_FOUND", "")
	// Who reported sees that it was answered.
	if mine, _ := s.seen("school-sumgayit", urgent["id"]); mine["answeredAt"] == nil {
		t.Fatalf("%v", mine)
	}
}

// A psychologist reports a risk without opening what was said.
func TestStoryG25ARiskIsReportedAndTheNoteStaysClosed(t *testing.T) {
	s := tell(t)
	c := s.ward()
	talks := ""
	for _, a := range list(s.inForce(c), "actions") {
		if a["what"] == "Weekly talks" {
			talks = a["id"].(string)
		}
	}
	met := s.do("psychologist", "planSession", "id version", map[string]any{"action": talks, "plannedAt": moment(-3), "place": "CENTRE"}).Done()
	s.attended("psychologist", met, "YES", nil).Done()
	note := s.do("psychologist", "writePsychologicalNote", "id", map[string]any{"session": met["id"], "body": "He speaks of running away."}).Done()
	report := s.do("psychologist", "reportRisk", "id kind account child { id }", map[string]any{"note": note["id"], "imminent": true, "recipient": s.agency("BAK-CENTRE")}).Done()
	if report["kind"] != "RISK" || report["account"] != nil || report["child"].(map[string]any)["id"] != c.id {
		t.Fatalf("%v", report)
	}
	if found, _ := s.seen("manager", report["id"]); found == nil || found["kind"] != "RISK" || found["account"] != nil {
		t.Fatalf("the manager sees %v", found)
	}
	s.hasNo("manager", "{ harmReports { nodes { note { body } } } }")
	s.hasNo("psychologist", "{ harmReports { nodes { note { body } } } }")
	s.run("update korpu.psychological_note set author_id = $2 where id = $1", note["id"], s.person("manager"))
	for _, id := range []any{note["id"], uuid.NewString()} {
		s.do("psychologist", "reportRisk", "id", map[string]any{"note": id, "imminent": true, "recipient": s.agency("BAK-CENTRE")}).Refused("NOT_FOUND", "")
	}
}

// As the professional on call I break the glass on account of a report: for named classes and hours, every view is told to the
// data-protection officer, and the child later.
func TestStoryG25AnEmergencyRestsOnAReportAndEveryViewIsTold(t *testing.T) {
	s := tell(t)
	c := s.served()
	s.run("update korpu.child set phone = '050' where id = $1", c.id)
	report := s.do("school-sumgayit", "reportHarm", "id", s.harm(c, true)).Done()
	onCall := hubtest.Persona("social-worker-two")
	onCall.Purpose = "EMERGENCY"
	open := func(more map[string]any) hubtest.Outcome {
		t.Helper()
		input := map[string]any{
			"caseNumber": value[string](s, "select number from korpu.case_file where id = $1", c.file), "yearOfBirth": value[int](s, "select year_of_birth from korpu.child where id = $1", c.id),
			"reason": "The school called.", "classes": []string{"CONTACT"}, "hours": 2, "report": report["id"],
		}
		for name, v := range more {
			input[name] = v
		}
		return s.Do(t, onCall, "openEmergencyAccess", "id report child { phone }", input)
	}
	other := s.do("social-worker", "reportHarm", "id", map[string]any{
		"child": s.ward().id, "kind": "OTHER", "noticedAt": moment(-1), "imminent": false, "account": "x", "recipient": s.agency("BAK-CENTRE")}).Done()
	for _, wrong := range []any{other["id"], uuid.NewString()} {
		open(map[string]any{"report": wrong}).Refused("INVALID", "an identifier leads to nothing: report")
	}
	for _, class := range []string{"LEGAL_PRIVILEGE", "LEGAL_TASK", "PSYCHOLOGICAL", "SESSION_NOTE", "HARM"} {
		open(map[string]any{"classes": []string{class}}).Refused("INVALID", "an emergency opens no others")
	}
	for _, p := range hubtest.Policy().Profiles {
		for _, name := range []string{"LegalNote", "LegalTask", "ReleasedNote", "PsychologicalNote", "PsychologicalPart", "SessionNote", "HarmReport"} {
			if p.Purpose == "EMERGENCY" && p.Types[name] != nil {
				t.Errorf("%s has %s", p, name)
			}
		}
	}
	opened := open(nil).Done()
	if opened["report"] != report["id"] || opened["child"].(map[string]any)["phone"] != "050" {
		t.Fatalf("%v", opened)
	}
	s.listedToTheOfficer(opened["id"], report["id"])

	// It ends by itself, used or not.
	s.run("update korpu.emergency_access set starts_at = starts_at - interval '2 hours', ends_at = ends_at - interval '2 hours' where id = $1", opened["id"])
	if after := s.Ask(t, onCall, "query($id: ID!) { child(id: $id) { phone } }", map[string]any{"id": c.id}).Data(t)["child"]; after != nil {
		t.Fatalf("after its hours: %v", after)
	}
	told := s.Do(t, onCall, "tellOfEmergencyAccess", "childToldOn", map[string]any{"id": opened["id"], "expectedVersion": 2, "childToldOn": day(0)}).Done()
	if told["childToldOn"] != day(0) {
		t.Fatalf("%v", told)
	}
}

// listedToTheOfficer has the data-protection officer review an access: who opened what, and each view.
func (s *story) listedToTheOfficer(access, report any) {
	s.t.Helper()
	found := s.nodes("dpo", "{ emergencyAccesses(first: 100, filter: {reviewedAt: {isNull: true}}) { nodes { id report childReference reason classes childToldOn } } }", map[string]any{"id": access})
	if len(found) != 1 || found[0]["report"] != report || found[0]["childToldOn"] != nil {
		s.t.Fatalf("%v", found)
	}
	views := func() []any {
		log := s.asks("dpo", "query($id: ID!) { accessLog(child: $id, first: 100) { nodes { purpose kinds reader inEnglish } } }", map[string]any{"id": found[0]["childReference"]}).(map[string]any)
		return slices.DeleteFunc(log["nodes"].([]any), func(n any) bool { return n.(map[string]any)["purpose"] != "EMERGENCY" })
	}
	for start := time.Now(); len(views()) == 0; time.Sleep(100 * time.Millisecond) { // the log is drawn a few seconds later
		if time.Since(start) > time.Minute {
			s.t.Fatal("the view is not listed")
		}
	}
	if view := views()[0].(map[string]any); view["reader"] != s.person("social-worker-two") || !slices.Contains(view["kinds"].([]any), any("HOME")) {
		s.t.Fatalf("%v", view)
	}
	s.do("dpo", "reviewEmergencyAccess", "finding", map[string]any{"id": access, "expectedVersion": 1, "finding": "JUSTIFIED"}).Done()
}

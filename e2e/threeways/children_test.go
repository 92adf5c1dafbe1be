package threeways

import (
	"fmt"
	"slices"
	"time"

	"korpu/policy"
)

var (
	agencyKinds = []string{"POLICE", "PROSECUTION", "COURT", "COMMISSION", "DIVERSION_CENTRE", "LEGAL_CLINIC"}
	services    = []string{"DIVERSION_CENTRE", "SCHOOL", "PROVIDER", "SOCIAL_ASSISTANCE"}
	states      = []string{"PROPOSED", "ACTIVE", "SUSPENDED", "COMPLETED", "DECLINED"}
)

// entry begins a row with what every protected row has: who entered it.
func (g *generator) entry(agency string, r row) row {
	r["id"], r["agency_id"], r["created_at"] = g.id(), agency, g.past()
	r["author_id"] = one(g, ids(from(g.rows["staff"], "agency_id", agency))...)
	return r
}

func (g *generator) anyAgency() string { return one(g, g.agenciesOf(agencyKinds...)...) }

// child makes a child with all that belongs to one.
func (g *generator) child() {
	c := g.add("child", g.entry(g.anyAgency(), row{
		"registered_on": one(g, "2025-03-01", g.pastDay()), "given_name": g.text(), "patronymic": g.text(), "family_name": g.text(), "born_on": g.anyDay(),
		"sex": one(g, "FEMALE", "MALE"), "national_id": g.text(), "address": g.text(), "phone": g.text(), "safety_need": g.text(),
		"school_status": one(g, "ATTENDING", "NOT_ATTENDING", "OUT_OF_SCHOOL", "FINISHED"), "district_id": one(g, ids(g.rows["district"])...),
		"under_protection": g.chance(0.3), "sealed_at": g.ended(0.2),
	}))
	for range 1 + g.IntN(3) {
		g.add("family_member", g.entry(g.anyAgency(), row{"child_id": c["id"], "relation": one(g, "MOTHER", "FATHER", "OTHER"), "name": g.text(),
			"phone": g.text(), "guardian": g.chance(0.5)}))
	}
	for range 1 + g.IntN(3) {
		g.caseOf(c)
	}
	g.helpers(c)
	g.consents(c)
	g.stays(c)
	g.notes(c)
}

// helpers makes those who work with a child, were asked to, act for it, or stand in for a time.
func (g *generator) helpers(child row) {
	for _, s := range some(g, 0.5, g.staffWith("police_inspector", "social_worker", "psychologist")) {
		m := g.add("care_team_member", g.entry(g.anyAgency(), row{"child_id": child["id"], "staff_id": s, "task": g.text(), "since": g.pastDay(), "left_at": g.ended(0.3), "responsible": g.chance(0.3), "explained": g.text()}))
		g.add("care_team_change", g.entry(g.anyAgency(), row{"child_id": child["id"], "member_id": m["id"], "change": one(g, "JOINED", "LEFT"), "at": g.past(), "explained": g.text()}))
	}
	for _, s := range some(g, 0.5, g.staffWith("clinic_lawyer", "defence_lawyer")) {
		entered := one(g, g.agencyOf(s), one(g, g.agenciesOf("LEGAL_CLINIC")...))
		g.keep("legal_mandate", g.entry(entered, row{"child_id": child["id"], "lawyer_id": s, "scope": g.text(), "since": g.pastDay(), "ended_at": g.ended(0.3)}))
	}
	for _, s := range some(g, 0.4, g.staffWith("social_worker", "psychologist", "clinic_lawyer")) {
		starts, ends := g.window()
		g.keep("access_grant", g.entry(g.anyAgency(), row{"child_id": child["id"], "staff_id": s, "reason": g.text(), "starts_at": starts, "ends_at": ends,
			"instead_of_id": one[any](g, nil, s), "mission_id": one[any](g, nil, one(g, ids(g.rows["mission"])...))}))
	}
	for _, s := range some(g, 0.6, g.staffWith("police_inspector", "social_worker")) {
		g.add("prevention_contact", g.entry(g.agencyOf(s), row{"child_id": child["id"], "at": g.past(), "need": one(g, "SCHOOL", "SAFETY"), "offered": g.text(), "answer": one(g, "ACCEPTED", "DECLINED"), "next_step": g.text()}))["author_id"] = s
		if g.chance(0.5) { // who has been there since before
			g.keep("care_team_member", g.entry(g.anyAgency(), row{"child_id": child["id"], "staff_id": s, "task": g.text(), "since": "2025-01-01", "left_at": nil, "responsible": g.chance(0.3), "explained": g.text()}))
		}
	}
	for _, m := range some(g, 0.6, g.rows["mission"]) {
		g.add("mission_visit", g.entry(m["agency_id"].(string), row{"child_id": child["id"], "mission_id": m["id"], "planned_on": one(g, "2025-02-01", g.pastDay()),
			"visited_at": g.past(), "outcome": one(g, "MET", "DECLINED"), "recorded_at": g.past()}))
	}
	for _, s := range some(g, 0.5, g.staffWith("police_inspector", "centre_manager", "social_worker")) {
		starts, ends := g.window()
		g.emergency(child, s, starts, ends, 0.5)
	}
	for _, a := range some(g, 0.7, g.agenciesOf(services...)) {
		referral := g.add("referral", g.entry(one(g, g.agenciesOf("DIVERSION_CENTRE", "DIVERSION_CENTRE", "POLICE", "COMMISSION")...), row{
			"child_id": child["id"], "receiver_id": a, "service": one(g, "PROGRAMME", "SCHOOL", "SPORT"), "sent_on": one(g, "2025-09-01", g.pastDay()),
			"status":      one(g, "SENT", "ACCEPTED", "REJECTED", "ACTIVE", "ACTIVE", "COMPLETED", "WITHDRAWN", "REVOKED"),
			"answered_on": g.anyDay(), "rejection": one(g, "DISTANCE", "NO_CAPACITY"), "need": g.text(),
		}))
		g.helped(child, a)
		if g.chance(0.4) {
			g.add("intake", g.entry(one(g, g.agenciesOf("DIVERSION_CENTRE")...), row{"child_id": child["id"], "referral_id": referral["id"],
				"source": one(g, "POLICE", "FAMILY"), "presenting_problem": g.text(), "taken_on": one(g, "2025-10-01", g.pastDay()), "waited_days": g.IntN(90)}))
		}
	}
}

// emergency has a professional open some classes of a child for a time.
func (g *generator) emergency(child row, by string, starts, ends time.Time, share float64) {
	g.keep("emergency_access", g.entry(g.agencyOf(by), row{
		"child_id": child["id"], "author_id": by, "case_number": g.text(), "year_of_birth": 2009, "reason": g.text(), "hours": 1 + g.IntN(24),
		"classes": some(g, share, []string{"IDENTITY", "CONTACT", "HEALTH_SAFETY", "CARE_TEAM", "DETENTION_DATES"}), "starts_at": starts, "ends_at": ends,
		"ended_at": g.ended(0.2), "review_due_at": ends, "report_id": nil,
	}))
}

// helped is what a service has on record of a child.
func (g *generator) helped(child row, agency string) {
	g.add("enrolment", g.entry(agency, row{"child_id": child["id"], "starts_on": one(g, "2025-09-01", g.pastDay()), "ends_on": g.pastDay(), "grade": 1 + g.IntN(11),
		"attendance": one(g, "NEARLY_ALL", "FEW"), "support": one(g, "NONE", "TUTOR")}))
	g.add("training", g.entry(agency, row{"child_id": child["id"], "course": g.text(), "starts_on": one(g, "2025-09-01", g.pastDay()), "ends_on": g.futureDay(), "ended_on": g.pastDay(),
		"outcome": one(g, "COMPLETED", "LEFT"), "certificate": g.text()}))
	decided := one(g, "", "GRANTED", "REFUSED")
	application := row{"child_id": child["id"], "kind": one(g, "TARGETED", "IN_KIND"), "applied_on": one(g, "2025-09-01", g.pastDay()), "decision": nil, "decided_on": nil, "refusal": nil, "amount": nil}
	if decided != "" {
		application["decision"], application["decided_on"], application["refusal"], application["amount"] = decided, g.pastDay(), one(g, "INCOME", "OTHER"), one(g, "UP_TO_100", "ABOVE_300")
	}
	g.keep("assistance_application", g.entry(agency, application))
}

// consents makes given, refused, expired, future, withdrawn and contradicting ones.
func (g *generator) consents(child row) {
	for _, recipient := range some(g, 0.8, ids(g.rows["agency"])) {
		for range 1 + g.IntN(2) {
			g.keep("consent", g.entry(g.anyAgency(), row{
				"child_id": child["id"], "kind": one(g, "CONSENT", "CONSENT", "CONSENT", "ASSENT"), "decision": one(g, "GIVEN", "GIVEN", "GIVEN", "GIVEN", "REFUSED"), "recipient_id": recipient,
				"classes":      some(g, 0.9, []string{"HEALTH_SAFETY", "SCHOOL_STATUS", "REFERRAL_NEED", "IDENTITY", "CONTACT", "RELEASED_NOTE", "INTAKE", "SOCIAL_ASSESSMENT", "PSYCHOLOGICAL", "LEARNING", "ASSISTANCE"}),
				"purposes":     some(g, 0.9, policy.Purposes),
				"valid_from":   one(g, g.past(), g.past(), g.past(), g.past(), g.future()),
				"valid_until":  one[any](g, nil, nil, g.future(), g.past()),
				"withdrawn_at": one[any](g, nil, nil, nil, g.future(), g.past()),
			}))
		}
		at := g.past()
		for range g.IntN(3) {
			g.assent(child, recipient, one(g, at, at, g.past(), g.future()))
		}
	}
}

// assent makes an answer of the child, of which another may come later or at the same moment.
func (g *generator) assent(child row, recipient string, at time.Time) {
	worker := one(g, g.staffWith("social_worker", "clinic_lawyer")...)
	g.keep("assent", g.entry(g.anyAgency(), row{
		"child_id": child["id"], "recipient_id": recipient, "explained_by_id": worker, "form": one(g, "WORDS", "PICTURES"), "language": one(g, "az", "ru"),
		"classes":         some(g, 0.5, []string{"HEALTH_SAFETY", "SCHOOL_STATUS", "REFERRAL_NEED", "IDENTITY", "CONTACT", "RELEASED_NOTE"}),
		"purposes":        some(g, 0.9, policy.Purposes),
		"answer":          one(g, "YES", "YES", "YES", "NO", "LATER"),
		"refused_classes": some(g, 0.1, []string{"HEALTH_SAFETY", "SCHOOL_STATUS", "IDENTITY"}),
		"answered_at":     at,
	}))
}

// stays makes stays in places of detention, with and without a case, and whether a lawyer was met.
func (g *generator) stays(child row) {
	files := from(g.rows["case_file"], "child_id", child["id"].(string))
	for range g.IntN(4) {
		place := one(g, g.agenciesOf("DETENTION_PLACE")...)
		stay := g.add("detention_episode", g.entry(one(g, place, one(g, g.agenciesOf("POLICE")...)), row{
			"child_id": child["id"], "case_id": g.caseAmong(files), "facility_id": place, "place_kind": one(g, "ISOLATOR", "PRISON"), "status": one(g, "PRE_SENTENCE", "SENTENCED"),
			"order_number": g.text(), "ground": g.text(), "admitted_at": g.past(), "released_at": g.ended(0.5), "parents_told_at": g.past(), "separation": one(g, "YES", "NO"),
		}))
		for _, p := range from(g.rows["case_party"], "case_id", fmt.Sprint(stay["case_id"])) {
			officers := slices.DeleteFunc(g.staffWith("police_officer"), func(s string) bool { return g.agencyOf(s) != p["agency_id"] })
			if len(officers) > 0 && g.chance(0.5) {
				stay["author_id"] = one(g, officers...)
			}
		}
		for range g.IntN(3) {
			contact := g.add("lawyer_contact", g.entry(one(g, g.anyAgency(), place), row{"child_id": child["id"], "detention_id": stay["id"],
				"kind": one(g, "REQUESTED", "APPOINTED", "FIRST_MET", "MET"), "at": g.past(), "in_private": g.chance(0.5), "lawyer_id": one(g, g.staffWith("clinic_lawyer", "defence_lawyer")...)}))
			contact["case_id"] = stay["case_id"]
		}
	}
	for _, s := range some(g, 0.3, g.staffWith("monitor")) {
		starts, ends := g.window()
		g.keep("monitoring_visit", row{"id": g.id(), "agency_id": one(g, g.agenciesOf("MONITORING")...), "facility_id": one(g, g.agenciesOf("DETENTION_PLACE")...),
			"staff_id": s, "starts_at": starts, "ends_at": ends})
	}
}

func (g *generator) caseAmong(files []row) any {
	if len(files) == 0 {
		return nil
	}
	return one(g, ids(files)...)
}

func (g *generator) notes(child row) {
	files := from(g.rows["case_file"], "child_id", child["id"].(string))
	for range 2 + g.IntN(4) {
		clinic := one(g, g.agenciesOf("LEGAL_CLINIC")...)
		note := g.add("legal_note", g.entry(clinic, row{"child_id": child["id"], "case_id": g.caseAmong(files), "written_at": g.past(),
			"title": g.text(), "body": g.text(), "signed_at": g.past(), "reviewed_at": g.past(), "reviewer_id": one(g, g.staffWith("defence_lawyer")...)}))
		for _, recipient := range some(g, 0.4, ids(g.rows["agency"])) {
			g.keep("note_release", g.entry(clinic, row{"child_id": child["id"], "case_id": note["case_id"], "note_id": note["id"], "recipient_id": recipient, "at": g.past()}))
		}
		g.add("legal_task", g.entry(clinic, row{"child_id": child["id"], "case_id": note["case_id"], "due_on": one(g, "2026-01-01", g.pastDay()), "what": g.text(), "document": g.text(), "done_at": g.past()}))
	}
}

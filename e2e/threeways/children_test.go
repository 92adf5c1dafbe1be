package threeways

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

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

// authority is an agency whose staff read of procedure what they entered themselves: a party to the case where there is one.
func (g *generator) authority(c row) string {
	all := g.agenciesOf("POLICE", "COMMISSION")
	for _, p := range from(g.rows["case_party"], "case_id", c["id"].(string)) {
		if p["ended_at"] == nil && slices.Contains(all, p["agency_id"].(string)) && g.chance(0.7) {
			return p["agency_id"].(string)
		}
	}
	return one(g, all...)
}

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

// readings make the access log, from a random source of their own: what else there is stays as it was.
func (g *generator) readings() {
	defer g.aside(0)()
	for _, child := range g.rows["child"] {
		g.readingsOf(child)
	}
}

// aside has what follows drawn from a random source of its own, until it is called off.
func (g *generator) aside(stream uint64) (off func()) {
	first := uuid.MustParse(g.rows["child"][0]["id"].(string))
	shared := g.Rand
	g.Rand = rand.New(rand.NewPCG(uint64(first.ID()), stream))
	return func() { g.Rand = shared }
}

// readingsOf are those of a child alone and of its cases.
func (g *generator) readingsOf(child row) {
	files := from(g.rows["case_file"], "child_id", child["id"].(string))
	for i := range 2 + g.IntN(4) {
		g.keep("access_log", g.entry(g.anyAgency(), row{
			"child_id": child["id"], "case_id": one(g, g.caseAmong(files), nil), "role": g.text(), "purpose": fmt.Sprint(g.text(), i), "day": g.pastDay(), "first_at": g.past(), "last_at": g.past(),
			"times": g.IntN(9), "kinds": some(g, 0.5, []string{"NAME", "HOME", "CASE"}), "in_azerbaijani": g.text(), "in_russian": g.text(), "in_english": g.text(),
		}))
	}
}

// caseOf makes a case. The number of a sealed one is free again.
func (g *generator) caseOf(child row) {
	c := g.add("case_file", g.entry(g.anyAgency(), row{
		"child_id": child["id"], "district_id": one(g, ids(g.rows["district"])...), "court_id": one(g, g.agenciesOf("COURT")...),
		"opened_on": one(g, "2025-06-01", g.pastDay()), "closed_on": g.anyDay(), "alleged_facts": g.text(), "incident": g.text(), "sealed_at": g.ended(0.2),
		"stage": one(g, "INVESTIGATION", "PROSECUTION", "COURT", "COMMISSION", "DIVERSION", "CLOSED"),
	}))
	c["number"] = fmt.Sprint("N-", len(g.rows["case_file"]))
	if child["sealed_at"] != nil || c["sealed_at"] != nil {
		c["number"] = fmt.Sprint("N-", 1+g.IntN(len(g.rows["case_file"])))
	}
	g.parties(c)
	g.procedure(c)
	if g.chance(0.9) {
		g.diversion(c)
	}
	g.plans(c)
	g.assessments(c)
	g.meetings(c)
	if g.chance(0.8) {
		g.add("sealing_order", g.of(c, g.anyAgency(), row{"reference": g.text(), "reason": g.text(), "seal_on": g.pastDay()}))
	}
}

// plans makes care plans, one of them in force at most, with what is done for a child by whom.
func (g *generator) plans(c row) {
	for _, status := range some(g, 0.5, []string{"ACTIVE", "CLOSED", "DRAFT"}) {
		plan := g.add("care_plan", g.of(c, one(g, g.agenciesOf("DIVERSION_CENTRE")...), row{
			"status": status, "drafted_on": one(g, "2025-11-01", g.pastDay()), "starts_on": "2025-01-01", "ends_on": one(g, g.futureDay(), g.futureDay(), "2025-06-01"), "review_on": g.anyDay(), "assented_on": g.pastDay(),
			"guardian_agreed_on": g.pastDay(), "best_interests": g.text(), "decider_id": one(g, g.staffWith("centre_manager")...), "approved_on": g.pastDay(),
			"approver_id": one(g, g.staffWith("centre_manager")...), "closed_on": g.pastDay(),
		}))
		for range 1 + g.IntN(2) {
			domain := one(g, "SCHOOL", "PSYCHOLOGICAL")
			goal := g.add("plan_goal", g.of(c, plan["agency_id"].(string), row{"plan_id": plan["id"], "domain": domain, "goal": g.text()}))
			for range 1 + g.IntN(2) {
				action := g.add("plan_action", g.of(c, plan["agency_id"].(string), row{
					"plan_id": plan["id"], "goal_id": goal["id"], "domain": domain, "provider_id": one(g, g.agenciesOf("SCHOOL", "PROVIDER")...), "what": g.text(),
					"times_per_week": 1 + g.IntN(14), "starts_on": one(g, "2025-12-01", g.pastDay()), "ends_on": one[any](g, nil, g.pastDay()), "for_authority": g.chance(0.7),
				}))
				g.sessions(c, action)
			}
		}
	}
}

// sessions makes meetings, most of them lately, with notes by persons of the centre.
func (g *generator) sessions(c, action row) {
	for range g.IntN(3) {
		s := g.add("session", g.of(c, one(g, g.agenciesOf("DIVERSION_CENTRE")...), row{
			"plan_id": action["plan_id"], "action_id": action["id"], "domain": action["domain"], "planned_at": one(g, g.past(), g.future(), g.now.AddDate(0, 0, -3-g.IntN(20))),
			"place": one(g, "CENTRE", "HOME"), "held_at": g.past(), "ended_at": g.past(), "attended": one(g, "YES", "LATE", "NO", "NOT_DELIVERED"), "reason": one(g, "DISTANCE", "ILLNESS"),
			"acceptable": g.chance(0.5), "instead_of_id": nil, "recorded_at": g.past(),
		}))
		for range g.IntN(2) {
			author := one(g, g.staffWith("social_worker", "psychologist")...)
			g.add("session_note", g.of(c, g.agencyOf(author), row{"session_id": s["id"], "domain": s["domain"], "written_at": g.past(), "body": g.text()}))["author_id"] = author
			g.add("psychological_note", g.of(c, g.agencyOf(author), row{"session_id": s["id"], "domain": s["domain"], "written_at": g.past(), "body": g.text()}))["author_id"] = author
		}
	}
}

// assessments makes parts, most of them signed, by persons of a centre.
func (g *generator) assessments(c row) {
	for _, table := range []string{"assessment_part", "assessment_part", "psychological_part", "psychological_part"} {
		part := row{"edition": 1 + g.IntN(3), "replaces_id": nil, "written_at": g.past(), "recommendation": g.text(), "signed_at": g.past(), "filed_on": g.pastDay()}
		if table == "assessment_part" {
			part["kind"], part["content"] = one(g, "SOCIAL", "CHILD_VIEW"), g.text()
		} else {
			part["instrument"], part["result"] = g.text(), g.text()
		}
		g.add(table, g.of(c, one(g, g.agenciesOf("DIVERSION_CENTRE")...), part))
	}
}

// meetings makes those of inspectors, on the care team or not.
func (g *generator) meetings(c row) {
	for _, s := range some(g, 0.7, g.staffWith("police_inspector")) {
		for range 1 + g.IntN(2) {
			g.add("inspector_meeting", g.of(c, g.agencyOf(s), row{"at": g.past(), "topic": one(g, "SCHOOL", "CONDITIONS"), "agreed_step": g.text()}))["author_id"] = s
		}
	}
}

func (g *generator) parties(c row) {
	for _, h := range held {
		p := 0.2
		if slices.Contains(agencyKinds, h.kind) {
			p = 0.5
		}
		for _, agency := range some(g, p, g.agenciesOf(h.kind)) {
			g.keep("case_party", g.of(c, agency, row{"capacity": one(g, "INVESTIGATION", "COURT", "DEFENCE"), "since": g.pastDay(), "ended_at": g.ended(0.3)}))
		}
	}
}

// of is the entry of an agency into a case.
func (g *generator) of(c row, agency string, r row) row {
	r["child_id"], r["case_id"] = c["child_id"], c["id"]
	return g.entry(agency, r)
}

func (g *generator) procedure(c row) {
	for range g.IntN(3) {
		g.add("allegation", g.of(c, g.anyAgency(), row{"article": g.text(), "act_on": g.anyDay(), "age_at_act": 12 + g.IntN(10)}))
	}
	for range g.IntN(5) {
		g.add("procedure_event", g.of(c, g.authority(c), row{
			"kind": one(g, "APPREHENSION", "DECISION", "HEARING", "HEARING"), "at": one(g, g.past(), g.future()), "hearing_kind": one(g, "PREPARATORY", "MAIN"),
			"cancelled_at": g.past(), "place": g.text(), "outcome": g.text(),
			"decider_id": one(g, g.agenciesOf("COURT", "COMMISSION")...), "legal_ground": g.text(), "reason": g.text(),
			"parents_told_at": g.past(), "release_considered_at": g.past(),
		}))
	}
}

func (g *generator) diversion(c row) {
	d := g.add("diversion", g.of(c, g.authority(c), row{
		"status": one(g, states...), "status_since": g.pastDay(), "proposed_by_id": g.anyAgency(), "starts_on": g.anyDay(), "ends_on": g.anyDay(),
		"next_review_on": g.anyDay(), "compliance": one(g, "ON_TRACK", "AT_RISK", "UNKNOWN"), "legal_ground": g.text(), "legal_advice_taken": g.chance(0.5),
		"evidence_sufficient": g.chance(0.5), "legal_advice_offered": g.chance(0.5),
		"agreement": g.text(), "acknowledgement": g.text(), "alternatives_considered": g.text(), "acknowledged_freely": g.chance(0.5), "consequences": g.text(),
		"legal_advice_by": g.text(), "legal_advice_on": g.anyDay(), "review_right_told_on": g.anyDay(), "decided_on": g.anyDay(), "decider_id": one(g, g.staffWith("prosecutor", "judge")...),
	}))
	for range g.IntN(3) {
		g.add("diversion_condition", g.of(c, g.anyAgency(), row{"diversion_id": d["id"], "kind": one(g, "COUNSELLING", "SCHOOL"), "description": g.text(), "times_per_week": g.IntN(7)}))
		g.add("diversion_status_change", g.of(c, g.anyAgency(), row{"diversion_id": d["id"], "status": one(g, states...), "at": g.past()}))
	}
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

// harms makes reports by persons of every role that may write one, from a random source of their own.
func (g *generator) harms() {
	defer g.aside(3)()
	reporters := g.staffWith("police_officer", "police_inspector", "prosecutor", "judge", "commission_secretary", "commission_member", "centre_manager", "social_worker", "psychologist",
		"clinic_lawyer", "defence_lawyer", "school_focal_point", "activity_provider", "assistance_officer", "facility_registrar", "monitor")
	for _, child := range g.rows["child"] {
		for _, s := range some(g, 0.6, reporters) {
			r := g.entry(g.agencyOf(s), row{
				"child_id": child["id"], "reported_at": g.past(), "kind": one(g, "VIOLENCE", "NEGLECT", "RISK"), "noticed_at": g.past(), "imminent": g.chance(0.5), "account": g.text(),
				"about_id": one[any](g, nil, nil, one(g, reporters...)), "note_id": nil, "recipient_id": one(g, g.agenciesOf("DIVERSION_CENTRE", "POLICE")...),
				"answered_at": g.ended(0.4), "answered_by_id": one(g, g.staffWith("centre_manager")...),
			})
			r["author_id"] = s
			g.keep("harm_report", r)
		}
	}
}

// boards brings commissions into the cases that are before one, and has every manager open some child, from a random source of their own.
func (g *generator) boards() {
	defer g.aside(6)()
	for _, c := range from(g.rows["case_file"], "stage", "COMMISSION") {
		for _, agency := range some(g, 0.7, g.agenciesOf("COMMISSION")) {
			g.keep("case_party", g.of(c, agency, row{"capacity": "COMMISSION", "since": g.pastDay(), "ended_at": nil}))
		}
	}
	for _, s := range g.staffWith("centre_manager") {
		for _, child := range some(g, 0.5, g.rows["child"]) {
			g.emergency(child, s, g.past(), g.future(), 0.6)
		}
	}
}

// powers has mandates be signed, agreed for a time, and shown in cases of the child, from a random source of their own.
func (g *generator) powers() {
	defer g.aside(2)()
	for _, m := range g.rows["legal_mandate"] {
		m["capacity"], m["signed_on"], m["until"] = one(g, "COUNSEL", "SUPERVISOR"), g.anyDay(), g.anyDay()
		for _, c := range from(g.rows["case_file"], "child_id", m["child_id"].(string)) {
			if g.chance(0.7) {
				g.keep("power_of_attorney", g.of(c, m["agency_id"].(string), row{"mandate_id": m["id"], "lawyer_id": m["lawyer_id"], "shown_at": g.past(), "ended_at": g.ended(0.3)}))
			}
		}
	}
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

// orders opens cases to persons, or did so. An order that fits several cases opens none.
func (g *generator) orders() {
	for _, c := range g.rows["case_file"] {
		if len(from(g.rows["case_file"], "number", c["number"].(string))) > 1 {
			continue
		}
		for _, s := range some(g, 0.3, g.staffWith("judge", "clinic_lawyer", "defence_lawyer")) {
			_, until := g.window()
			g.keep("unseal_order", g.entry(one(g, g.agenciesOf("HUB")...), row{"case_number": c["number"], "reference": g.text(), "legal_basis": g.text(),
				"person_id": s, "until": until, "opens_case_id": c["id"], "opens_child_id": c["child_id"]}))
		}
	}
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

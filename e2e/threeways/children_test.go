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
	for range 2 + g.IntN(4) {
		g.keep("access_log", g.entry(g.anyAgency(), row{
			"child_id": child["id"], "case_id": one(g, g.caseAmong(files), nil), "role": g.text(), "purpose": g.text(), "day": g.pastDay(), "first_at": g.past(), "last_at": g.past(),
			"times": g.IntN(9), "kinds": some(g, 0.5, []string{"NAME", "HOME", "CASE"}), "in_azerbaijani": g.text(), "in_russian": g.text(), "in_english": g.text(),
		}))
	}
}

// caseOf makes a case. The number of a sealed one is free again.
func (g *generator) caseOf(child row) {
	c := g.add("case_file", g.entry(g.anyAgency(), row{
		"child_id": child["id"], "district_id": one(g, ids(g.rows["district"])...), "court_id": one(g, g.agenciesOf("COURT")...),
		"opened_on": one(g, "2025-06-01", g.pastDay()), "closed_on": g.anyDay(), "alleged_facts": g.text(), "sealed_at": g.ended(0.2),
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
	if g.chance(0.5) {
		g.add("sealing_order", g.of(c, g.anyAgency(), row{"reference": g.text(), "reason": g.text(), "seal_on": g.pastDay()}))
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
		"agreement": g.text(), "acknowledgement": g.text(),
	}))
	for range g.IntN(3) {
		g.add("diversion_condition", g.of(c, g.anyAgency(), row{"diversion_id": d["id"], "kind": one(g, "COUNSELLING", "SCHOOL"), "description": g.text(), "times_per_week": g.IntN(7)}))
		g.add("diversion_status_change", g.of(c, g.anyAgency(), row{"diversion_id": d["id"], "status": one(g, states...), "at": g.past()}))
	}
}

// helpers makes those who work with a child, were asked to, act for it, or stand in for a time.
func (g *generator) helpers(child row) {
	for _, s := range some(g, 0.5, g.staffWith("police_inspector", "social_worker", "psychologist")) {
		g.keep("care_team_member", g.entry(g.anyAgency(), row{"child_id": child["id"], "staff_id": s, "task": g.text(), "since": g.pastDay(), "left_at": g.ended(0.3)}))
	}
	for _, s := range some(g, 0.5, g.staffWith("clinic_lawyer", "defence_lawyer")) {
		entered := one(g, g.agencyOf(s), one(g, g.agenciesOf("LEGAL_CLINIC")...))
		g.keep("legal_mandate", g.entry(entered, row{"child_id": child["id"], "lawyer_id": s, "scope": g.text(), "since": g.pastDay(), "ended_at": g.ended(0.3)}))
	}
	for _, s := range some(g, 0.4, g.staffWith("social_worker")) {
		starts, ends := g.window()
		g.keep("access_grant", g.entry(g.anyAgency(), row{"child_id": child["id"], "staff_id": s, "reason": g.text(), "starts_at": starts, "ends_at": ends}))
	}
	for _, s := range some(g, 0.5, g.staffWith("police_inspector", "centre_manager", "social_worker")) {
		starts, ends := g.window()
		g.keep("emergency_access", g.entry(g.agencyOf(s), row{
			"child_id": child["id"], "author_id": s, "case_number": g.text(), "year_of_birth": 2009, "reason": g.text(), "hours": 1 + g.IntN(24),
			"classes": some(g, 0.7, []string{"IDENTITY", "CONTACT", "HEALTH_SAFETY", "CARE_TEAM", "DETENTION_DATES"}), "starts_at": starts, "ends_at": ends,
			"ended_at": g.ended(0.2), "review_due_at": ends,
		}))
	}
	for _, a := range some(g, 0.7, g.agenciesOf(services...)) {
		g.add("referral", g.entry(one(g, g.agenciesOf("DIVERSION_CENTRE")...), row{
			"child_id": child["id"], "receiver_id": a, "service": one(g, "PROGRAMME", "SCHOOL", "SPORT"), "sent_on": one(g, "2025-09-01", g.pastDay()),
			"status":      one(g, "SENT", "ACCEPTED", "REJECTED", "ACTIVE", "ACTIVE", "COMPLETED", "WITHDRAWN", "REVOKED"),
			"answered_on": g.anyDay(), "rejection": one(g, "DISTANCE", "NO_CAPACITY"), "need": g.text(),
		}))
	}
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
				"classes":      some(g, 0.9, []string{"HEALTH_SAFETY", "SCHOOL_STATUS", "REFERRAL_NEED", "IDENTITY", "CONTACT", "RELEASED_NOTE"}),
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
			"title": g.text(), "body": g.text(), "signed_at": g.past()}))
		for _, recipient := range some(g, 0.4, ids(g.rows["agency"])) {
			g.keep("note_release", g.entry(clinic, row{"child_id": child["id"], "case_id": note["case_id"], "note_id": note["id"], "recipient_id": recipient, "at": g.past()}))
		}
	}
}

package threeways

import (
	"fmt"
	"slices"
)

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

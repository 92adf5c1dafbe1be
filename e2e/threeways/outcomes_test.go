package threeways

// outcomes makes losses of children, and cohorts of some centres that wait, were refused and were published, from a random source of their own.
func (g *generator) outcomes() {
	defer g.aside(2)()
	for _, child := range g.rows["child"] {
		for _, centre := range some(g, 0.5, g.agenciesOf("DIVERSION_CENTRE")) {
			g.keep("follow_up_loss", g.entry(centre, row{"child_id": child["id"], "reason": one(g, "MOVED", "ABROAD"), "since": one(g, "2022-05-01", g.pastDay()), "until": one[any](g, nil, g.futureDay())}))
		}
	}
	ministry, officers := one(g, g.agenciesOf("MINISTRY", "HUB")...), g.staffWith("dpo")
	var published []any
	for _, centre := range append(g.agenciesOf("DIVERSION_CENTRE"), g.agenciesOf("POLICE")...) {
		c := g.entry(ministry, row{"status": one(g, "PROPOSED", "REFUSED"), "path": one(g, "PROGRAMME", "DETENTION"), "counted_from": one(g, "ENTRY", "END"), "centre_id": centre,
			"district_id": one(g, ids(g.rows["district"])...), "begins_on": "2025-01-01", "ends_on": "2025-07-01", "months": 1 + g.IntN(24), "event": one(g, "NEW_CHARGE", "NEW_FINDING"),
			"dated_by": one(g, "DETECTION", "ACT"), "small_numbers": g.chance(0.5), "decider_id": one(g, officers...), "decided_at": g.past(), "reason": g.text()})
		if c["author_id"] != c["decider_id"] {
			c["status"] = "PUBLISHED"
			published = append(published, c["id"])
		}
		g.keep("cohort", c)
		if c["status"] == "PUBLISHED" {
			g.result(c)
		}
	}
	for i := 1; i < len(published); i++ {
		g.keep("comparison", g.entry(ministry, row{"rehabilitation_id": published[i-1], "detention_id": published[i], "warnings": []string{g.text()}}))
	}
}

func (g *generator) result(c row) {
	g.keep("cohort_result", row{"id": c["id"], "agency_id": c["centre_id"], "path": c["path"], "counted_from": c["counted_from"], "district_id": c["district_id"], "begins_on": c["begins_on"],
		"ends_on": c["ends_on"], "months": c["months"], "event": c["event"], "dated_by": c["dated_by"], "published_on": g.pastDay(), "children": g.IntN(99), "lost": g.IntN(9), "events": g.IntN(9),
		"person_months": g.IntN(999), "rate": g.IntN(999), "wilson_lower": g.IntN(999), "wilson_upper": g.IntN(999), "exact_lower": g.IntN(999), "exact_upper": g.IntN(999), "warnings": []string{g.text()}})
	for _, band := range []string{"MALE", "FEMALE"} {
		g.keep("cohort_stratum", row{"id": g.id(), "cohort_id": c["id"], "agency_id": c["centre_id"], "dimension": "SEX", "band": band, "children": g.IntN(99), "events": g.IntN(9)})
	}
}

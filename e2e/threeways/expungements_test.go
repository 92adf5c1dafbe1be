package threeways

import "time"

// expungements have some of what is sealed due to be destroyed, held, proposed and decided, and make certificates, from a
// random source of their own.
func (g *generator) expungements() {
	defer g.aside(1)()
	officers := g.staffWith("dpo")
	for _, c := range g.rows["case_file"] {
		if c["sealed_at"] == nil || g.chance(0.3) {
			continue
		}
		c["sealed_at"] = g.now.AddDate(-6, 0, 0).Add(-g.distance())
		if g.chance(0.3) {
			g.keep("legal_hold", g.entry(one(g, g.agenciesOf("HUB")...), row{"case_number": c["number"], "reference": g.text(), "legal_basis": g.text(), "until": one(g, g.past(), g.future())}))
		}
		g.expungement(officers, c)
	}
}

func (g *generator) expungement(officers []string, c row) {
	proposer, decider := one(g, officers...), one(g, officers...)
	e := row{"status": "REFUSED", "case_id": c["id"], "decider_id": decider, "decided_at": g.past(), "reason": g.text(), "number": nil, "rule": nil, "basis": nil, "expunged_on": nil}
	switch n := g.IntN(4); {
	case n == 0:
		e["status"], e["decider_id"], e["decided_at"], e["reason"] = "PROPOSED", nil, nil, nil
	case n == 1 && proposer != decider:
		e["status"], e["reason"] = "APPROVED", nil
	case n == 2 && proposer != decider:
		e["status"], e["case_id"], e["reason"], e["number"] = "EXPUNGED", nil, nil, 1+len(g.rows["expungement"])
		e["rule"], e["basis"], e["expunged_on"] = g.text(), g.text(), g.pastDay()
	}
	e = g.entry(g.agencyOf(proposer), e)
	e["author_id"] = proposer
	g.keep("expungement", e)
	if e["status"] == "EXPUNGED" {
		g.keep("expungement_rows", row{"id": g.id(), "expungement_id": e["id"], "of_table": g.text(), "rows": g.IntN(9)})
		g.keep("expungement_copy", row{"id": g.id(), "expungement_id": e["id"], "kind": g.text(), "holds": g.text(), "expires_on": g.now.AddDate(0, 3, 0).Format(time.DateOnly)})
		g.keep("expungement_reader", row{"id": g.id(), "expungement_id": e["id"], "agency_id": g.anyAgency(), "last_on": g.pastDay()})
	}
}

package country

import "time"

// harms are the kinds of harm in the order in which the first reports name them.
var harms = []string{"VIOLENCE", "NEGLECT", "SELF_HARM", "RISK", "SEXUAL_VIOLENCE", "EXPLOITATION", "OTHER"}

const harmAccount = "Sintetik mətn: mütəxəssisin gördüyü və eşitdiyi, qısa şəkildə."

// reportHarm writes that a professional has reported harm to a child of the programme; the manager of the centre has mostly answered.
func (g *generator) reportHarm(k *caseFile, d *diversionPlan) {
	if g.reports >= len(harms) && !g.chance(8) {
		return
	}
	kind := harms[g.reports%len(harms)]
	g.reports++
	by, at, account := d.responsible, g.within(d.begins(), g.today), any(secret(harmAccount))
	if kind == "RISK" {
		by, account = g.subjects["psychologist"], nil
	}
	var answered, who any
	if answer := at.Add(5 * time.Hour); g.chance(80) && answer.Before(g.today) {
		answered, who = answer, g.centre.manager().id
	}
	g.record(harmReports, k.child, nil, by, at, at, kind, at.Add(-2*time.Hour), g.chance(20), account, g.centre.id, answered, who)
}

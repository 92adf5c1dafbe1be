package country

import (
	"slices"
	"time"
)

// harms are the kinds of harm in the order in which the first reports name them.
var harms = []string{"VIOLENCE", "NEGLECT", "SELF_HARM", "RISK", "SEXUAL_VIOLENCE", "EXPLOITATION", "OTHER"}

// crimes are the kinds of which the police are informed.
var crimes = []string{"VIOLENCE", "SEXUAL_VIOLENCE", "EXPLOITATION"}

const harmAccount = "Sintetik mətn: mütəxəssisin gördüyü və eşitdiyi, qısa şəkildə."

// reportHarm writes that a professional has reported harm to a child of the programme; who was informed has mostly answered.
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
	informed, answers := g.centre, g.centre.manager()
	if slices.Contains(crimes, kind) {
		informed, answers = k.place.police, k.place.police.staff["police_inspector"][0]
	}
	var answered, who any
	if answer := at.Add(5 * time.Hour); g.chance(80) && answer.Before(g.today) {
		answered, who = answer, answers.id
	}
	g.record(harmReports, k.child, nil, by, at, at, kind, at.Add(-2*time.Hour), g.chance(20), account, informed.id, answered, who)
}

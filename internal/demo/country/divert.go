package country

import "time"

const (
	agreementText       = "Könüllü razılıq: proqramın məzmunu, müddəti və yarımçıq qalmasının nəticələri uşağa və valideynə izah edilib."
	acknowledgementText = "Uşağın öz sözləri ilə etirafı. Sintetik mətn; ittiham və məhkəmə tərəfi üçün bağlıdır."
	alternativesText    = "Xəbərdarlıq və valideynlə söhbət nəzərdən keçirilib; onlar kifayət etmir."
	consequencesText    = "Proqram yarımçıq qalarsa, iş əvvəlki qaydada davam edir; bu, uşağın əleyhinə istifadə olunmur."
)

// divert writes a diversion as it stands today, with its history and what comes of it.
func (g *generator) divert(k *caseFile, whole *diversionPlan) {
	d := whole.until(g.today)
	k.join(d.proposer, d.capacity, d.changes[0].at)
	k.join(d.responsible, "DIVERSION", d.changes[0].at)
	id := g.id()
	agreed := d.reached("AGREED")
	g.rows.add(diversions, id, k.child.id, k.id, d.responsible.agency.id, d.responsible.id, d.changes[0].at, d.last().status, d.last().at,
		d.proposer.agency.id, orNull(d.begins()), orNull(d.lastDay()), g.nextReview(d), g.compliance(d), "CC 88", when(agreed, g.chance(85)),
		when(agreed, agreementText), when(agreed, acknowledgementText), true, when(agreed, true), alternativesText,
		when(agreed, true), when(agreed, consequencesText), when(agreed, "Hüquq klinikası"), d.on("AGREED"), d.on("ORDERED"), d.on("ORDERED"), when(d.reached("ORDERED"), d.proposer.id))
	for _, c := range d.changes {
		at := g.atWork(c.at)
		g.record(statusChanges, k.child, k, d.responsible, at, id, c.status, at)
	}
	if agreed {
		g.agree(k, d, id)
	}
	if d.responsible.agency == g.centre {
		g.referToProgramme(k, d)
	}
	if !d.begins().IsZero() {
		g.accompany(k, d)
	}
	if d.runs() && g.chance(35) {
		g.review(k, d, g.soon())
	}
}

// review sets a day on which the court looks at a diversion; the court is a party from the order on.
func (g *generator) review(k *caseFile, d *diversionPlan, on time.Time) {
	judge := k.place.court.staff["judge"][0]
	k.join(judge, "COURT", d.begins())
	g.hearOn(k, judge, on, "REVIEW", nil)
}

// on is the day on which a state began, null where it never did.
func (d *diversionPlan) on(status string) any {
	for _, c := range d.changes {
		if c.status == status {
			return c.at
		}
	}
	return nil
}

func (d *diversionPlan) reached(status string) bool {
	for _, c := range d.changes {
		if c.status == status {
			return true
		}
	}
	return false
}

// runs tells whether the child is in the programme now.
func (d *diversionPlan) runs() bool {
	return d.last().status == "ACTIVE" || d.last().status == "SUSPENDED"
}

// lastDay is known once there is a first one.
func (d *diversionPlan) lastDay() time.Time {
	if d.begins().IsZero() {
		return time.Time{}
	}
	return d.ends
}

func (g *generator) nextReview(d *diversionPlan) any {
	if !d.runs() {
		return nil
	}
	return days(g.today, g.between(1, 45))
}

func (g *generator) compliance(d *diversionPlan) string {
	if !d.runs() {
		return "UNKNOWN"
	}
	return odds[string]{{"ON_TRACK", 76}, {"AT_RISK", 16}, {"UNKNOWN", 8}}.draw(g.random)
}

// soon is today, or a day of the coming weeks.
func (g *generator) soon() time.Time {
	if g.chance(30) {
		return g.today
	}
	return days(g.today, g.between(1, 40))
}

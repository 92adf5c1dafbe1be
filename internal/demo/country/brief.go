package country

import "time"

// The children of the brief. Thirteen came from Sumqayıt into the programme of the Diversion Centre, and none was apprehended
// again in the eight months that followed; the last of these months is over today. From Gəncə, six hours away, children
// were referred as willingly, but most could not come.
const (
	sumgayitCohort = 13
	sumgayitEnded  = 8 // of them have completed the programme by today
	followUpMonths = 8
)

func (g *generator) growBrief() (count int) {
	for i := range sumgayitCohort {
		g.growSumgayit(i)
	}
	for i, a := range ganjaAnswers {
		g.growGanja(i, a)
	}
	return sumgayitCohort + len(ganjaAnswers)
}

func (g *generator) growSumgayit(i int) {
	p := g.byCode["SUM-POLICE"].place
	entry := days(g.today.AddDate(0, -followUpMonths, 0), -3-4*i)
	opened := days(entry, -g.between(25, 40))
	d := g.briefDiversion(p, entry, i < sumgayitEnded)
	c := g.newOffender(p, opened)
	w := g.diverted(d)
	w.apprehended = true
	k := g.openCase(c, p, opened, w)
	g.reintegrate(k, d, services[1+i%4])
	g.finish(c)
}

// reintegrate brings a child back to school and gives one more service; the clerk of Sumqayıt has the reviews of those who
// are still in the programme on today's list.
func (g *generator) reintegrate(k *caseFile, d *diversionPlan, other service) {
	result, left := answer{"COMPLETED", nil}, d.ends
	if d.until(g.today).runs() {
		result, left = answer{"ACTIVE", nil}, time.Time{}
		g.review(k, d, g.today)
	}
	for _, s := range []service{services[0], other} {
		g.request(k.child, d.responsible, k.place, s, result, days(d.begins(), g.between(5, 40)), left)
	}
}

// briefDiversion enters the programme on that day; it has been completed by now, or will be.
func (g *generator) briefDiversion(p *place, entry time.Time, ended bool) *diversionPlan {
	d := &diversionPlan{responsible: g.centre.anyone(g.random, "social_worker"), proposer: p.police.anyone(g.random, "police_inspector"), capacity: "INVESTIGATION"}
	if g.chance(40) {
		d.proposer, d.capacity = p.commission.anyone(g.random, "commission_secretary"), "COMMISSION"
	}
	d.become("PROPOSED", entry, -20)
	d.enterProgramme(d.last().at, 6, 6, 5, 3)
	months := 12
	if ended {
		months = 7
	}
	d.ends = entry.AddDate(0, months, 0)
	d.changes = append(d.changes, change{"COMPLETED", d.ends})
	return d
}

// newOffender is old enough to answer for the act.
func (g *generator) newOffender(p *place, opened time.Time) *child {
	for {
		if c := g.newChild(p, opened); c.ageOn(days(opened, -latestAct)) >= 14 {
			return c
		}
	}
}

// ganjaAnswers are the answers to the referrals from Gəncə and the regions around it; what is only sent still waits.
var ganjaAnswers = []answer{
	{"REJECTED", "DISTANCE"}, {"SENT", nil}, {"REJECTED", "DISTANCE"}, {"ACCEPTED", nil}, {"REJECTED", "DISTANCE"}, {"SENT", nil},
	{"REJECTED", "DISTANCE"}, {"SENT", nil}, {"WITHDRAWN", nil}, {"REJECTED", "DISTANCE"}, {"SENT", nil}, {"REJECTED", "FAMILY_DECLINED"},
	{"REJECTED", "DISTANCE"}, {"SENT", nil}, {"ACCEPTED", nil}, {"REJECTED", "DISTANCE"}, {"SENT", nil}, {"REJECTED", "NO_CAPACITY"},
	{"REJECTED", "DISTANCE"}, {"SENT", nil},
}

func (g *generator) growGanja(i int, a answer) {
	p := g.ganjaPlace(i)
	opened := days(g.today, -280+9*i)
	referred := days(opened, 15)
	c := g.newOffender(p, opened)
	k := g.openCase(c, p, opened, way{apprehended: g.chance(50), legs: beforeCommission})
	secretary := p.commission.anyone(g.random, "commission_secretary")
	referral := g.refer(c, secretary, g.centre, "PROGRAMME", programmeNeed, referred, a)
	if a.status == "ACCEPTED" {
		g.beside(func() { g.takeOn(c, g.centre, referral, secretary, referred, earlier(days(referred, 30), g.today)) })
	}
	g.ask(c, secretary, g.centre, referred)
	if a.status == "SENT" || a.status == "ACCEPTED" {
		g.sendMobileGroup(c, secretary, days(referred, 20))
		g.beside(func() { g.callOn(c, i) })
		g.beside(func() { g.planFromAfar(k, days(referred, 20), afarStates[i%len(afarStates)]) })
	}
	g.finish(c)
}

// sendMobileGroup meets those who wait: its access lasts as long as its mission.
func (g *generator) sendMobileGroup(c *child, by *person, since time.Time) {
	g.refer(c, by, g.centre, "COUNSELLING", "Səyyar qrupun psixoloqu ilə görüş lazımdır", since, answer{"ACTIVE", nil})
	for _, subject := range []string{"social-worker", "psychologist"} {
		g.grantTo(c, g.subjects[subject], g.trips[1])
	}
}

// ganjaPlace takes the districts of Gəncə and the regions in turn.
func (g *generator) ganjaPlace(i int) *place {
	var around []*place
	for _, p := range g.places {
		if p.seat == "GAN" {
			around = append(around, p)
		}
	}
	return around[i%len(around)]
}

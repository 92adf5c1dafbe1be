package country

import "time"

// theWorker is the task of who is the contact for all who help a child.
const theWorker = "Məsul sosial işçi"

// What children are told of who helps them.
const (
	toldJoined      = "Bu şəxs sənə kömək edəcək və sənin haqqında yazılanları oxuya bilər"
	toldResponsible = "Sualın olanda əvvəlcə bu şəxsə de"
	toldLeft        = "Bu şəxs artıq səninlə işləmir və sənin haqqında yazılanları görmür"
)

// include puts a person on the child's care team, to this day where left is zero.
func (g *generator) include(c *child, by, who *person, task string, since, left time.Time) {
	told, responsible := toldJoined, false
	if left.IsZero() {
		c.team.add(who.id)
		responsible = task == theWorker && !c.hasContact
		c.hasContact = c.hasContact || responsible
	} else {
		told = toldLeft
	}
	m := membership{by: by, since: since, left: left, responsible: responsible}
	m.id = g.record(careTeam, c, nil, by, since, who.id, task, since, orNull(left), responsible, told)
	c.memberships = append(c.memberships, m)
}

// membership is a place on a care team, whose changes are written once the child's story is whole.
type membership struct {
	id          uid
	by          *person
	since, left time.Time
	responsible bool
}

// explain writes how each change of the care team was explained to the child.
func (g *generator) explain(c *child) {
	for _, m := range c.memberships {
		g.record(teamChanges, c, nil, m.by, m.since, m.id, "JOINED", m.since, toldJoined)
		if m.responsible {
			g.record(teamChanges, c, nil, m.by, m.since, m.id, "RESPONSIBLE", m.since, toldResponsible)
		}
		if !m.left.IsZero() {
			g.record(teamChanges, c, nil, m.by, m.left, m.id, "LEFT", m.left, toldLeft)
		}
	}
}

// accompany builds the safety net around a child in a diversion, which dissolves when it ends.
func (g *generator) accompany(k *caseFile, d *diversionPlan) {
	c, by, since, left := k.child, d.responsible, d.begins(), time.Time{}
	if !d.runs() {
		left = d.last().at
	}
	if by.agency == g.centre {
		g.include(c, by, by, theWorker, since, left)
		g.include(c, by, g.centre.anyone(g.random, "psychologist"), "Həftəlik psixoloji görüşlər", since, left)
		g.ask(c, by, g.centre, since)
		g.beside(func() { g.planProgramme(k, d) })
		g.beside(func() { g.reportHarm(k, d) })
	}
	inspector := k.place.police.anyone(g.random, "police_inspector")
	g.include(c, by, inspector, "Həftəlik görüşlər", since, left)
	g.beside(func() { g.meetInspector(k, inspector, since, left) })
	g.ask(c, by, k.place.police, since)
	for range g.between(1, 3) {
		g.referToService(c, by, k.place, g.within(since, earlier(days(since, 60), g.today)), left)
	}
}

// supervise puts an inspector on the team of some children who were not diverted, and sends some to a service.
func (g *generator) supervise(k *caseFile) {
	if k.isFor("DIVERSION") || !g.chance(35) {
		return
	}
	since := days(k.opened, g.between(2, 20))
	if !since.Before(g.today) {
		return
	}
	inspector := k.place.police.anyone(g.random, "police_inspector")
	if former := k.place.police.former; since.Before(former.leftAt) && g.chance(15) {
		g.include(k.child, inspector, former, "Profilaktik nəzarət", since, former.leftAt)
	}
	g.include(k.child, inspector, inspector, "Profilaktik nəzarət", since, k.closed)
	g.beside(func() { g.meetInspector(k, inspector, since, k.closed) })
	if g.chance(40) {
		g.referToService(k.child, inspector, k.place, since, k.closed)
	}
}

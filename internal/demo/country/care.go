package country

import "time"

// include puts a person on the child's care team, to this day where left is zero.
func (g *generator) include(c *child, by, who *person, task string, since, left time.Time) {
	if left.IsZero() {
		c.team.add(who.id)
	}
	g.record(careTeam, c, nil, by, since, who.id, task, since, orNull(left))
}

// accompany builds the safety net around a child in a diversion, which dissolves when it ends.
func (g *generator) accompany(k *caseFile, d *diversionPlan) {
	c, by, since, left := k.child, d.responsible, d.begins(), time.Time{}
	if !d.runs() {
		left = d.last().at
	}
	if by.agency == g.centre {
		g.include(c, by, by, "Məsul sosial işçi", since, left)
		g.include(c, by, g.centre.anyone(g.random, "psychologist"), "Həftəlik psixoloji görüşlər", since, left)
		g.ask(c, by, g.centre, since)
	}
	g.include(c, by, k.place.police.anyone(g.random, "police_inspector"), "Həftəlik görüşlər", since, left)
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
	if g.chance(40) {
		g.referToService(k.child, inspector, k.place, since, k.closed)
	}
}

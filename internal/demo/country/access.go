package country

import "time"

var coverReasons = []string{"Məzuniyyətdə olan həmkarın əvəzi", "Xəstə həmkarın əvəzi", "Səyyar qrupun ezamiyyəti"}

// addGrants gives colleagues access for a time to some children: over, under way, or to come.
func (g *generator) addGrants(c *child) {
	if !g.chance(2) {
		return
	}
	start := days(g.today, g.between(-60, 20))
	if g.chance(40) {
		start = days(g.today, -g.between(0, 3))
	}
	to := g.centre.anyone(g.random, "social_worker")
	g.grant(c, to, g.away(to), oneOf(g.random, coverReasons), start, days(start, g.between(4, 14)), nil)
}

// away is a colleague in whose place somebody comes.
func (g *generator) away(other *person) any {
	for {
		if p := oneOf(g.aside, g.centre.staff["social_worker"]); p != other {
			return p.id
		}
	}
}

func (g *generator) grant(c *child, to *person, insteadOf any, reason string, from, until time.Time, mission any) {
	c.covers.add(to.id)
	g.record(accessGrants, c, nil, g.centre.manager(), days(from, -2), to.id, insteadOf, reason, from, until, mission)
}

// addVisits writes the visits of the monitors: past ones to every place of detention, one under way, one to come.
func (g *generator) addVisits() {
	for _, a := range g.agencies {
		if a.kind != "DETENTION_PLACE" {
			continue
		}
		for _, month := range []int{-14, -9, -4} {
			g.visit(a, g.monitoring.anyone(g.random, "monitor"), g.today.AddDate(0, month, g.between(-20, 20)))
		}
	}
	first := g.monitoring.staff["monitor"][0]
	g.visit(g.isolator, first, days(g.today, -1))
	g.visit(g.closedSchool, first, days(g.today, -1))
	g.visit(g.prison, first, days(g.today, 10))
}

// visit lasts three days.
func (g *generator) visit(facility *agency, who *person, from time.Time) {
	g.rows.add(monitoringVisits, g.id(), who.agency.id, facility.id, who.id, from, days(from, 3))
}

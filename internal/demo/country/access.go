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
	g.grant(c, g.centre.anyone(g.random, "social_worker"), oneOf(g.random, coverReasons), start, days(start, g.between(4, 14)))
}

func (g *generator) grant(c *child, to *person, reason string, from, until time.Time) {
	c.covers.add(to.id)
	g.record(accessGrants, c, nil, g.centre.staff["centre_manager"][0], days(from, -2), to.id, reason, from, until)
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

package country

import "time"

// trip is a mission of the mobile group of Bakı to Gəncə.
type trip struct {
	id          uid
	first, last time.Time
	members     []*person
}

const (
	missionPurpose = "Gəncəyə səyyar qrupun ezamiyyəti"
	missionGrace   = 1
)

// planMissions sends the mobile group twice: a month ago, and today.
func (g *generator) planMissions() {
	to := g.byCode["GAN-KAP-POLICE"].place
	for _, start := range []int{-35, 0} {
		m := &trip{g.id(), days(g.today, start), days(g.today, start+1), []*person{g.subjects["social-worker"], g.subjects["psychologist"], g.subjects["lawyer"]}}
		planned, by := days(m.first, -5), g.centre.manager()
		g.rows.add(missions, m.id, g.centre.id, by.id, planned, to.id, missionPurpose, m.first, m.last, missionGrace)
		for _, p := range m.members {
			g.rows.add(missionCrews, g.id(), g.centre.id, by.id, planned, m.id, p.id)
		}
		g.trips = append(g.trips, m)
	}
	g.rows.add(missions, g.id(), g.byCode["SUM-CENTRE"].id, g.byCode["SUM-CENTRE"].manager().id, days(g.today, -5), g.byCode["SUM-POLICE"].place.id, "Kəndlərə səfər", g.today, g.today, missionGrace)
}

var visitOutcomes = []string{"MET", "NOT_AT_HOME", "MET", "DECLINED", "NOT_REACHED"}

// callOn puts a child on the visit lists; of a month ago it is on record what became of it, now and then late.
func (g *generator) callOn(c *child, nth int) {
	past, now := g.trips[0], g.trips[1]
	at := g.atWork(past.first)
	g.record(missionVisits, c, nil, g.centre.manager(), days(past.first, -3), past.id, past.first, at, visitOutcomes[nth%len(visitOutcomes)], at.Add(time.Duration(nth%3)*20*time.Hour))
	g.record(missionVisits, c, nil, g.centre.manager(), days(now.first, -3), now.id, days(now.first, nth%2), nil, nil, nil)
	for _, p := range past.members {
		g.grantTo(c, p, past)
	}
	g.grantTo(c, g.subjects["lawyer"], now)
}

// grantTo opens a child to somebody for the days of a mission and its grace.
func (g *generator) grantTo(c *child, p *person, m *trip) {
	g.grant(c, p, nil, missionPurpose, days(m.first, -missionGrace), days(m.last, 1+missionGrace), m.id)
}

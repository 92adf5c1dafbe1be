package country

import (
	"slices"
	"time"
)

// visit is what becomes of a session.
type visit struct {
	place      string
	attended   any
	reason     any
	acceptable any
}

// How sessions go: in the programme, and with the children of Gəncə, six hours away.
var (
	nearby = odds[visit]{
		{visit{"CENTRE", "YES", nil, nil}, 50}, {visit{"CENTRE", "LATE", nil, nil}, 7}, {visit{"HOME", "YES", nil, nil}, 14}, {visit{"SCHOOL", "YES", nil, nil}, 12},
		{visit{"CENTRE", "NO", "ILLNESS", true}, 4}, {visit{"CENTRE", "NO", "FAMILY", true}, 2}, {visit{"CENTRE", "NO", "SCHOOL", true}, 2}, {visit{"CENTRE", "NO", "FORGOTTEN", false}, 3},
		{visit{"CENTRE", "NO", "REFUSED", false}, 1}, {visit{"CENTRE", "NO", "OTHER", false}, 1}, {visit{"CENTRE", "NOT_DELIVERED", "WORKER_ABSENT", nil}, 1},
		{visit{"CENTRE", "NOT_DELIVERED", "TRANSPORT", nil}, 1}, {visit{"CENTRE", nil, nil, nil}, 2},
	}
	atClubs = odds[visit]{
		{visit{"ACTIVITY", "YES", nil, nil}, 74}, {visit{"ACTIVITY", "LATE", nil, nil}, 8}, {visit{"ACTIVITY", "NO", "ILLNESS", true}, 7}, {visit{"ACTIVITY", "NO", "SCHOOL", true}, 4},
		{visit{"ACTIVITY", "NO", "FORGOTTEN", false}, 3}, {visit{"ACTIVITY", nil, nil, nil}, 4},
	}
	afar = odds[visit]{{visit{"CENTRE", "NOT_DELIVERED", "DISTANCE", nil}, 74}, {visit{"CENTRE", "NO", "TRANSPORT", true}, 8}, {visit{"HOME", "YES", nil, nil}, 12}, {visit{"CENTRE", nil, nil, nil}, 6}}
)

// The weekdays of a session, by how often it is held in a week.
var weekdays = [][]int{{}, {2}, {0, 3}, {0, 2, 4}}

// meet writes the sessions of a plan from a day on, week by week, and those of the coming days; each may be noted.
func (g *generator) meet(k *caseFile, p *carePlan, since time.Time, fate odds[visit]) {
	until := p.until
	if until.IsZero() {
		until = days(g.today, 5)
	}
	since = later(since, p.from)
	for week := days(since, -int(since.Weekday()+6)%7); week.Before(until); week = days(week, 7) {
		for _, at := range weekdays[p.perWeek] {
			g.session(k, p, p.visits, days(week, at), since, until, fate)
		}
		g.session(k, p, p.talks, days(week, 1), since, until, fate)
	}
	g.apart(p.id, 36, func() { g.exercise(k, p, since, until) })
}

// serviceOf is what a club or course is asked for, by the domain of the goal.
var serviceOf = map[string]service{"LEISURE": services[1], "WORK": services[3]}

// exercise writes the sessions of a plan at clubs and courses, lately. Whoever is to help has the child referred.
func (g *generator) exercise(k *caseFile, p *carePlan, since, until time.Time) {
	since = later(since, days(g.today, -recentDays))
	for _, a := range p.others {
		if p.until.IsZero() && !slices.Contains(k.child.receivers, a.by.agency.id) {
			at := serviceOf[a.domain]
			g.refer(k.child, p.worker, a.by.agency, at.name, at.need, p.from, answer{"ACTIVE", nil})
		}
		for week := days(since, -int(since.Weekday()+6)%7); week.Before(until); week = days(week, 7) {
			for _, at := range weekdays[a.perWeek] {
				g.session(k, p, a, days(week, at), since, until, atClubs)
			}
		}
	}
}

func (g *generator) session(k *caseFile, p *carePlan, a activity, on, since, until time.Time, fate odds[visit]) {
	if on.Before(since) || !on.Before(until) {
		return
	}
	at, v := g.atWork(on), fate.draw(g.random)
	var held, ended, recorded any
	if v.attended != nil && on.Before(g.today) {
		recorded = earlier(at.Add(2*time.Hour), g.today)
	}
	switch {
	case !on.Before(g.today):
		v = visit{place: v.place}
	case v.attended == "YES" || v.attended == "LATE":
		held, ended = at, at.Add(50*time.Minute)
	}
	id := g.record(sessions, k.child, k, a.by, earlier(at, g.today), p.id, a.id, a.domain, a.by.agency.id, at, v.place, held, ended, v.attended, v.reason, v.acceptable, recorded, nil)
	if held != nil && a.domain == theTalks.domain && g.chance(25) {
		g.record(talkNotes, k.child, k, g.subjects["psychologist"], at, id, a.domain, at, secret(sessionNote))
	} else if held != nil && a.by == p.worker && g.chance(4) {
		g.record(sessionNotes, k.child, k, p.worker, at, id, a.domain, at, secret(sessionNote))
	}
}

const sessionNote = "Sintetik qeyd: görüşün qısa məzmunu, yalnız müəllifi üçün."

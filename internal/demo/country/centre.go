package country

import "time"

// The Diversion Centre in Bakı came first. The one in Sumqayıt has been open for some weeks; the one in Gəncə, for the city and the
// five regions around it, opens soon.
var regionalCentres = []struct {
	code, place, name string
	reach             reach
	opens             int // in days
}{
	{"SUM-CENTRE", "SUM", "Sumqayıt Yönləndirmə Mərkəzi", itsDistrict, -60},
	{"GAN-CENTRE", "GAN-KAP", "Gəncə Yönləndirmə Mərkəzi", itsSeat, 45},
}

func (w *world) openRegionalCentres(r random) {
	for _, c := range regionalCentres {
		for _, p := range w.places {
			if p.code != c.place {
				continue
			}
			a := w.found(r, c.code, c.name, "DIVERSION_CENTRE", p)
			a.reach, a.opens = c.reach, c.opens
			w.employ(r, a, 0)
			w.regional = append(w.regional, a)
		}
	}
}

func (a *agency) manager() *person { return a.staff["centre_manager"][0] }

// addCapacities says with how many children each centre can work, and could a year ago.
func (g *generator) addCapacities() {
	yearAgo := g.today.AddDate(-1, 0, 0)
	g.beside(func() {
		g.addCapacity(g.centre, 90, g.today.AddDate(-10, 0, 0), yearAgo)
		g.addCapacity(g.centre, 120, yearAgo, time.Time{})
		for _, c := range g.regional {
			g.addCapacity(c, 30, days(g.today, c.opens), time.Time{})
		}
	})
}

func (g *generator) addCapacity(a *agency, places int, since, until time.Time) {
	g.rows.add(capacities, g.id(), a.id, a.manager().id, earlier(since, g.today), places, since, orNull(until))
}

// referNearby refers a child of the last year to the centre that has opened near its district. Who came to the hub lately waits there; with the
// others it works since it has opened.
func (g *generator) referNearby(c *child, p *place, opened time.Time) {
	for _, centre := range g.regional {
		if centre.opens >= 0 || !centre.serves(p) || opened.Before(g.today.AddDate(-1, 0, 0)) {
			continue
		}
		by, since := p.commission.anyone(g.random, "commission_secretary"), days(g.today, centre.opens+3)
		if !opened.Before(since) {
			g.refer(c, by, centre, "PROGRAMME", programmeNeed, opened, answer{"SENT", nil})
			continue
		}
		if sent := later(opened, days(since, -20)); g.chance(60) {
			g.takeOn(c, centre, g.refer(c, by, centre, "PROGRAMME", programmeNeed, sent, answer{"ACTIVE", nil}), by, sent, since)
			worker := centre.anyone(g.random, "social_worker")
			g.include(c, by, worker, theWorker, since, time.Time{})
			g.meet(c.cases[0], g.plan(c.cases[0], worker, "ACTIVE", since, time.Time{}), since, nearby)
		} else {
			g.refer(c, by, centre, "PROGRAMME", programmeNeed, sent, answer{"SENT", nil})
		}
	}
}

// Who first thought of the centre, where it was not who referred the child.
var otherSources = odds[string]{{"SCHOOL", 3}, {"FAMILY", 4}, {"CHILD", 1}, {"OTHER_SERVICE", 2}}

var sourceOf = map[string]string{"POLICE": "POLICE", "PROSECUTION": "PROSECUTION", "COURT": "COURT", "COMMISSION": "COMMISSION"}

var presentingProblems = []string{"Dərslərdən qalır, evdə münaqişə var", "Boş vaxtını küçədə keçirir", "Yaşıdlarının təsiri altındadır",
	"Ailədə itkidən sonra özünə qapanıb", "Oxumur və işləmir, peşəsi yoxdur"}

// takeOn writes that a centre has taken a child on.
func (g *generator) takeOn(c *child, centre *agency, referral uid, by *person, sent, on time.Time) {
	source := sourceOf[by.agency.kind]
	if g.chance(30) {
		source = otherSources.draw(g.random)
	}
	g.record(intakes, c, nil, centre.manager(), on, referral, source, oneOf(g.random, presentingProblems), on, int(on.Sub(sent)/day))
}

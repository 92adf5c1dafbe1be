package country

import (
	"encoding/binary"
	"math/rand/v2"
	"time"
)

// apart writes something with a source of chance that follows from an identifier, so that all that was there before stays as it was.
func (g *generator) apart(of uid, stream uint64, write func()) {
	shared := g.random
	g.random = random{rand.New(rand.NewPCG(binary.BigEndian.Uint64(of[8:]), stream))}
	write()
	g.random = shared
}

// offered is what an agency of a kind can offer, to children of which ages and to how many at a time.
type offered struct {
	service                              string
	from, to, fewestPlaces, mostOfPlaces int
}

var (
	atCentres = []offered{{"PROGRAMME", 10, 18, 30, 120}, {"COUNSELLING", 10, 18, 10, 40}}
	atSchools = []offered{{"SCHOOL", 6, 18, 5, 25}}
	atOffices = []offered{{"ASSISTANCE", 0, 18, 100, 400}}
	provided  = [][]offered{{{"SPORT", 7, 18, 12, 40}}, {{"ART", 6, 18, 8, 24}}, {{"TRAINING", 15, 23, 8, 30}}}
)

// addOffers writes what services offer: local ones in every district, and those of Bakı.
func (g *generator) addOffers() {
	g.apart(g.centre.id, 35, func() {
		for _, c := range append([]*agency{g.centre}, g.regional...) {
			g.offer(c, c.manager(), atCentres, days(g.today, min(c.opens, 0)))
		}
		for _, p := range g.places {
			for _, school := range p.schools {
				g.offer(school, school.staff["school_focal_point"][0], atSchools, g.today)
			}
			for i, provider := range p.providers {
				g.offer(provider, provider.staff["activity_provider"][0], provided[i], g.today)
			}
			g.offer(p.assistance, p.assistance.staff["assistance_officer"][0], atOffices, g.today)
		}
	})
}

// offer writes the offers of an agency: what it has offered for a year or more, and for some what it did before that.
func (g *generator) offer(a *agency, by *person, list []offered, on time.Time) {
	for _, o := range list {
		since := on.AddDate(-1, 0, -g.between(0, 200))
		if g.chance(30) {
			g.addOffer(a, by, o, days(since, -365), since)
		}
		g.addOffer(a, by, o, since, time.Time{})
	}
}

func (g *generator) addOffer(a *agency, by *person, o offered, since, until time.Time) {
	languages := []string{"az"}
	if g.chance(map[bool]float64{true: 70, false: 20}[a.place.seat == "BAK"]) {
		languages = append(languages, "ru")
	}
	based := "LOCAL"
	if a.place.city == "Bakı" {
		based = "BAKU"
	}
	g.rows.add(offers, g.id(), a.id, by.id, since, o.service, a.place.id, a.place.city, based, languages, g.between(o.fewestPlaces, o.mostOfPlaces), o.from, o.to, since, orNull(until))
}

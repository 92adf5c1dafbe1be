package country

import (
	"math/rand/v2"
	"time"
)

// world is what stands before the first child: places, agencies and people.
type world struct {
	today    time.Time
	places   []*place
	agencies []*agency
	people   []*person
	byCode   map[string]*agency
	subjects map[string]*person
	regional []*agency // Diversion Centres outside Bakı

	centre, clinic, isolator, closedSchool, prison, monitoring *agency
}

func newWorld(r, aside random, today time.Time, count int) (*world, error) {
	w := &world{today: today, places: placesFor(count), byCode: map[string]*agency{}, subjects: map[string]*person{}}
	seats := map[string]*place{}
	for _, p := range w.places {
		p.id = r.id()
		seats[p.code] = p
		w.settle(r, p)
	}
	for _, a := range seatAgencies {
		w.found(r, a.code, a.name, a.kind, seats[a.place]).reach = itsSeat
	}
	for _, a := range nationalAgencies {
		w.found(r, a.code, a.name, a.kind, seats[a.place]).reach = theCountry
	}
	w.connect()
	for _, a := range w.agencies {
		w.employ(r, a, count)
		w.dismiss(r, a)
	}
	w.hire(random{rand.New(rand.NewPCG(0, 0))}, w.byCode["HUB"], "dpo") // by a chance of its own: all else stays as it was
	w.openRegionalCentres(aside)
	return w, w.appoint()
}

func (w *world) found(r random, code, name, kind string, p *place) *agency {
	a := &agency{id: r.id(), code: code, name: name, kind: kind, place: p, staff: map[string][]*person{}}
	w.agencies = append(w.agencies, a)
	w.byCode[code] = a
	return a
}

// settle founds the agencies of a district.
func (w *world) settle(r random, p *place) {
	for _, d := range districtAgencies {
		a := w.found(r, p.code+"-"+d.suffix, p.title()+" "+d.name, d.kind, p)
		switch d.kind {
		case "POLICE":
			p.police = a
		case "PROSECUTION":
			p.prosecution = a
		case "COURT":
			p.court = a
		case "COMMISSION":
			p.commission = a
		case "SOCIAL_ASSISTANCE":
			p.assistance = a
		case "SCHOOL":
			p.schools = append(p.schools, a)
		case "PROVIDER":
			p.providers = append(p.providers, a)
		}
	}
}

// connect gives places and world the agencies that are shared.
func (w *world) connect() {
	for _, p := range w.places {
		p.bar, p.custody = w.byCode[p.seat+"-BAR"], w.byCode[p.seat+"-CUSTODY"]
	}
	w.centre, w.clinic, w.monitoring = w.byCode["BAK-CENTRE"], w.byCode["CLINIC"], w.byCode["MONITORING"]
	w.isolator, w.closedSchool, w.prison = w.byCode["ISOLATOR"], w.byCode["CLOSED-SCHOOL"], w.byCode["PRISON"]
}

package country

import (
	"fmt"
	"time"
)

// stay is one stay of a child in a place of detention.
type stay struct {
	facility          *agency
	kind, status      string
	ground            string
	admitted          time.Time
	planned           time.Duration
	withoutOrder      bool
	parentsTold, left time.Time
}

var separations = odds[any]{{"YES", 46}, {"PARTLY", 30}, {"NO", 14}, {nil, 10}}

// detain writes where the child was held: in custody after an apprehension, in the isolator before judgment, in prison
// after it; by order of a commission in a closed school or in custody.
func (g *generator) detain(k *caseFile) {
	if !k.apprehended.IsZero() && g.chance(55) {
		g.hold(k, stay{facility: k.place.custody, kind: "POLICE_CUSTODY", status: "PRE_SENTENCE", ground: "CPC 148", admitted: k.apprehended.Add(2 * time.Hour),
			planned: g.span(3*time.Hour, 2*day), withoutOrder: g.chance(20)})
	}
	switch {
	case k.isFor("COURT") && !k.isFor("DIVERSION"):
		g.detainForCourt(k)
	case k.isFor("COMMISSION"):
		g.detainForCommission(k)
	}
}

func (g *generator) detainForCourt(k *caseFile) {
	if !k.apprehended.IsZero() && g.chance(22) {
		g.hold(k, stay{facility: g.isolator, kind: "ISOLATOR", status: "PRE_SENTENCE", ground: "CPC 155", admitted: k.apprehended.Add(3 * day),
			planned: g.span(20*day, 150*day)})
	}
	if !k.closed.IsZero() && g.chance(7) {
		g.hold(k, stay{facility: g.prison, kind: "PRISON", status: "SENTENCED", ground: "CC 85", admitted: g.atWork(k.closed), planned: g.span(300*day, 1000*day)})
	}
}

// detainForCommission writes administrative detention: held by decision of the commission rather than of a court.
func (g *generator) detainForCommission(k *caseFile) {
	admitted := g.atWork(days(k.opened, g.between(1, 10)))
	if g.chance(7) {
		g.hold(k, stay{facility: g.closedSchool, kind: "CLOSED_SCHOOL", status: "ADMINISTRATIVE", ground: "Komissiyanın qərarı", admitted: admitted,
			planned: g.span(120*day, 400*day)})
	} else if g.chance(6) {
		g.hold(k, stay{facility: k.place.custody, kind: "ADMINISTRATIVE", status: "ADMINISTRATIVE", ground: "Komissiyanın qərarı", admitted: admitted,
			planned: g.span(2*day, 30*day), withoutOrder: g.chance(40)})
	}
}

func (g *generator) span(low, high time.Duration) time.Duration {
	return low + time.Duration(g.Int64N(int64(high-low))).Truncate(time.Minute)
}

// hold writes one stay if it has begun.
func (g *generator) hold(k *caseFile, s stay) {
	if !s.admitted.Before(g.today) {
		return
	}
	if left := s.admitted.Add(s.planned); left.Before(g.today) {
		s.left = left
	} else {
		k.child.holders.add(s.facility.id)
	}
	if told := s.admitted.Add(g.span(time.Hour, day)); g.chance(76) && told.Before(g.today) {
		s.parentsTold = told
	}
	registrar := s.facility.anyone(g.random, "facility_registrar")
	id := g.record(detentions, k.child, k, registrar, s.admitted, s.facility.id, s.kind, s.status, g.orderNumber(s), s.ground,
		s.admitted, orNull(s.left), orNull(s.parentsTold), separations.draw(g.random))
	g.meetLawyer(k, s, id, registrar)
}

// orderNumber is missing where a child is held without an order, which Havana Rules 20 forbids.
func (g *generator) orderNumber(s stay) any {
	if s.withoutOrder {
		return nil
	}
	return fmt.Sprintf("Q-%d-%05d", s.admitted.Year(), g.IntN(100_000))
}

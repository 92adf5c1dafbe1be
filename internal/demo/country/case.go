package country

import (
	"fmt"
	"time"
)

// latestAct is how many days before its case an act lies at most.
const latestAct = 20

// caseFile is a case while its records are being written.
type caseFile struct {
	id          uid
	child       *child
	place       *place
	number      string
	opened      time.Time
	closed      time.Time // zero while open
	acted       time.Time
	apprehended time.Time // zero where the child came by itself
	facts       string
	stages      []stage // reached and to come
	officer     *person
	lawyer      *person   // nil where nobody defends
	engaged     time.Time // of the lawyer
	released    time.Time // of the lawyer; zero under a live mandate
	supervisor  *person   // of the lawyer; nil where there is none
	incident    string
	joined      []party
	parties     anchor
	events      int
	sealedAt    time.Time
}

func (k *caseFile) idOrNull() any {
	if k == nil {
		return nil
	}
	return k.id
}

// openCase writes a case with everything in it, up to today.
func (g *generator) openCase(c *child, p *place, opened time.Time, w way) *caseFile {
	k := &caseFile{id: g.id(), child: c, place: p, number: g.nextNumber(p, opened), opened: opened,
		acted: days(opened, -g.between(1, latestAct)), officer: c.officer, stages: g.course(opened, w)}
	c.cases = append(c.cases, k)
	g.allege(k)
	g.beside(func() { k.incident = g.incident(k) })
	g.engageLawyer(k)
	if w.apprehended {
		g.apprehend(k)
	}
	g.decide(k, k.officer, opened, "Araşdırma başlandı", "CPC 207")
	for i, s := range k.reached(g.today) {
		g.enter(k, w, s, k.until(i))
	}
	g.detain(k)
	g.keepNotes(k)
	g.supervise(k)
	return k
}

func (g *generator) nextNumber(p *place, opened time.Time) string {
	series := fmt.Sprintf("%s-%d", p.series(), opened.Year())
	g.numbers[series]++
	return fmt.Sprintf("%s-%05d", series, g.numbers[series])
}

// incident is the event that a case is about: its own, or that of the case before it, where children are said to have acted together.
func (g *generator) incident(k *caseFile) string {
	if last := g.incidents[k.place]; last != "" && g.chance(15) {
		return last
	}
	series := "H-" + k.place.series()
	g.numbers[series]++
	g.incidents[k.place] = fmt.Sprintf("%s-%05d", series, g.numbers[series])
	return g.incidents[k.place]
}

// addCase writes the row of a case, and its parties.
func (g *generator) addCase(k *caseFile) {
	g.addParties(k)
	reached := k.reached(g.today)
	var court *agency
	if !k.isFor("COMMISSION") {
		court = k.place.court
	}
	g.rows.add(caseFiles, k.id, k.child.id, k.officer.agency.id, k.officer.id, k.opened, k.number, k.place.id, court.idOrNull(),
		k.opened, orNull(k.closed), reached[len(reached)-1].name, k.facts, k.parties.value(), orNull(k.sealedAt), k.incident)
}

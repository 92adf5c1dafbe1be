package country

import (
	"time"
)

// generator writes the children, one after the other, each with everything that is on record of it.
type generator struct {
	random
	aside random
	*world
	rows      batch
	numbers   map[string]int    // the last case number of each city and year
	incidents map[*place]string // the last one of each place
	reports   int               // of harm, so far
	locks     *locks
	trips     []*trip // of the mobile group: the last one, and the one of today
}

const (
	years     = 5
	batchSize = 2000 // children that are held in memory before they are copied
)

// grow writes the children of the brief, then ordinary ones in the order in which they were registered.
func (g *generator) grow(count int, flush func(batch) error) error {
	first := g.today.AddDate(-years, 0, 0)
	span := int(g.today.Sub(first).Hours() / 24)
	ordinary := max(0, count-g.growBrief())
	for i := range ordinary {
		if i%batchSize == 0 {
			if err := g.flush(flush); err != nil {
				return err
			}
		}
		if registered := days(first, i*span/ordinary); i < ordinary-preventive {
			g.growOrdinary(g.somewhere(), registered)
		} else {
			g.growPrevention(ordinary-i, days(registered, -40))
		}
	}
	return g.flush(flush)
}

func (g *generator) flush(flush func(batch) error) error {
	full := g.rows
	g.rows = batch{}
	return flush(full)
}

// somewhere draws a district by its share of the children.
func (g *generator) somewhere() *place {
	total := 0
	for _, p := range g.places {
		total += p.weight
	}
	at := g.IntN(total)
	for _, p := range g.places {
		if at -= p.weight; at < 0 {
			return p
		}
	}
	panic("unreachable: the weights add up to the total")
}

// beside writes something with the source of chance that is kept for what came later.
func (g *generator) beside(write func()) {
	g.random, g.aside = g.aside, g.random
	write()
	g.random, g.aside = g.aside, g.random
}

func (g *generator) growOrdinary(p *place, opened time.Time) {
	c := g.newChild(p, opened)
	g.openCase(c, p, opened, g.drawWay(c, p, opened))
	again := days(opened, g.between(40, 700))
	if g.chance(14) && again.Before(g.today) && c.ageOn(again) < adult {
		g.openCase(c, p, again, g.drawWay(c, p, again))
	}
	g.beside(func() { g.referNearby(c, p, opened) })
	g.finish(c)
}

// record adds a row with what every record of a child carries, and returns its id.
func (g *generator) record(t *table, c *child, k *caseFile, by *person, at time.Time, values ...any) uid {
	id := g.id()
	row := make([]any, 0, len(t.columns))
	row = append(row, id, c.id)
	if t.ofCase {
		row = append(row, k.idOrNull())
	}
	row = append(row, by.agency.id, by.id, at)
	g.rows[t] = append(g.rows[t], append(row, values...))
	return id
}

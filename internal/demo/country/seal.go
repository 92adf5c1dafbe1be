package country

import "time"

// seal takes old closed cases out of sight, and some children with all their cases.
func (g *generator) seal(c *child) {
	whole, sealed := g.chance(6), time.Time{}
	for _, k := range c.cases {
		if k.closed.IsZero() || k.closed.After(g.today.AddDate(-2, 0, 0)) {
			return
		}
		sealed = k.closed.AddDate(1, 6, 0)
	}
	for _, k := range c.cases {
		if whole || g.chance(5) {
			k.sealedAt = sealed
		}
	}
	if whole {
		c.sealedAt = sealed
	}
}

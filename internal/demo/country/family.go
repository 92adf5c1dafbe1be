package country

// addFamily writes who is at home; a child without mother and father has a guardian.
func (g *generator) addFamily(c *child) {
	mother, father := g.chance(88), g.chance(64)
	if mother {
		g.addRelative(c, "MOTHER", g.fullName(c.family, true), true)
	}
	if father {
		g.addRelative(c, "FATHER", c.father+" "+c.family, true)
	}
	if g.chance(18) {
		g.addRelative(c, "GRANDPARENT", g.fullName(c.family, true), !mother && !father)
	} else if !mother && !father {
		g.addRelative(c, "GUARDIAN", g.fullName(oneOf(g.random, families), g.chance(50)), true)
	}
	if g.chance(7) {
		g.addRelative(c, "OTHER", g.fullName(oneOf(g.random, families), g.chance(50)), false)
	}
	if g.chance(22) {
		g.addRelative(c, "SIBLING", g.fullName(c.family, g.chance(50)), false)
	}
}

func (g *generator) addRelative(c *child, relation, name string, guardian bool) {
	g.record(familyMembers, c, nil, c.officer, c.registered, relation, name, g.phone(), guardian)
}

package country

import (
	"fmt"
	"time"
)

const adult = 18

// child is a child while its record is being written; the row itself comes last, since it holds the anchors.
type child struct {
	id         uid
	registered time.Time
	born       time.Time
	female     bool
	given      string
	father     string
	family     string
	home       *place
	officer    *person // who registered the child
	cases      []*caseFile
	asked      map[*agency]bool // for consent
	helps      uint64           // that were given
	schooling  any              // as the last school says; nil where none does

	memberships []membership // of the care team
	hasContact  bool

	team, counsel, receivers, holders, covers anchor
	sealedAt                                  time.Time
}

// Ages at the act: few are younger than fourteen, most are near eighteen.
var ages = odds[int]{{10, 1}, {11, 2}, {12, 4}, {13, 7}, {14, 14}, {15, 20}, {16, 26}, {17, 26}}

var schooling = odds[any]{{"ATTENDING", 50}, {"NOT_ATTENDING", 24}, {"OUT_OF_SCHOOL", 14}, {"FINISHED", 7}, {nil, 5}}

var safetyNeeds = []string{"Fındığa allergiyası var", "Arı sancmasına allergiyası var", "Astma: inhalyator yanında olmalıdır", "Üzməyi bacarmır",
	"Epilepsiya: tək buraxılmamalıdır"}

// newChild registers a child on the day on which its first case is opened. The birthday leaves room for an act some days
// before, so that nobody is of age at the registration.
func (g *generator) newChild(p *place, opened time.Time) *child {
	born := days(opened.AddDate(-ages.draw(g.random), 0, 0), -g.between(latestAct, 340))
	female := g.chance(11)
	given := boys
	if female {
		given = girls
	}
	return &child{
		id: g.id(), registered: opened, born: born, female: female, given: oneOf(g.random, given), father: oneOf(g.random, boys),
		family: oneOf(g.random, families), home: g.homeNear(p), officer: p.police.anyone(g.random, "police_officer"), asked: map[*agency]bool{},
	}
}

// homeNear is mostly the district of the act, else another one of the same city.
func (g *generator) homeNear(p *place) *place {
	if g.chance(90) {
		return p
	}
	var near []*place
	for _, other := range g.places {
		if other.city == p.city {
			near = append(near, other)
		}
	}
	return oneOf(g.random, near)
}

func (c *child) ageOn(day time.Time) int {
	age := day.Year() - c.born.Year()
	if c.born.AddDate(age, 0, 0).After(day) {
		age--
	}
	return age
}

// finish writes what needs the whole story: seals, parties, cases and the child itself.
func (g *generator) finish(c *child) {
	g.addFamily(c)
	g.addGrants(c)
	g.beside(func() { g.explain(c) })
	g.seal(c)
	var parties anchor
	for _, k := range c.cases {
		g.addCase(k)
		if k.sealedAt.IsZero() {
			for _, id := range k.parties {
				parties.add(id)
			}
		}
	}
	g.rows.add(children, c.id, c.officer.agency.id, c.officer.id, c.registered, c.registered, c.given, patronymic(c.father, c.female),
		familyName(c.family, c.female), c.born, sex(c.female), g.unlessUnknown(g.nationalID()), g.address(c.home), g.unlessUnknown(g.phone()), g.safetyNeed(), c.asSchoolsSay(schooling.draw(g.random)),
		c.home.id, g.protection(), parties.value(), c.team.value(), c.counsel.value(), c.receivers.value(), c.holders.value(), c.covers.value(),
		orNull(c.sealedAt))
}

// asSchoolsSay is how it is with school: as the last school says, else as was found at the registration.
func (c *child) asSchoolsSay(found any) any {
	if c.schooling != nil {
		return c.schooling
	}
	return found
}

func sex(female bool) string {
	if female {
		return "FEMALE"
	}
	return "MALE"
}

// unlessUnknown is null where nobody asked.
func (g *generator) unlessUnknown(value string) any { return when(!g.chance(9), value) }

// nationalID cannot be a real one: those have seven characters and no hyphen.
func (g *generator) nationalID() string { return fmt.Sprintf("SYN-%08X", g.Uint32()) }

// phone cannot be a real one: no operator has the code 00.
func (r random) phone() string {
	return fmt.Sprintf("+994 00 %03d %02d %02d", r.IntN(1000), r.IntN(100), r.IntN(100))
}

// address is of a street that means "trial street" and that no city has.
func (g *generator) address(p *place) string {
	return fmt.Sprintf("%s, Sınaq küçəsi %d, mənzil %d", p.title(), g.between(1, 240), g.between(1, 90))
}

func (g *generator) safetyNeed() any {
	return when(g.chance(12), oneOf(g.random, safetyNeeds))
}

// protection is whether a protection order stands; null where nobody knows.
func (g *generator) protection() any {
	return odds[any]{{false, 97}, {true, 2}, {nil, 1}}.draw(g.random)
}

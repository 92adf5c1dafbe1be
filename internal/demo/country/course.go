package country

import "time"

// stage is a stage of a case and the day on which it begins.
type stage struct {
	name string
	from time.Time
}

// leg is a stage to come: how many days after the one before it begins.
type leg struct {
	name             string
	earliest, latest int
}

// way is what will become of a case.
type way struct {
	apprehended bool
	diversion   *diversionPlan
	legs        []leg // after the investigation, or after the diversion where there is one
}

var (
	beforeCourt      = []leg{{"PROSECUTION", 20, 60}, {"COURT", 15, 40}, {"CLOSED", 60, 135}}
	longBeforeCourt  = []leg{{"PROSECUTION", 20, 60}, {"COURT", 15, 40}, {"CLOSED", 150, 270}}
	afterDiversion   = []leg{{"PROSECUTION", 0, 0}, {"COURT", 15, 40}, {"CLOSED", 60, 135}}
	dropped          = []leg{{"PROSECUTION", 20, 60}, {"CLOSED", 10, 40}}
	beforeCommission = []leg{{"COMMISSION", 10, 30}, {"CLOSED", 20, 90}}
)

// drawWay decides what will become of a case. Children below fourteen answer to the commission only.
func (g *generator) drawWay(c *child, p *place, opened time.Time) way {
	if c.ageOn(days(opened, -latestAct)) < 14 {
		return way{apprehended: g.chance(25), legs: beforeCommission}
	}
	diverted := 10.0
	if p.diverts {
		diverted = 26
	}
	if g.chance(diverted) {
		return g.diverted(g.planDiversion(p, opened))
	}
	return way{apprehended: g.chance(60), legs: odds[[]leg]{{beforeCourt, 34}, {longBeforeCourt, 26}, {dropped, 18}, {beforeCommission, 22}}.draw(g.random)}
}

// diverted closes the case for good where the diversion is completed; else it goes on to the court.
func (g *generator) diverted(d *diversionPlan) way {
	w := way{apprehended: g.chance(60), diversion: d, legs: afterDiversion}
	if d.succeeds() {
		w.legs = []leg{{"CLOSED", 0, 0}}
	}
	return w
}

// course dates the stages of a case.
func (g *generator) course(opened time.Time, w way) []stage {
	stages := []stage{{"INVESTIGATION", opened}}
	at := opened
	if w.diversion != nil {
		stages = append(stages, stage{"DIVERSION", w.diversion.changes[0].at})
		at = w.diversion.last().at
	}
	for _, l := range w.legs {
		at = days(at, g.between(l.earliest, l.latest))
		stages = append(stages, stage{l.name, at})
	}
	return stages
}

// reached are the stages that began before today; the first always did.
func (k *caseFile) reached(today time.Time) []stage {
	n := 1
	for n < len(k.stages) && k.stages[n].from.Before(today) {
		n++
	}
	return k.stages[:n]
}

// until is the day on which a stage ends, which may be to come.
func (k *caseFile) until(i int) time.Time {
	if i+1 < len(k.stages) {
		return k.stages[i+1].from
	}
	return time.Time{}
}

// isFor tells whether the case comes to a stage at some time.
func (k *caseFile) isFor(name string) bool {
	for _, s := range k.stages {
		if s.name == name {
			return true
		}
	}
	return false
}

// enter writes what a stage brings.
func (g *generator) enter(k *caseFile, w way, s stage, until time.Time) {
	p := k.place
	switch s.name {
	case "INVESTIGATION":
		k.join(k.officer, "INVESTIGATION", s.from)
	case "PROSECUTION":
		g.prosecute(k, s.from)
	case "COURT":
		k.leave("INVESTIGATION", s.from, g.chance(50))
		g.bringBefore(k, p.court.anyone(g.random, "judge"), s, until)
	case "COMMISSION":
		g.bringBefore(k, p.commission.anyone(g.random, "commission_secretary"), s, until)
	case "DIVERSION":
		g.divert(k, w.diversion)
	case "CLOSED":
		g.close(k, s.from)
	}
}

// bringBefore makes court or commission a party, and writes what it hears; some families let it know of school and safety.
func (g *generator) bringBefore(k *caseFile, judge *person, s stage, until time.Time) {
	k.join(judge, s.name, s.from)
	if g.chance(40) {
		g.ask(k.child, k.officer, judge.agency, s.from)
	}
	g.hear(k, judge, s.from, until)
}

package country

import "time"

// change is a state of a diversion and when it begins.
type change struct {
	status string
	at     time.Time
}

// diversionPlan is a diversion from its proposal to its end, which may be to come.
type diversionPlan struct {
	responsible *person
	proposer    *person
	capacity    string // of the proposer
	changes     []change
	ends        time.Time
}

func (d *diversionPlan) last() change { return d.changes[len(d.changes)-1] }

// succeeds tells whether the case ends with the diversion.
func (d *diversionPlan) succeeds() bool {
	return d.last().status == "COMPLETED" || d.last().status == "TRANSFERRED"
}

// begins is the day of entry into the programme, zero where nobody entered.
func (d *diversionPlan) begins() time.Time {
	for _, c := range d.changes {
		if c.status == "ACTIVE" {
			return c.at
		}
	}
	return time.Time{}
}

var endings = odds[string]{{"COMPLETED", 70}, {"WITHDRAWN_BY_CHILD", 9}, {"ENDED_NOT_COMPLETED", 17}, {"TRANSFERRED", 4}}

// planDiversion draws a diversion: at the Diversion Centre where children can reach it, else by the commission.
func (g *generator) planDiversion(p *place, opened time.Time) *diversionPlan {
	d := &diversionPlan{responsible: p.commission.anyone(g.random, "commission_secretary")}
	if p.diverts {
		d.responsible = g.centre.anyone(g.random, "social_worker")
	}
	d.proposer, d.capacity = g.proposer(p)
	d.become("PROPOSED", opened, g.between(4, 15))
	if g.chance(8) {
		d.become(oneOf(g.random, []string{"DECLINED", "INELIGIBLE"}), d.last().at, g.between(3, 10))
		return d
	}
	d.enterProgramme(d.last().at, g.between(10, 35), g.between(12, 35), g.between(12, 30), g.between(10, 30))
	if g.chance(25) {
		d.become("SUSPENDED", d.last().at, g.between(20, 90))
		d.become("ACTIVE", d.last().at, g.between(30, 100))
	}
	d.become(endings.draw(g.random), d.last().at, g.between(150, 330))
	d.ends = d.last().at
	return d
}

func (g *generator) proposer(p *place) (*person, string) {
	switch g.IntN(4) {
	case 0:
		return p.prosecution.anyone(g.random, "prosecutor"), "PROSECUTION"
	case 1:
		return p.court.anyone(g.random, "judge"), "COURT"
	case 2:
		return p.commission.anyone(g.random, "commission_secretary"), "COMMISSION"
	default:
		return p.police.anyone(g.random, "police_inspector"), "INVESTIGATION"
	}
}

func (d *diversionPlan) become(status string, after time.Time, inDays int) {
	d.changes = append(d.changes, change{status, days(after, inDays)})
}

// enterProgramme takes the steps from the proposal to the first day.
func (d *diversionPlan) enterProgramme(proposed time.Time, screened, agreed, ordered, active int) {
	d.become("SCREENED", proposed, screened)
	d.become("AGREED", d.last().at, agreed)
	d.become("ORDERED", d.last().at, ordered)
	d.become("ACTIVE", d.last().at, active)
}

// until is the plan as far as it has come.
func (d *diversionPlan) until(today time.Time) *diversionPlan {
	so := *d
	for len(so.changes) > 1 && !so.last().at.Before(today) {
		so.changes = so.changes[:len(so.changes)-1]
	}
	return &so
}

package country

import "time"

// answer is what became of a referral.
type answer struct {
	status    string
	rejection any
}

var (
	answers = odds[answer]{{answer{"SENT", nil}, 15}, {answer{"ACCEPTED", nil}, 12}, {answer{"REJECTED", "NO_CAPACITY"}, 6},
		{answer{"REJECTED", "NOT_SUITABLE"}, 3}, {answer{"REJECTED", "FAMILY_DECLINED"}, 3}, {answer{"ACTIVE", nil}, 27},
		{answer{"COMPLETED", nil}, 24}, {answer{"WITHDRAWN", nil}, 5}, {answer{"REVOKED", nil}, 5}}
	finalAnswers = odds[answer]{{answer{"COMPLETED", nil}, 70}, {answer{"REJECTED", "NO_CAPACITY"}, 12}, {answer{"REJECTED", "NOT_SUITABLE"}, 6},
		{answer{"WITHDRAWN", nil}, 6}, {answer{"REVOKED", nil}, 6}}
)

// service is a kind of help: which role gives it, and what the family needs.
type service struct {
	name, role, task, need string
}

var services = []service{
	{"SCHOOL", "school_focal_point", "Məktəbə qayıdış", "Dərslərə qayıtmaqda kömək lazımdır"},
	{"SPORT", "activity_provider", "Məşqlər", "Boş vaxtını idmanla keçirmək istəyir"},
	{"ART", "activity_provider", "Dərnək", "Rəsm çəkməyə həvəsi var"},
	{"TRAINING", "activity_provider", "Peşə kursu", "Peşə öyrənmək istəyir"},
	{"ASSISTANCE", "assistance_officer", "Ailəyə yardım", "Ailənin gəliri yoxdur, ünvanlı yardıma ehtiyac var"},
}

func (p *place) receiver(r random, s service) *agency {
	switch s.name {
	case "SCHOOL":
		return oneOf(r, p.schools)
	case "SPORT":
		return p.providers[0]
	case "ART":
		return p.providers[1]
	case "TRAINING":
		return p.providers[2]
	default:
		return p.assistance
	}
}

// daysToAnswer is the term that the hub begins with.
const daysToAnswer = 10

// refer writes a referral and its answer.
func (g *generator) refer(c *child, by *person, receiver *agency, kind, need string, sent time.Time, a answer) uid {
	var answered time.Time
	if a.status != "SENT" {
		answered = earlier(days(sent, g.between(2, 20)), g.today)
	}
	if a.status == "SENT" || a.status == "ACCEPTED" || a.status == "ACTIVE" {
		c.receivers.add(receiver.id)
	}
	return g.record(referrals, c, nil, by, sent, receiver.id, kind, a.status, sent, days(sent, daysToAnswer), orNull(answered), a.rejection, need)
}

// referToService asks a local service for help.
func (g *generator) referToService(c *child, by *person, p *place, sent, left time.Time) {
	a := answers.draw(g.random)
	if !left.IsZero() || sent.Before(days(g.today, -300)) {
		a = finalAnswers.draw(g.random)
	}
	g.request(c, by, p, oneOf(g.random, services), a, sent, left)
}

// request writes a referral to a service with its answer; who gives the service joins the care team.
func (g *generator) request(c *child, by *person, p *place, s service, a answer, sent, left time.Time) {
	receiver := p.receiver(g.random, s)
	g.refer(c, by, receiver, s.name, s.need, sent, a)
	g.ask(c, by, receiver, sent)
	if a.status == "COMPLETED" && left.IsZero() {
		left = g.within(sent, g.today)
	}
	if a.status == "ACTIVE" || a.status == "COMPLETED" {
		who := receiver.anyone(g.random, s.role)
		g.include(c, by, who, s.task, sent, left)
		g.help(s.name, helped{c, who, by, sent, left, a.status == "COMPLETED"})
	}
}

const programmeNeed = "Reabilitasiya proqramına ehtiyacı var"

// referToProgramme writes the referral with which a child came to the Diversion Centre, answered as the diversion went.
func (g *generator) referToProgramme(k *caseFile, d *diversionPlan) {
	sent := d.changes[0].at
	referral := g.refer(k.child, d.proposer, g.centre, "PROGRAMME", programmeNeed, sent, programmeAnswer(d.last().status))
	if !d.begins().IsZero() {
		g.beside(func() { g.takeOn(k.child, g.centre, referral, d.proposer, sent, d.begins()) })
	}
}

func programmeAnswer(diversion string) answer {
	switch diversion {
	case "PROPOSED":
		return answer{"SENT", nil}
	case "SCREENED", "AGREED", "ORDERED":
		return answer{"ACCEPTED", nil}
	case "ACTIVE", "SUSPENDED":
		return answer{"ACTIVE", nil}
	case "WITHDRAWN_BY_CHILD":
		return answer{"REVOKED", nil}
	case "DECLINED", "INELIGIBLE":
		return answer{"REJECTED", "NOT_SUITABLE"}
	default:
		return answer{"COMPLETED", nil}
	}
}

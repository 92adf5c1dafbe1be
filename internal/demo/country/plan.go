package country

import "time"

// carePlan is a plan with those of its actions at which somebody of the centre meets the child.
type carePlan struct {
	id            uid
	visits, talks activity
	others        []activity // at clubs and courses
	perWeek       int        // visits
	worker        *person
	from, until   time.Time // until is zero while it is in force
}

// activity is an action of a plan with who meets the child for it.
type activity struct {
	id      uid
	domain  string
	by      *person
	perWeek int // at a club or course
}

// task is what is done for a goal, and how often in a week.
type task struct {
	domain, goal, what string
	perWeek            any
	forAuthority       bool
	percent            float64
	by                 func(p *place) *agency // nil for the centre
}

var (
	theVisits = task{domain: "FAMILY", goal: "Evdə münasibətləri düzəltmək", what: "Mərkəzə və evə görüşlər", forAuthority: true}
	theTalks  = task{domain: "PSYCHOLOGICAL", goal: "Hirsini idarə etməyi öyrənmək", what: "Həftəlik söhbət", perWeek: 1}
	tasks     = []task{
		{"SCHOOL", "Məktəbi bitirmək", "Dərslərə davam etmək", 5, true, 80, func(p *place) *agency { return p.schools[0] }},
		{"LEISURE", "Boş vaxtını maraqlı keçirmək", "İdman məşğələsi", 2, false, 55, func(p *place) *agency { return p.providers[0] }},
		{"WORK", "Peşə öyrənmək", "Peşə kursu", 3, false, 25, func(p *place) *agency { return p.providers[2] }},
		{"SAFETY", "Evdə təhlükəsiz olmaq", "Ailəyə baş çəkmək", nil, false, 20, nil},
	}
)

// plan writes the care plan of a child: agreed with child and guardian as it begins, or decided in the child's best interests.
func (g *generator) plan(k *caseFile, worker *person, status string, from, until time.Time) *carePlan {
	p := &carePlan{perWeek: g.between(2, 3), worker: worker, from: from, until: until}
	agreed, approved := status != "DRAFT", status == "ACTIVE" || status == "CLOSED"
	alone := g.chance(8)
	ends := from.AddDate(0, 9, 0)
	if status == "ACTIVE" {
		ends = later(ends, days(g.today, 60))
	}
	p.id = g.record(carePlans, k.child, k, worker, from, status, from, from, ends, days(g.today, g.between(-10, 40)),
		when(agreed && !alone, from), when(agreed, from), when(agreed && alone, "Uşağın təhlükəsizliyi"), when(agreed && alone, worker.agency.manager().id),
		when(approved, from), when(approved, worker.agency.manager().id), orNull(until))
	visits := theVisits
	visits.perWeek = p.perWeek
	p.visits = activity{g.task(k, p, visits), visits.domain, worker, p.perWeek}
	p.talks = activity{g.task(k, p, theTalks), theTalks.domain, worker, 1}
	for _, t := range tasks {
		if !g.chance(t.percent) {
			continue
		}
		action := g.task(k, p, t)
		if t.domain == "LEISURE" || t.domain == "WORK" {
			p.others = append(p.others, activity{action, t.domain, t.by(k.place).staff["activity_provider"][0], t.perWeek.(int)})
		}
	}
	return p
}

// task writes a goal with its action.
func (g *generator) task(k *caseFile, p *carePlan, t task) uid {
	provider := p.worker.agency
	if t.by != nil {
		provider = t.by(k.place)
	}
	goal := g.record(planGoals, k.child, k, p.worker, p.from, p.id, t.domain, t.goal)
	return g.record(planActions, k.child, k, p.worker, p.from, p.id, goal, t.domain, provider.id, t.what, t.perWeek, p.from, orNull(p.until), t.forAuthority)
}

// planProgramme writes the plan of a child in the programme, in force until the diversion ends.
func (g *generator) planProgramme(k *caseFile, d *diversionPlan) {
	status, until := "ACTIVE", time.Time{}
	if !d.runs() {
		status, until = "CLOSED", d.last().at
	}
	g.assess(k, d.responsible, d.begins())
	p := g.plan(k, d.responsible, status, d.begins(), until)
	if k.place.code == "SUM" { // the children of the brief
		g.meet(k, p, d.begins(), nearby)
	} else if d.runs() {
		g.meet(k, p, days(g.today, -recentDays), nearby)
	}
}

// recentDays is how far back the sessions of children go who are not of the brief.
const recentDays = 30

// Plans of the children of Gəncə, in turn: some are still being written or agreed.
var afarStates = []string{"ACTIVE", "ACTIVE", "DRAFT", "ACTIVE", "AGREED"}

// planFromAfar writes the plan of a child of Gəncə, whom the mobile group meets.
func (g *generator) planFromAfar(k *caseFile, since time.Time, status string) {
	if p := g.plan(k, g.subjects["social-worker"], status, since, time.Time{}); status == "ACTIVE" {
		g.meet(k, p, since, afar)
	}
}

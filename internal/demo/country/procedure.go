package country

import "time"

var (
	adjournments = []string{"İclas təxirə salındı", "Növbəti iclas təyin edildi", "Sosial araşdırma məruzəsi tələb edildi", "Valideyn dinlənildi"}
	reasons      = []string{"Şəxsiyyəti, yaşı və ailə vəziyyəti nəzərə alınmaqla", "Sosial araşdırma məruzəsinə əsasən",
		"Əməlin ağırlığı və vurulmuş zərər nəzərə alınmaqla", "Uşağın ən yaxşı maraqları nəzərə alınmaqla"}
)

// event is a step of procedure; what is zero is not on record.
type event struct {
	kind              string
	hearing           any // what it is for
	at                time.Time
	place             string
	outcome           any
	decider           *agency
	ground, reason    any
	parentsTold       time.Time
	releaseConsidered time.Time
}

func (g *generator) addEvent(k *caseFile, by *person, e event) {
	k.events++
	g.record(procedure, k.child, k, by, earlier(e.at, g.today), e.kind, e.at, e.hearing, e.place, e.outcome, e.decider.idOrNull(), e.ground, e.reason,
		orNull(e.parentsTold), orNull(e.releaseConsidered))
}

// apprehend writes an apprehension. Whether parents were told, and when release was considered, is often not on record:
// that is what an inspection would look for.
func (g *generator) apprehend(k *caseFile) {
	k.apprehended = g.atWork(k.opened)
	e := event{kind: "APPREHENSION", at: k.apprehended, place: k.place.title(), ground: "CPC 148", reason: oneOf(g.random, reasons)}
	if told := k.apprehended.Add(time.Duration(g.between(30, 600)) * time.Minute); g.chance(72) && told.Before(g.today) {
		e.parentsTold = told
	}
	if considered := k.apprehended.Add(time.Duration(g.between(4, 48)) * time.Hour); g.chance(58) && considered.Before(g.today) {
		e.releaseConsidered = considered
	}
	g.addEvent(k, k.officer, e)
}

func (g *generator) decide(k *caseFile, by *person, day time.Time, outcome, ground string) {
	g.addEvent(k, by, event{kind: "DECISION", at: g.atWork(day), place: by.agency.name, outcome: outcome, decider: by.agency,
		ground: ground, reason: oneOf(g.random, reasons)})
}

func (g *generator) prosecute(k *caseFile, from time.Time) {
	prosecutor := k.place.prosecution.anyone(g.random, "prosecutor")
	k.join(prosecutor, "PROSECUTION", from)
	outcome := "İttiham aktı təsdiq edildi"
	if !k.isFor("COURT") {
		outcome = "İcraata xitam verildi"
	}
	if day := days(from, g.between(1, 9)); day.Before(g.today) {
		g.decide(k, prosecutor, day, outcome, "CPC 290")
	}
}

// hear writes the hearings of a stage: past ones, the decision where the stage is over, and the next one where it is not,
// which is often today.
func (g *generator) hear(k *caseFile, judge *person, from, until time.Time) {
	gap := g.between(25, 45)
	if until.Sub(from) > 140*day { // a long case is long for its many hearings
		gap = g.between(12, 17)
	}
	day := days(from, g.between(5, gap))
	what := "PREPARATORY"
	for day.Before(g.today) && day.Before(until) {
		g.hearOn(k, judge, day, what, oneOf(g.random, adjournments))
		what = "MAIN"
		day = days(day, g.between(gap-4, gap+4))
	}
	if until.Before(g.today) {
		g.decide(k, judge, days(until, -1), "Qərar qəbul edildi", "CC 88")
		return
	}
	if g.chance(30) {
		day = g.today
	}
	g.hearOn(k, judge, later(day, g.today), next[gap%len(next)], nil)
}

// next is what the hearing to come may be for.
var next = []string{"MAIN", "JUDGMENT"}

func (g *generator) hearOn(k *caseFile, judge *person, day time.Time, what string, outcome any) {
	g.addEvent(k, judge, event{kind: "HEARING", hearing: what, at: g.atWork(day), place: judge.agency.name, outcome: outcome, decider: judge.agency})
}

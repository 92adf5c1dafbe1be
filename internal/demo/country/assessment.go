package country

import "time"

// What parts of assessments find and recommend.
var findings = []struct {
	kind, content string
	recommends    any
}{
	{"SOCIAL", "Məktəbdə dostları var, dərslərdən geri qalır.", "Məktəbə qayıdışda dəstək və həftədə iki-üç görüş"},
	{"FAMILY", "Ana tək böyüdür, iki işdə çalışır.", "Ailəyə ünvanlı yardım"},
	{"CHILD_VIEW", "Futbol oynamaq və məktəbi bitirmək istəyir.", nil},
}

// assess writes the assessment with which the programme begins: in most cases signed, sometimes revised, sometimes filed.
func (g *generator) assess(k *caseFile, worker *person, on time.Time) {
	for _, f := range findings {
		first, signed := g.part(k, worker, on, 1, nil, f.kind, f.content, f.recommends)
		if signed != nil && g.chance(15) {
			g.part(k, worker, days(on, 30), 2, first, f.kind, f.content, f.recommends)
		}
	}
	psychologist := g.centre.anyone(g.random, "psychologist")
	signed := g.signedSoon(on, 80)
	g.record(psychological, k.child, k, psychologist, on, 1, nil, on, secret("Sintetik alət"), secret("Sintetik nəticə: yalnız psixoloq üçün."), "Həftəlik söhbətlər", signed, g.filedAfter(signed))
}

func (g *generator) part(k *caseFile, worker *person, on time.Time, edition int, replaces any, kind, content string, recommends any) (id uid, signed any) {
	signed = g.signedSoon(on, 85)
	return g.record(assessments, k.child, k, worker, earlier(on, g.today), kind, edition, replaces, earlier(on, g.today), content, recommends, signed, g.filedAfter(signed)), signed
}

// signedSoon is a few days after the writing; some parts stay drafts.
func (g *generator) signedSoon(written time.Time, percent float64) any {
	at := g.atWork(days(written, g.between(1, 9)))
	return when(g.chance(percent) && at.Before(g.today), at)
}

// filedAfter is the day on which a recommendation went to the authorities.
func (g *generator) filedAfter(signed any) any {
	at, is := signed.(time.Time)
	return when(is && g.chance(60), earlier(days(at.Truncate(day), 2), g.today))
}

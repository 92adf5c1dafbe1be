package country

import "time"

var (
	meetingTopics = odds[string]{{"CONDITIONS", 6}, {"SCHOOL", 5}, {"FAMILY", 4}, {"LEISURE", 3}, {"WORK", 2}, {"SAFETY", 1}, {"OTHER", 1}}
	agreedSteps   = []string{"Bazar ertəsi məktəbə qayıdır", "Məşqlərə davam edir", "Valideynlə birlikdə növbəti görüşə gəlir", "Peşə kursuna yazılır"}
)

// meetInspector writes the weekly meetings of a children's inspector with a child: all of the children of the brief, else those of late.
func (g *generator) meetInspector(k *caseFile, inspector *person, since, until time.Time) {
	if until.IsZero() {
		until = g.today
	}
	if k.place.code != "SUM" {
		since = later(since, days(g.today, -recentDays))
	}
	for on := days(since, 2); on.Before(until); on = days(on, 7) {
		at := g.atWork(on)
		g.record(meetings, k.child, k, inspector, at, at, meetingTopics.draw(g.random), when(g.chance(80), oneOf(g.random, agreedSteps)))
	}
}

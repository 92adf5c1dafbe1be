package country

import "time"

// preventive is how many children are at risk and have no case: the last who were registered.
const preventive = 4

var (
	helpNeeds    = []string{"SCHOOL", "FAMILY", "LEISURE", "LIVELIHOOD", "SAFETY", "HEALTH"}
	offerAnswers = []string{"ACCEPTED", "UNDECIDED", "DECLINED", "ACCEPTED"}
	helpOffered  = []string{"Dərslərdə kömək", "Ailə ilə söhbət", "İdman dərnəyi", "Ailəyə ünvanlı yardım", "Təhlükəsiz yer", "Həkimə müraciət"}
)

// growPrevention writes a child to whom help was helpOffered, and nothing else: by inspectors, and by the Diversion Centre.
func (g *generator) growPrevention(nth int, registered time.Time) {
	p := g.byCode["SUM-POLICE"].place
	helper := g.subjects["inspector-sumgayit"]
	if nth%2 == 1 {
		p = g.somewhere()
		helper = g.subjects["social-worker"]
	}
	c := g.newChild(p, registered)
	c.officer, c.home = helper, p
	g.include(c, helper, helper, theWorker, registered, time.Time{})
	for i := range 3 {
		at, n := g.atWork(days(registered, 7*i)), 3*nth+i
		if !at.Before(g.today) {
			break
		}
		g.record(contacts, c, nil, helper, at, at, helpNeeds[n%len(helpNeeds)], helpOffered[n%len(helpOffered)], offerAnswers[n%len(offerAnswers)], when(g.chance(60), "Növbəti həftə görüşürük"))
	}
	g.finish(c)
}

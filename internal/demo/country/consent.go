package country

import "time"

// What is asked for when an agency of a kind is to receive data of a child.
var asked = map[string]struct {
	purpose string
	classes []string
}{
	"SCHOOL":            {education, []string{"MINIMAL_IDENTITY", "SCHOOL_STATUS", "HEALTH_SAFETY"}},
	"PROVIDER":          {serviceDelivery, []string{"MINIMAL_IDENTITY", "HEALTH_SAFETY"}},
	"SOCIAL_ASSISTANCE": {serviceDelivery, []string{"IDENTITY", "CONTACT", "REFERRAL_NEED", "ASSISTANCE"}},
	"DIVERSION_CENTRE":  {rehabilitation, []string{"IDENTITY", "CONTACT", "SCHOOL_STATUS", "HEALTH_SAFETY", "REFERRAL_NEED", "PLAN"}},
	"LEGAL_CLINIC":      {legalDefence, []string{"SCHOOL_STATUS", "HEALTH_SAFETY", "REFERRAL_NEED"}},
	"POLICE":            {supervision, []string{"SCHOOL_STATUS", "HEALTH_SAFETY"}},
	"COURT":             {caseProceedings, []string{"SCHOOL_STATUS", "HEALTH_SAFETY"}},
	"COMMISSION":        {childProtection, []string{"SCHOOL_STATUS"}},
}

// What becomes of a consent.
var fates = odds[string]{{"live", 62}, {"unlimited", 8}, {"expired", 9}, {"withdrawn", 8}, {"refused", 8}, {"future", 5}}

// ask writes the guardian's consent and the child's own answer, once for each recipient. The child speaks for itself.
func (g *generator) ask(c *child, by *person, recipient *agency, since time.Time) {
	if c.asked[recipient] {
		return
	}
	c.asked[recipient] = true
	fate := fates.draw(g.random)
	g.addConsent(c, by, recipient, since, fate)
	g.answer(c, by, recipient, since, g.chance(10) || fate == "refused")
}

// formOfItsOwn is since when a child's answer is kept as one; before, it was kept as a consent of a kind of its own.
const formOfItsOwn = -2 * 365 * day

var (
	forms     = []string{"WORDS", "PICTURES", "READ_ALOUD"}
	languages = []string{"az", "az", "az", "ru"}
)

// answer writes what the child said, in the form that it has had since the hub keeps one.
func (g *generator) answer(c *child, by *person, recipient *agency, since time.Time, no bool) {
	of := asked[recipient.kind]
	if since.Before(g.today.Add(formOfItsOwn)) {
		g.record(consents, c, nil, by, since, "ASSENT", map[bool]string{true: "REFUSED", false: "GIVEN"}[no], recipient.id, of.classes, []string{of.purpose}, since, nil, nil)
		return
	}
	said := map[bool]string{true: "NO", false: "YES"}[no]
	if !no && c.born.Day() == 29 { // some want to think about it
		said = "LATER"
	}
	g.record(assents, c, nil, by, since, recipient.id, of.classes, []string{of.purpose}, by.id, forms[c.born.Day()%len(forms)], languages[c.born.YearDay()%len(languages)], said, since)
}

func (g *generator) addConsent(c *child, by *person, recipient *agency, since time.Time, fate string) {
	decision, from := "GIVEN", since
	var until, withdrawn time.Time
	switch fate {
	case "live":
		until = days(g.today, g.between(30, 600))
	case "expired":
		until = g.within(since, g.today)
	case "withdrawn":
		until, withdrawn = days(g.today, g.between(30, 600)), g.within(since, g.today)
	case "refused":
		decision = "REFUSED"
	case "future":
		from = days(g.today, g.between(3, 60))
		until = days(from, 365)
	}
	g.record(consents, c, nil, by, since, "CONSENT", decision, recipient.id, asked[recipient.kind].classes, []string{asked[recipient.kind].purpose},
		from, orNull(until), orNull(withdrawn))
}

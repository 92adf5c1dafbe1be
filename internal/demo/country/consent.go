package country

import "time"

// What is asked for when an agency of a kind is to receive data of a child.
var asked = map[string]struct {
	purpose string
	classes []string
}{
	"SCHOOL":            {education, []string{"MINIMAL_IDENTITY", "SCHOOL_STATUS", "HEALTH_SAFETY"}},
	"PROVIDER":          {serviceDelivery, []string{"MINIMAL_IDENTITY", "HEALTH_SAFETY"}},
	"SOCIAL_ASSISTANCE": {serviceDelivery, []string{"IDENTITY", "CONTACT", "REFERRAL_NEED"}},
	"DIVERSION_CENTRE":  {rehabilitation, []string{"IDENTITY", "CONTACT", "SCHOOL_STATUS", "HEALTH_SAFETY", "REFERRAL_NEED"}},
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
	answer := "YES"
	if g.chance(10) || fate == "refused" {
		answer = "NO"
	}
	g.record(assents, c, nil, by, since, recipient.id, asked[recipient.kind].classes, []string{asked[recipient.kind].purpose}, by.id, "WORDS", "az", answer, since)
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

package policy

import "slices"

// lintDead finds rules that change no decision of any profile: removing one would change nothing, so it misleads. A rule
// that seems to have nothing to act on is not reported beside other mistakes, which may be the cause.
func lintDead(c *Compiled, problems *Problems) {
	all := uses{}
	for _, p := range c.Profiles {
		for _, name := range c.Catalog.Names {
			c.useRules(p, c.Catalog.Records[name], all)
		}
	}
	sound := len(problems.list) == 0
	for _, r := range c.Rules.Rules {
		for _, purpose := range r.Purposes {
			all.report(r, purpose, len(r.Purposes) > 1, sound, problems)
		}
		if r.Purposes == nil {
			all.report(r, "", false, sound, problems)
		}
	}
}

// use is a rule in the service of a purpose; one without purposes serves all with one use.
type use struct {
	rule    *Rule
	purpose string
}

// uses tells why a rule is of no use; the empty reason means that it is of some.
type uses map[use]string

const nothingToAllow, nothingToDeny = "no role sees the records to which it applies, or any field of them; add the rule that is missing, or remove this one",
	"nothing that it denies is permitted to anyone; remove it"

func (u uses) report(r *Rule, purpose string, several, sound bool, problems *Problems) {
	why, known := u[use{r, purpose}]
	if known && why == "" || !known && !sound {
		return
	}
	if !known {
		why = nothingToAllow
		if r.Deny {
			why = nothingToDeny
		}
	}
	which := "is dead"
	if several {
		which += " for " + purpose
	}
	problems.add(r.Place, "%s: %s", which, why)
}

// note remembers that the rule matters, or the first reason why it does not.
func (u uses) note(r *Rule, purpose, why string) {
	if r.Purposes == nil {
		purpose = ""
	}
	if known, ok := u[use{r, purpose}]; !ok || known != "" && why == "" {
		u[use{r, purpose}] = why
	}
}

func (c *Compiled) useRules(p *Profile, r *Record, all uses) {
	row := c.index.formula(p.Role, p.Purpose, rowObjects(r))
	t := p.Types[r.Name]
	if t != nil && len(t.Fields) == 0 {
		return
	}
	everyRow := Formula{Allow: []Term{{}}}
	row.use(everyRow, p.Purpose, all)
	for _, f := range r.Fields {
		if f.Link == nil || p.Types[f.Link.Target] != nil {
			c.index.formula(p.Role, p.Purpose, fieldObjects(f)).use(row, p.Purpose, all)
		}
	}
}

// use notes which of the formula's rules matter on rows that the outer formula lets through. A term matters where it
// decides alone: all its conditions and those of a permission hold, and no others.
func (f Formula) use(outer Formula, purpose string, all uses) {
	denials := slices.Concat(outer.Deny, f.Deny)
	for _, row := range outer.Allow {
		for i, t := range f.Allow {
			others := slices.Delete(slices.Clone(f.Allow), i, i+1)
			all.note(t.Rules[0], purpose, whyIdle(row.and(t), others, denials))
		}
	}
	for i, d := range f.Deny {
		others := slices.Concat(outer.Deny, slices.Delete(slices.Clone(f.Deny), i, i+1))
		for _, row := range outer.Allow {
			for _, t := range f.Allow {
				all.note(d.Rules[0], purpose, whyIdle(row.and(t).and(d), others, nil))
			}
		}
	}
}

// whyIdle finds what decides already where exactly these conditions hold.
func whyIdle(here Term, same, against []Term) string {
	for _, t := range same {
		if subset(t.Conditions, here.Conditions) {
			return t.Rules[0].Place + " says it already; remove it or narrow the other"
		}
	}
	for _, t := range against {
		if subset(t.Conditions, here.Conditions) {
			return t.Rules[0].Place + " denies whatever it permits; remove one"
		}
	}
	return ""
}

func (t Term) and(o Term) Term {
	return Term{Conditions: slices.Concat(t.Conditions, o.Conditions)}
}

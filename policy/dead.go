package policy

import "slices"

// lintDead finds rules that change no decision of any profile: removing one would change nothing, so it misleads. Of rules
// that say the same the last is the one to remove. One that has nothing to act on is not told where other mistakes may
// be the cause.
func lintDead(c *Compiled, sound bool, problems *Problems) {
	dead := c.dead(sound)
	covered := dead[:0:0]
	for _, d := range dead {
		if d.why == nothingToAllow || d.why == nothingToDeny {
			problems.add(d.rule.Place, "%s", d.problem())
		} else {
			covered = append(covered, d)
		}
	}
	for len(covered) > 0 {
		last := covered[len(covered)-1]
		problems.add(last.rule.Place, "%s", last.problem())
		c = compile(c.Catalog, c.Rules.without(last.use))
		covered = slices.DeleteFunc(c.dead(sound), func(d idle) bool { return !slices.ContainsFunc(covered[:len(covered)-1], d.is) })
	}
}

// use is a rule in the service of a purpose; one without purposes serves all with one use.
type use struct {
	rule    *Rule
	purpose string
}

// uses tells why a rule is of no use; the empty reason means that it is of some.
type uses map[use]string

// idle is a use that changes nothing, and why.
type idle struct {
	use
	why string
}

func (d idle) is(o idle) bool { return d.rule.Place == o.rule.Place && d.purpose == o.purpose }

func (d idle) problem() string {
	if len(d.rule.Purposes) > 1 {
		return "is dead for " + d.purpose + ": " + d.why
	}
	return "is dead: " + d.why
}

const (
	nothingToAllow = "no role sees the records to which it applies, or any field of them; add the rule that is missing, or remove this one"
	nothingToDeny  = "nothing that it denies is permitted to anyone; remove it"
)

func (c *Compiled) dead(sound bool) []idle {
	all := uses{}
	for _, p := range c.Profiles {
		for _, name := range c.Catalog.Names {
			c.useRules(p, c.Catalog.Records[name], all)
		}
		for _, a := range p.Commands {
			c.useCommandRules(p, a, all)
		}
	}
	var dead []idle
	for _, r := range c.Rules.Rules {
		for _, purpose := range r.uses() {
			why, known := all[use{r, purpose}]
			switch {
			case known && why != "":
				dead = append(dead, idle{use{r, purpose}, why})
			case !known && sound && r.Deny:
				dead = append(dead, idle{use{r, purpose}, nothingToDeny})
			case !known && sound:
				dead = append(dead, idle{use{r, purpose}, nothingToAllow})
			}
		}
	}
	return dead
}

func (r *Rule) uses() []string {
	if r.Purposes == nil {
		return []string{""}
	}
	return r.Purposes
}

// without leaves out one use of a rule.
func (rs *Rules) without(dead use) *Rules {
	out := *rs
	out.Rules = nil
	for _, r := range rs.Rules {
		if r.Place != dead.rule.Place {
			out.Rules = append(out.Rules, r)
		} else if len(r.Purposes) > 1 {
			rest := *r
			rest.Purposes = slices.DeleteFunc(slices.Clone(r.Purposes), func(p string) bool { return p == dead.purpose })
			out.Rules = append(out.Rules, &rest)
		}
	}
	return &out
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
	row := c.index.formula(p.Role, p.Purpose, "read", rowObjects(r))
	t := p.Types[r.Name]
	if t != nil && len(t.Fields) == 0 {
		return
	}
	everyRow := Formula{Allow: []Term{{}}}
	row.use(everyRow, p.Purpose, all)
	for _, f := range r.Fields {
		if f.Link == nil || p.Types[f.Link.Target] != nil {
			c.index.formula(p.Role, p.Purpose, "read", fieldObjects(f)).use(row, p.Purpose, all)
		}
	}
}

// useCommandRules notes the rules of a command that the profile may do, and of the values that it may give.
func (c *Compiled) useCommandRules(p *Profile, a *CommandAccess, all uses) {
	everyRow := Formula{Allow: []Term{{}}}
	c.index.formula(p.Role, p.Purpose, a.Command.Action, commandObjects(a.Command)).use(everyRow, p.Purpose, all)
	for _, in := range a.Command.Inputs() {
		for _, v := range in.classed() {
			c.index.formula(p.Role, p.Purpose, in.Action, fieldObjects(v.Field)).use(everyRow, p.Purpose, all)
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

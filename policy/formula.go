package policy

import "slices"

// Truth is the value of a condition: false, true, or not known. What is not known never allows and always denies (Kleene).
type Truth int8

// The truth values.
const (
	False Truth = iota
	Unknown
	True
)

// String is false, unknown or true.
func (t Truth) String() string { return [...]string{"false", "unknown", "true"}[t] }

// Term is one way to fulfil a formula: all its conditions together. An empty term always holds.
type Term struct {
	Conditions []string
	Rules      []*Rule
}

// Formula decides one object: some term of Allow must be true, and every term of Deny false.
type Formula struct {
	Allow, Deny []Term
}

func (t Term) value(facts map[string]Truth) Truth {
	worst := True
	for _, c := range t.Conditions {
		worst = min(worst, facts[c])
	}
	return worst
}

// Holds decides the formula over the facts.
func (f Formula) Holds(facts map[string]Truth) bool {
	for _, d := range f.Deny {
		if d.value(facts) != False {
			return false
		}
	}
	return slices.ContainsFunc(f.Allow, func(t Term) bool { return t.value(facts) == True })
}

// conditionsOf lists the conditions that the formulas mention, each once.
func conditionsOf(formulas ...Formula) []string {
	var all []string
	for _, f := range formulas {
		for _, t := range slices.Concat(f.Allow, f.Deny) {
			all = append(all, t.Conditions...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// given removes from the formula what holds anyway on every record that the row formula lets through.
func (f Formula) given(row Formula) Formula {
	known := commonConditions(row.Allow)
	var out Formula
	for _, t := range f.Allow {
		out.Allow = addTerm(out.Allow, t.without(known))
	}
	if len(row.Allow) > 0 && !slices.ContainsFunc(row.Allow, func(r Term) bool { return !impliesOneOf(r, f.Allow) }) {
		out.Allow = []Term{{Rules: rulesOf(f.Allow)}}
	}
	for _, d := range f.Deny {
		if !impliesOneOf(d, row.Deny) {
			out.Deny = addTerm(out.Deny, d.without(known))
		}
	}
	return out
}

// knowing is what remains of the formula where the conditions are known to hold.
func (f Formula) knowing(conditions []string) Formula {
	var out Formula
	for _, t := range f.Allow {
		out.Allow = addTerm(out.Allow, t.without(conditions))
	}
	for _, d := range f.Deny {
		out.Deny = addTerm(out.Deny, d.without(conditions))
	}
	return out
}

func commonConditions(terms []Term) []string {
	if len(terms) == 0 {
		return nil
	}
	common := slices.Clone(terms[0].Conditions)
	for _, t := range terms[1:] {
		common = slices.DeleteFunc(common, func(c string) bool { return !slices.Contains(t.Conditions, c) })
	}
	return common
}

// impliesOneOf tells whether the term, being true, makes one of the others true: it holds all its conditions.
func impliesOneOf(t Term, others []Term) bool {
	return slices.ContainsFunc(others, func(o Term) bool { return subset(o.Conditions, t.Conditions) })
}

func subset(small, large []string) bool {
	return !slices.ContainsFunc(small, func(c string) bool { return !slices.Contains(large, c) })
}

func (t Term) without(known []string) Term {
	rest := slices.DeleteFunc(slices.Clone(t.Conditions), func(c string) bool { return slices.Contains(known, c) })
	return Term{Conditions: rest, Rules: t.Rules}
}

// addTerm adds a term unless another makes it superfluous, and drops those that it makes superfluous. Of two denials that
// say the same the silent one stays, so that a fact that nobody may learn of is not told by way of another rule.
func addTerm(terms []Term, t Term) []Term {
	for i, o := range terms {
		if subset(o.Conditions, t.Conditions) {
			if silent(t) && subset(t.Conditions, o.Conditions) {
				terms[i] = t
			}
			return terms
		}
	}
	kept := slices.DeleteFunc(terms, func(o Term) bool { return subset(t.Conditions, o.Conditions) })
	return append(kept, t)
}

func rulesOf(terms []Term) []*Rule {
	var all []*Rule
	for _, t := range terms {
		all = append(all, t.Rules...)
	}
	return all
}

func (f Formula) always() bool {
	return len(f.Deny) == 0 && slices.ContainsFunc(f.Allow, func(t Term) bool { return len(t.Conditions) == 0 })
}

// never tells whether some denial holds wherever any permission does.
func (f Formula) never() bool {
	return !slices.ContainsFunc(f.Allow, func(t Term) bool { return !impliesOneOf(t, f.Deny) })
}

package policy

import (
	"slices"
	"strings"
)

// Withholding is what the caller is told of a field that is closed on a record.
type Withholding struct {
	Reason, Basis, HowToRequest string
	allow                       bool   // told when no permission holds
	deny                        []Term // told when one of these denials does not fail
}

// withholding is nil where nothing is told: the field is always open, or only silent denials close it.
func withholding(kind Kind, guard Formula) *Withholding {
	if kind != When {
		return nil
	}
	w := &Withholding{
		allow: !slices.ContainsFunc(guard.Allow, func(t Term) bool { return len(t.Conditions) == 0 }),
		deny:  slices.DeleteFunc(slices.Clone(guard.Deny), silent),
	}
	var reasons []string
	var told []Term
	if w.allow {
		reasons, told = append(reasons, "Open only when "+Sentence(guard.Allow)+"."), guard.Allow
	}
	if len(w.deny) > 0 {
		reasons, told = append(reasons, "Closed while "+Sentence(w.deny)+"."), slices.Concat(told, w.deny)
	}
	if len(told) == 0 {
		return nil
	}
	c, _ := ConditionNamed(told[0].Conditions[0])
	w.Reason, w.Basis, w.HowToRequest = strings.Join(reasons, " "), strings.Join(Basis(told), "; "), c.Request
	return w
}

// tells is whether a caller is told that the field is closed where the facts hold.
func (a Access) tells(facts map[string]Truth) bool {
	if a.Withheld == nil || a.Guard.Holds(facts) {
		return false
	}
	permitted := slices.ContainsFunc(a.Guard.Allow, func(t Term) bool { return t.value(facts) == True })
	return a.Withheld.allow && !permitted || slices.ContainsFunc(a.Withheld.deny, func(t Term) bool { return t.value(facts) != False })
}

// silent tells whether nobody may learn of the term.
func silent(t Term) bool {
	return !slices.ContainsFunc(t.Rules, func(r *Rule) bool { return !r.Silent })
}

// Sentence says in words when one of the terms holds.
func Sentence(terms []Term) string {
	ways := make([]string, len(terms))
	for i, t := range terms {
		parts := make([]string, len(t.Conditions))
		for j, name := range t.Conditions {
			c, _ := ConditionNamed(name)
			parts[j] = c.Sentence
		}
		ways[i] = strings.Join(parts, " and ")
	}
	return strings.Join(ways, ", or ")
}

// Basis lists the articles that the terms rest on, each once.
func Basis(terms []Term) []string {
	var all []string
	for _, r := range rulesOf(terms) {
		if !slices.Contains(all, r.Basis) {
			all = append(all, r.Basis)
		}
	}
	return all
}

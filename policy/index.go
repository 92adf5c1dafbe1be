package policy

import "slices"

// index finds the rules that speak of an object to a role.
type index struct {
	groups   map[string][]string // of a role: itself and every group that it is a member of
	byObject map[string][]*Rule
}

func (rs *Rules) index() *index {
	x := &index{groups: map[string][]string{}, byObject: map[string][]*Rule{}}
	for _, role := range Roles {
		x.groups[role.Name], _ = rs.closure(role.Name)
	}
	for _, r := range rs.Rules {
		x.byObject[r.Object] = append(x.byObject[r.Object], r)
	}
	return x
}

// formula collects the rules of a role and a purpose on one thing, which rules may name in several ways.
func (x *index) formula(role, purpose, action string, objects []string) Formula {
	var f Formula
	for _, name := range objects {
		for _, r := range x.byObject[name] {
			if r.Action != action || !slices.Contains(x.groups[role], r.Role) || !r.covers(purpose) {
				continue
			}
			term := Term{Conditions: r.Conditions, Rules: []*Rule{r}}
			if r.Deny {
				f.Deny = append(f.Deny, term)
			} else {
				f.Allow = append(f.Allow, term)
			}
		}
	}
	return f
}

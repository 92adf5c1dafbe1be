package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// clause is what a rule says once Casbin has matched its role, object, action and purpose: when, and with which effect.
type clause struct{ when, effect string }

// clauses are what Casbin says of one object: everything that its decision can still depend on.
type clauses struct{ list []clause }

func (c *clauses) add(one clause) {
	if !slices.Contains(c.list, one) {
		c.list = append(c.list, one)
	}
}

// hear asks Casbin, over the whole policy, which rules speak of an object to a role and a purpose.
func (o *Oracle) hear(role, purpose, object, action string) (*clauses, error) {
	heard := &clauses{}
	if _, err := o.enforcer.Enforce("role:"+role, object, action, purpose, heard); err != nil {
		return nil, fmt.Errorf("ask Casbin about %s: %w", object, err)
	}
	slices.SortFunc(heard.list, func(a, b clause) int { return cmp.Or(cmp.Compare(a.when, b.when), cmp.Compare(a.effect, b.effect)) })
	return heard, nil
}

func (c *clauses) conditions() []string {
	var all []string
	for _, one := range c.list {
		if one.when != Always {
			all = append(all, strings.Split(one.when, " & ")...)
		}
	}
	return all
}

// About is the part of the rules that can speak of a role: its own, and those of groups. Casbin hears the same over it as
// over all; the tests compare the two.
func (r *Rules) About(role string) *Rules {
	return &Rules{Groups: r.Groups, Rules: slices.DeleteFunc(slices.Clone(r.Rules), func(rule *Rule) bool {
		_, isRole := RoleNamed(rule.Role)
		return isRole && rule.Role != role
	})}
}

// oracle is Casbin over these clauses alone. It decides as the whole policy does, and a hundred times as fast: rules that
// do not match have no effect. The tests compare the two.
func (c *clauses) oracle() (*Oracle, error) {
	policies := [][]string{{"role:nobody", "nothing", "nothing", "any", Always, "deny", "silent", "keeps the policy from being empty"}}
	for _, one := range c.list {
		policies = append(policies, []string{"role:reader", "thing", "read", "any", one.when, one.effect, "flagged", "as heard"})
	}
	return newOracle(policies, nil, nil)
}

func (o *Oracle) decidesHeard(facts map[string]Truth) (bool, error) {
	return o.Decides("reader", "any", "thing", "read", facts)
}

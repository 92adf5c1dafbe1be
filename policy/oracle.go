package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
)

// Oracle is Casbin over the same rules. It decides slowly and independently of the compiler: its own grouping, matching
// and combining of effects. It is asked when a policy is compiled, in tests and in explanations, never for a request.
type Oracle struct {
	enforcer *casbin.Enforcer
}

// NewOracle loads the rules into a new enforcer, which is never changed afterwards.
func NewOracle(rules *Rules, catalog *Catalog) (*Oracle, error) {
	var policies, roles, objects [][]string
	for _, r := range rules.Rules {
		policies = append(policies, r.fields)
	}
	for _, g := range rules.Groups {
		roles = append(roles, g.fields)
	}
	for _, name := range catalog.Names {
		r := catalog.Records[name]
		for _, group := range rowObjects(r)[1:] {
			objects = append(objects, []string{RowObject(r), group})
		}
		for _, f := range r.Fields {
			objects = append(objects, []string{f.Title(), fieldObjects(f)[1]})
		}
	}
	for _, cmd := range catalog.Commands {
		for _, group := range commandObjects(cmd)[1:] {
			objects = append(objects, []string{cmd.Title(), group})
		}
	}
	return newOracle(policies, roles, objects)
}

func newOracle(policies, roles, objects [][]string) (*Oracle, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("read the model: %w", err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("make the enforcer: %w", err)
	}
	e.AddFunction("holds", holds)
	e.AddFunction("purposeIn", purposeIn)
	for _, add := range []func() (bool, error){
		func() (bool, error) { return e.AddPolicies(policies) },
		func() (bool, error) { return e.AddGroupingPolicies(roles) },
		func() (bool, error) { return e.AddNamedGroupingPolicies("g2", objects) },
	} {
		if whole, err := add(); err != nil {
			return nil, fmt.Errorf("load the rules into Casbin: %w", err)
		} else if !whole {
			return nil, errors.New("load the rules into Casbin: it has left some out")
		}
	}
	return &Oracle{enforcer: e}, nil
}

// Decides asks Casbin whether the role may do the action with the object for the purpose, given the facts.
func (o *Oracle) Decides(role, purpose, object, action string, facts map[string]Truth) (bool, error) {
	ok, err := o.enforcer.Enforce("role:"+role, object, action, purpose, facts)
	if err != nil {
		return false, fmt.Errorf("ask Casbin about %s: %w", object, err)
	}
	return ok, nil
}

func purposeIn(args ...any) (any, error) {
	asked, listed := args[0].(string), args[1].(string)
	return listed == "any" || slices.Contains(strings.Split(listed, "|"), asked), nil
}

// holds gives a rule its three-valued meaning: a permission needs every condition true, a denial only fails when one is
// false. Asked without facts, it writes down the rules that it is asked about.
func holds(args ...any) (any, error) {
	text, effect := args[0].(string), args[1].(string)
	if heard, ok := args[2].(*clauses); ok {
		heard.add(clause{text, effect})
		return false, nil
	}
	if text == Always {
		return true, nil
	}
	facts := args[2].(map[string]Truth)
	anyFalse, allTrue := false, true
	for _, name := range strings.Split(text, " & ") {
		anyFalse = anyFalse || facts[name] == False
		allTrue = allTrue && facts[name] == True
	}
	if effect == "deny" {
		return !anyFalse, nil
	}
	return allTrue, nil
}

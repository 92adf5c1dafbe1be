package records

import (
	"context"
	"fmt"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"korpu/internal/identity"
	"korpu/policy"
)

// read parses and validates a document for a profile, and reads its variables, as the server does before records come in.
func read(p *policy.Profile, document string, given map[string]any) (*ast.OperationDefinition, map[string]any, error) {
	parsed, errs := gqlparser.LoadQuery(p.Schema(), document)
	if len(errs) > 0 {
		return nil, nil, errs
	}
	op := parsed.Operations[0]
	vars, err := validator.VariableValues(p.Schema(), op, given)
	if err != nil {
		return nil, nil, fmt.Errorf("read the variables: %w", err)
	}
	return op, vars, nil
}

// compileAll makes the plans of an operation's root fields, from no cache.
func compileAll(p *policy.Profile, version int64, op *ast.OperationDefinition, vars map[string]any) ([]*plan, error) {
	var plans []*plan
	for _, s := range collect(op.SelectionSet, vars) {
		c := &compiler{profile: p, catalog: p.Catalog(), schema: p.ViewSchema(version), vars: vars}
		plan, err := c.compile(p.Catalog().Root(s.Field.Name), s.Field, s.Sub)
		if err != nil {
			return nil, err
		}
		plans = append(plans, plan)
	}
	return plans, nil
}

// parametersOf reads a plan's parameters from a request.
func parametersOf(p *plan, r *Request) ([]any, error) {
	var all []any
	for _, parameter := range p.params {
		value, err := parameter(r)
		if err != nil {
			return nil, err
		}
		all = append(all, value)
	}
	return all, nil
}

// Prepare makes an operation ready to be sent, without server and executor.
func (s *Store) Prepare(subject identity.Subject, p *policy.Profile, version int64, document string, given map[string]any) (*Request, error) {
	op, vars, err := read(p, document, given)
	if err != nil {
		return nil, err
	}
	plans, err := compileAll(p, version, op, vars)
	if err != nil {
		return nil, err
	}
	_, r := s.Begin(context.Background(), subject, p, version)
	r.vars = vars
	for _, plan := range plans {
		args, err := parametersOf(plan, r)
		if err != nil {
			return nil, err
		}
		r.asked = append(r.asked, &statement{plan: plan, args: args})
	}
	return r, nil
}

// Answers are the answers of the root fields, once the request has been finished.
func (r *Request) Answers() []string {
	var all []string
	for _, s := range r.asked {
		all = append(all, string(s.out))
	}
	return all
}

// SQL are the statements of the root fields.
func (r *Request) SQL() []string {
	var all []string
	for _, s := range r.asked {
		all = append(all, s.plan.sql)
	}
	return all
}

// PanicInRendering stands for a defect in rendering.
func (r *Request) PanicInRendering() {
	for _, s := range r.asked {
		broken := *s.plan
		broken.render = func([]byte, rows, *Request) ([]byte, error) { panic("a defect in rendering") }
		s.plan = &broken
	}
}

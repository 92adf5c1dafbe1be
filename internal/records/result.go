package records

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/audit"
	"korpu/internal/identity"
	"korpu/policy"
)

// RequestOf returns the reads of the operation in which a resolver runs.
func RequestOf(ctx context.Context) (*Request, error) {
	r, ok := ctx.Value(contextKey{}).(*Request)
	if !ok {
		return nil, fmt.Errorf("a resolver asked outside of an operation")
	}
	return r, nil
}

// Subject is who asks.
func (r *Request) Subject() identity.Subject { return r.subject }

// Profile is the role and purpose of the request.
func (r *Request) Profile() *policy.Profile { return r.profile }

// Version is the policy version under which the operation began.
func (r *Request) Version() int64 { return r.version }

// Result is what was asked of the record that a command answers with.
type Result struct {
	request *Request
	plan    *plan
}

// Result compiles the selection of the command that is being resolved.
func (r *Request) Result(ctx context.Context, record *policy.Record) (*Result, error) {
	op, field := graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field
	r.vars = op.Variables
	catalog := r.profile.Catalog()
	c := &compiler{profile: r.profile, catalog: catalog, schema: r.profile.ViewSchema(r.version), vars: op.Variables}
	p, err := c.compile(&policy.Root{Name: field.Name, Record: record}, field.Field, field.Selections)
	return &Result{request: r, plan: p}, err
}

// Become makes the transaction that of the subject in a database role, as far as the subject is admitted now, and under the
// policy version of the request.
func (r *Request) Become(ctx context.Context, tx pgx.Tx, role string) error {
	b := &pgx.Batch{}
	prologue(b, r.subject, role)
	results := tx.SendBatch(ctx, b)
	defer func() { _ = results.Close() }()
	return r.admitted(results)
}

// Guess begins a look-up by a command that could be a guess. It ends when the function that it returns is told whether nothing
// was found.
func (r *Request) Guess(ctx context.Context) (end func(missed bool), err error) {
	ended, err := r.store.guesses.begin(ctx, r.subject, 1)
	return func(missed bool) {
		if missed {
			ended(1)
			return
		}
		ended(0)
	}, err
}

// Carried notes a command whose entry has to be linked before the answer leaves.
func (r *Request) Carried(c audit.Command) { r.carried = append(r.carried, c) }

// Commands are those that were carried out, or may have been.
func (r *Request) Commands() []audit.Command { return r.carried }

// Read reads the record afresh, as the caller sees it, in a transaction that has become the caller's reading role. A caller
// who does not see it is answered null.
func (s *Result) Read(ctx context.Context, tx pgx.Tx, id uuid.UUID) (*Answer, error) {
	s.request.result = id
	var args []any
	for _, parameter := range s.plan.params {
		arg, err := parameter(s.request)
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	rs, err := tx.Query(ctx, s.plan.sql, args...)
	if err != nil {
		return nil, fmt.Errorf("read the result: %w", err)
	}
	answered := &statement{plan: s.plan}
	s.request.asked, s.request.shown = []*statement{answered}, nil // an attempt before this one has come to nothing
	if _, err := s.request.render(rs, answered); err != nil {
		return nil, err
	}
	s.request.once.Do(func() {}) // nothing is left to be sent
	return &Answer{request: s.request, statement: answered}, nil
}

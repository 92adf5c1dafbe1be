package server

import (
	"cmp"
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// run answers a request, and once more where the policy changed while it ran: the second time under the new one. Commands
// are not repeated.
func (s *Server) run(ctx context.Context, x *exchange, q request) *graphql.Response {
	resp := s.attempt(ctx, x, q)
	if x.policyChanged.Swap(false) && x.run.Operation != nil && x.run.Operation.Operation == ast.Query {
		resp = s.attempt(ctx, x, q)
	}
	return resp
}

// attempt runs the request with the profile's engine of this moment.
func (s *Server) attempt(ctx context.Context, x *exchange, q request) *graphql.Response {
	x.run = s.operation(q)
	e, err := s.engines.of(profile{x.subject.Role, x.subject.Purpose})
	if err != nil {
		return s.failure(ctx, err)
	}
	x.version = e.version
	if errs := e.prepare(x, x.run, q); errs != nil {
		return &graphql.Response{Errors: errs}
	}
	return s.settle(ctx, s.execute(ctx, e, x.run))
}

func (s *Server) operation(q request) *graphql.OperationContext {
	return &graphql.OperationContext{
		RawQuery:               q.query,
		OperationName:          q.operationName,
		RecoverFunc:            s.recovered,
		ResolverMiddleware:     plainField,
		RootResolverMiddleware: plainRoot,
	}
}

func plainField(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) }

func plainRoot(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) }

// prepare completes the operation: its document, variables and limits.
func (e *engine) prepare(x *exchange, op *graphql.OperationContext, q request) gqlerror.List {
	d, errs := e.document(q.query)
	if errs != nil {
		return errs
	}
	x.operation, op.Doc = d.fingerprint, d.ast
	operation := d.ast.Operations.ForName(q.operationName)
	if operation == nil {
		return gqlerror.List{faulty(wrong("name one of the document's operations in operationName"))}
	}
	variables, err := coerce(e.schema.Schema(), operation, q.variables)
	if err != nil {
		return gqlerror.List{err}
	}
	op.Operation, op.Variables = operation, variables
	if f := e.limits.charge(op); f != nil {
		return gqlerror.List{faulty(f)}
	}
	return nil
}

// execute runs the operation. Nil means that its time is over.
func (s *Server) execute(ctx context.Context, e *engine, op *graphql.OperationContext) *graphql.Response {
	ctx = graphql.WithOperationContext(graphql.WithResponseContext(ctx, s.present, s.recovered), op)
	resp := e.schema.Exec(ctx)(ctx)
	if resp == nil || ctx.Err() != nil {
		return nil
	}
	resp.Errors = append(resp.Errors, graphql.GetErrors(ctx)...)
	if extensions := graphql.GetExtensions(ctx); len(extensions) > 0 {
		resp.Extensions = extensions
	}
	return resp
}

// settle turns what ran into what may be answered. All root fields are one snapshot, so when one could not be read at all
// the others are not told either. Root fields run at once, so errors are put in order, or two answers could differ.
func (s *Server) settle(ctx context.Context, resp *graphql.Response) *graphql.Response {
	switch {
	case resp == nil:
		return s.failure(ctx, cmp.Or(context.Cause(ctx), errPartial))
	case resp.HasNext != nil:
		return s.failure(ctx, errPartial)
	case len(resp.Errors) == 0:
		return resp
	}
	slices.SortStableFunc(resp.Errors, func(a, b *gqlerror.Error) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Path.String(), b.Path.String()))
	})
	if worst := resp.Errors[0]; rank(worst) < rankOfFields {
		return &graphql.Response{Errors: gqlerror.List{{Message: worst.Message, Extensions: worst.Extensions}}}
	}
	return resp
}

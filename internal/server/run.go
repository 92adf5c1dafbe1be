package server

import (
	"cmp"
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"korpu/internal/fault"
)

// run answers a request, and once more where the policy changed while it ran: the second time under the new one. Commands
// are not repeated.
func (s *Server) run(ctx context.Context, x *exchange, q request) *graphql.Response {
	op, resp := s.attempt(ctx, x, q)
	if x.policyChanged.Swap(false) && op.Operation != nil && op.Operation.Operation == ast.Query {
		op, resp = s.attempt(ctx, x, q)
	}
	return s.finish(ctx, x, op, resp)
}

// attempt runs the request with the profile's engine of this moment.
func (s *Server) attempt(ctx context.Context, x *exchange, q request) (*graphql.OperationContext, *graphql.Response) {
	op := s.operation(q)
	e, err := s.engines.of(profile{x.subject.Role, x.subject.Purpose})
	if err != nil {
		return op, s.failure(ctx, err)
	}
	if errs := e.prepare(x, op, q); errs != nil {
		return op, &graphql.Response{Errors: errs}
	}
	return op, s.settle(ctx, s.execute(ctx, e, op))
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

// finish lets the wiring record the answer; what it cannot record does not leave.
func (s *Server) finish(ctx context.Context, x *exchange, op *graphql.OperationContext, resp *graphql.Response) *graphql.Response {
	if s.config.Finish == nil {
		return resp
	}
	if err := s.config.Finish(context.WithoutCancel(ctx), x.subject, op, resp); err != nil {
		s.logError(ctx, "the answer could not be recorded", err)
		return s.failure(ctx, fault.New(fault.Unavailable, "the answer could not be recorded, so it is not given; try again later"))
	}
	return resp
}

package server

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"korpu/internal/fault"
)

var (
	errPartial  = errors.New("the executor answered in parts")
	errArgument = wrong("an argument has a value that its type does not allow")
)

// present turns an error of the executor or a resolver into one that may leave. It is the only way out for errors that
// arise while a document runs.
func (s *Server) present(ctx context.Context, err error) *gqlerror.Error {
	told := faulty(s.told(ctx, err))
	var located *gqlerror.Error
	if errors.As(err, &located) {
		told.Path, told.Locations = located.Path, located.Locations
	}
	if told.Path == nil {
		told.Path = graphql.GetPath(ctx)
	}
	return told
}

// told is what a client learns of an error; what it must not learn goes to the log under the request's id.
func (s *Server) told(ctx context.Context, err error) *fault.Error {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		if joined(err) != nil {
			s.logError(ctx, "the request failed", err) // the fault is for the caller, the cause beside it for the operator
		}
		return f
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &fault.Error{Code: fault.Timeout, Message: "the answer took too long; ask for less, or try again later"}
	case s.config.PolicyChanged(err):
		if x := exchangeOf(ctx); x != nil {
			x.policyChanged.Store(true)
		}
		return &fault.Error{Code: fault.Unavailable, Message: "the policy changed while the request ran; ask again"}
	case inArguments(ctx):
		return errArgument
	}
	s.logError(ctx, "the request failed", err)
	return fault.Of(err)
}

// inArguments tells an error of reading a field's arguments, which arises before they are there: it is the caller's.
func inArguments(ctx context.Context) bool {
	field := graphql.GetFieldContext(ctx)
	return field != nil && field.Args == nil && field.Field.Field != nil && len(field.Field.Definition.Arguments) > 0
}

// rankOfFields is where the codes begin that concern one field; the ranks before it are those of the whole request.
const rankOfFields = 10

// rank orders errors: those of the whole request first, a defect before all.
func rank(e *gqlerror.Error) int {
	switch e.Extensions["code"] {
	case fault.Internal:
		return 0
	case fault.Unauthenticated:
		return 1
	case fault.Forbidden:
		return 2
	case fault.Unavailable:
		return 3
	case fault.Timeout:
		return 4
	case fault.RateLimited:
		return 5
	default:
		return rankOfFields
	}
}

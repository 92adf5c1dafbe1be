// Package identity turns a bearer token into a Subject: the one who asks, for which agency, in which role, for which purpose.
package identity

import (
	"context"

	"github.com/google/uuid"
)

// Subject is who asks. It is decided once per request and carried unchanged to PostgreSQL, which checks it again in the request's own snapshot.
type Subject struct {
	Staff    uuid.UUID
	Agency   uuid.UUID
	Role     string // as in the policy, without its prefix: court_clerk
	Purpose  string // COURT_ADMINISTRATION
	Issuer   string // that signed the token; client ids are unique within an issuer only
	Client   string // the OAuth client that holds the token
	Asserted bool   // named by a partner system (Korpu-On-Behalf-Of) rather than signed in
}

type contextKey struct{}

// With returns a context that carries the subject of the request.
func With(ctx context.Context, s Subject) context.Context {
	return context.WithValue(ctx, contextKey{}, s)
}

// Known tells whether a person or at least a partner's system has been recognised.
func (s Subject) Known() bool { return s.Agency != uuid.Nil }

// RefusedError is the error of a request whose token is good, and which is refused for what it asks. Who asked stands in it as far
// as that is known, to be written down and for nothing else.
type RefusedError struct {
	Who   Subject
	cause error
}

func (r *RefusedError) Error() string { return r.cause.Error() }
func (r *RefusedError) Unwrap() error { return r.cause }

// From returns the subject of the request; false means that nobody was authenticated.
func From(ctx context.Context) (Subject, bool) {
	s, ok := ctx.Value(contextKey{}).(Subject)
	return s, ok
}

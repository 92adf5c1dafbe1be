package server

import (
	"context"
	"crypto/rand"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"korpu/internal/identity"
)

// exchange is one request and what is known of it so far.
type exchange struct {
	id            string
	started       time.Time
	media         *media
	subject       identity.Subject
	operation     string // fingerprint of the document
	version       string // of the policy
	run           *graphql.OperationContext
	retryAfter    string
	policyChanged atomic.Bool // set from the goroutines of root fields
}

type exchangeKey struct{}

func newExchange() *exchange {
	return &exchange{id: rand.Text(), started: time.Now(), media: jsonMedia, retryAfter: "60"}
}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// RequestID is the random id of the request, as the header Korpu-Request-Id tells it to the caller.
func RequestID(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.id
	}
	return ""
}

// PolicyVersion is the version of the policy under which the request runs.
func PolicyVersion(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.version
	}
	return ""
}

// OperationHash names the shape of the request's document: the same for every value written into it, so that it tells
// nothing of a person and can be counted, logged and audited.
func OperationHash(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.operation
	}
	return ""
}

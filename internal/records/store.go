// Package records answers questions about records. It compiles what was selected to one SQL statement per root field over
// the views of the caller's profile, sends all statements of an operation as one batch in one snapshot, and renders the
// rows as JSON. Nothing here decides who may see what: PostgreSQL does, by the views and the role of the request.
package records

import (
	"context"
	"fmt"
	"log/slog"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/internal/identity"
	"korpu/internal/vault"
	"korpu/policy"
)

// Store answers questions over a pool whose login may become any reading role.
type Store struct {
	pool    *pgxpool.Pool
	plans   *lru.Cache[string, *plan]
	vault   *vault.Vault
	cursors *cursors
	guesses *guesses
}

// New makes a store. The vault opens encrypted fields. The key encrypts cursors; every instance of the hub has the same. So many
// look-ups of an asker may find nothing at once.
func New(pool *pgxpool.Pool, v *vault.Vault, cursorKey []byte, guesses int) (*Store, error) {
	plans, err := lru.New[string, *plan](2000)
	if err != nil {
		return nil, fmt.Errorf("make the plan cache: %w", err)
	}
	c, err := newCursors(cursorKey)
	if err != nil {
		return nil, err
	}
	g, err := newGuesses(guesses)
	if err != nil {
		return nil, err
	}
	return &Store{pool: pool, plans: plans, vault: v, cursors: c, guesses: g}, nil
}

type contextKey struct{}

// Begin starts the reads of one operation and returns a context that carries them to the resolvers.
func (s *Store) Begin(ctx context.Context, subject identity.Subject, profile *policy.Profile, version int64) (context.Context, *Request) {
	r := &Request{store: s, ctx: ctx, subject: subject, profile: profile, version: version, bindings: map[*page]string{}, shelf: shelves.Get().(*shelf)}
	return context.WithValue(ctx, contextKey{}, r), r
}

// Read plans the root field that is being resolved. Nothing is sent before every root field of the operation is planned.
func (s *Store) Read(ctx context.Context) (*Answer, error) {
	r, ok := ctx.Value(contextKey{}).(*Request)
	if !ok {
		return nil, fmt.Errorf("a resolver read outside of an operation")
	}
	return r.add(ctx)
}

func logFailure(ctx context.Context, what string, err error) {
	slog.ErrorContext(ctx, what, "sqlstate", sqlState(err), "kind", fmt.Sprintf("%T", err))
}

// ProfileOf returns the profile of the operation in which a resolver runs.
func ProfileOf(ctx context.Context) *policy.Profile {
	return ctx.Value(contextKey{}).(*Request).profile
}

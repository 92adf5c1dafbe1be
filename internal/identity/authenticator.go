package identity

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	lru "github.com/hashicorp/golang-lru/v2"
)

// Config is what an Authenticator needs to know. The policy gives the purposes and the two functions.
type Config struct {
	Issuers        []Issuer
	Purposes       []string
	DefaultPurpose func(role string) (string, bool)
	Allowed        func(role, purpose string) bool
	Directory      Directory
	Now            func() time.Time
}

// Authenticator turns the headers of a request into the subject who asks.
type Authenticator struct {
	issuers        map[string]*trusted
	algorithms     []jose.SignatureAlgorithm
	purposes       []string
	defaultPurpose func(role string) (string, bool)
	allowed        func(role, purpose string) bool
	directory      Directory
	now            func() time.Time
	holders        *lru.Cache[[sha256.Size]byte, *holder]
	subjects       *lru.Cache[cacheKey, resolved]
}

// resolved is a subject that was found for a token and its headers.
type resolved struct {
	subject Subject
	until   time.Time
}

const (
	remembered = 4096
	// Each request checks its subject again in its own snapshot; this bounds what that check does not see: a login moved
	// to another person, a changed default purpose, a key that its issuer withdrew.
	resolvedFor = 30 * time.Second
)

// New makes an Authenticator; it asks no issuer for anything yet, so that the hub starts while one is down. The context is
// the hub's lifetime, which ends what is fetched in the background.
func New(ctx context.Context, c Config) (*Authenticator, error) {
	if err := errors.Join(checkIssuers(c.Issuers), checkRoles(c)); err != nil {
		return nil, err
	}
	a := &Authenticator{
		issuers: map[string]*trusted{}, purposes: c.Purposes, defaultPurpose: c.DefaultPurpose, allowed: c.Allowed,
		directory: c.Directory, now: c.Now,
	}
	var err error
	if a.holders, err = lru.New[[sha256.Size]byte, *holder](remembered); err != nil {
		return nil, fmt.Errorf("make the cache of tokens: %w", err)
	}
	if a.subjects, err = lru.New[cacheKey, resolved](remembered); err != nil {
		return nil, fmt.Errorf("make the cache of subjects: %w", err)
	}
	for _, issuer := range c.Issuers {
		if err := a.trust(ctx, issuer); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// checkRoles refuses a role that no rule lets do anything: it is mistyped, and its holders would find out one by one.
func checkRoles(c Config) error {
	var errs []error
	for i, issuer := range c.Issuers {
		for _, role := range issuer.Roles {
			known := slices.ContainsFunc(c.Purposes, func(purpose string) bool { return c.Allowed(role, purpose) })
			if !known {
				errs = append(errs, fmt.Errorf("issuer %d (%s): roles: the policy has no role %q", i+1, issuer.URL, role))
			}
		}
	}
	return errors.Join(errs...)
}

func (a *Authenticator) trust(ctx context.Context, issuer Issuer) error {
	keys, err := newKeys(ctx, issuer.URL, a.now)
	if err != nil {
		return err
	}
	for _, algorithm := range issuer.Algorithms {
		a.algorithms = append(a.algorithms, jose.SignatureAlgorithm(algorithm))
	}
	a.issuers[issuer.URL] = &trusted{Issuer: issuer, keys: keys, config: &oidc.Config{
		ClientID: issuer.Audience, SupportedSigningAlgs: issuer.Algorithms, Now: a.now,
	}}
	return nil
}

// Authenticate returns who asks. Its errors are faults; none quotes the token.
func (a *Authenticator) Authenticate(ctx context.Context, h http.Header) (Subject, error) {
	q, err := read(h)
	if err != nil {
		return Subject{}, err
	}
	key := q.key()
	if hit, ok := a.subjects.Get(key); ok && a.now().Before(hit.until) {
		return hit.subject, nil
	}
	holder, err := a.holder(ctx, q.token, key.token)
	if err != nil {
		return Subject{}, err
	}
	subject, err := a.resolve(ctx, holder, q)
	if err != nil {
		return Subject{}, err
	}
	until := a.now().Add(resolvedFor)
	if holder.until.Before(until) {
		until = holder.until
	}
	a.subjects.Add(key, resolved{subject: subject, until: until})
	return subject, nil
}

// holder verifies a token, or remembers that it did with the keys that its issuer still has.
func (a *Authenticator) holder(ctx context.Context, token string, hash [sha256.Size]byte) (*holder, error) {
	known, ok := a.holders.Get(hash)
	if !ok || known.keys != known.issuer.keys.current.Load() {
		return a.verifyNew(ctx, token, hash)
	}
	if !a.now().Before(known.until) {
		return nil, errExpired
	}
	known.issuer.keys.renew(known.keys)
	return known, nil
}

func (a *Authenticator) verifyNew(ctx context.Context, token string, hash [sha256.Size]byte) (*holder, error) {
	verified, err := a.verify(ctx, token)
	if err != nil {
		return nil, err
	}
	a.holders.Add(hash, verified)
	return verified, nil
}

// Forget drops what is remembered of a subject that PostgreSQL did not admit, so that its next request is looked up anew.
func (a *Authenticator) Forget(s Subject) {
	for _, key := range a.subjects.Keys() {
		if known, ok := a.subjects.Peek(key); ok && known.subject == s {
			a.subjects.Remove(key)
		}
	}
}

package identity

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"korpu/internal/fault"
)

const (
	longestToken = 8 << 10
	clockSkew    = time.Minute // between an issuer's clock and ours, for iat and nbf; exp has none
)

// trusted is an issuer with what its tokens are checked against.
type trusted struct {
	Issuer
	keys   *keys
	config *oidc.Config
}

// holder is what a verified token says: who signed in, or which system, through which client.
type holder struct {
	issuer  *trusted
	subject string
	client  string
	system  bool
	until   time.Time
	keys    *keySet // that the token was verified with
}

// claims are those that go-oidc does not judge, since it verifies ID tokens and we take access tokens only.
type claims struct {
	NotBefore float64         `json:"nbf"`
	Party     string          `json:"azp"`
	Client    string          `json:"client_id"`
	Nonce     json.RawMessage `json:"nonce"`
	CodeHash  json.RawMessage `json:"c_hash"`
	TokenHash json.RawMessage `json:"at_hash"`
	Bound     json.RawMessage `json:"cnf"`
}

// verify checks a token against the one issuer that it names. No failure makes another issuer try.
func (a *Authenticator) verify(ctx context.Context, token string) (*holder, error) {
	header, issuer, err := a.issuerOf(token)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(issuer.Algorithms, header.Algorithm) {
		return nil, refused(badAlgorithm)
	}
	set, err := issuer.keys.with(ctx, header.KeyID)
	if err != nil {
		return nil, keyFault(err)
	}
	key := set.byID[header.KeyID]
	if key.Algorithm != "" && key.Algorithm != header.Algorithm {
		return nil, refused("its algorithm is not the one of its key")
	}
	one := &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{key.Key}}
	verified, err := oidc.NewVerifier(issuer.URL, one, issuer.config).Verify(ctx, token)
	if err != nil {
		return nil, verifyFault(err)
	}
	h, err := issuer.judge(verified, header, a.now())
	if err != nil {
		return nil, err
	}
	h.keys = set
	return h, nil
}

// issuerOf reads the issuer that a token claims, unverified, and only to choose whose keys and rules it must meet.
func (a *Authenticator) issuerOf(token string) (jose.Header, *trusted, error) {
	if len(token) > longestToken {
		return jose.Header{}, nil, refused("it is too long")
	}
	jws, err := jose.ParseSignedCompact(token, a.algorithms)
	if err != nil {
		return jose.Header{}, nil, refused(badAlgorithm)
	}
	var claimed struct {
		Issuer string `json:"iss"`
	}
	if err := json.Unmarshal(jws.UnsafePayloadWithoutVerification(), &claimed); err != nil {
		return jose.Header{}, nil, refused("its claims are unreadable")
	}
	issuer, ok := a.issuers[claimed.Issuer]
	if !ok {
		return jose.Header{}, nil, refused("this hub does not trust its issuer")
	}
	return jws.Signatures[0].Protected, issuer, nil
}

// judge applies what makes a signed JWT an access token for this hub, held by a client that the issuer was given.
func (i *trusted) judge(token *oidc.IDToken, header jose.Header, now time.Time) (*holder, error) {
	var c claims
	if err := token.Claims(&c); err != nil {
		return nil, refused("its claims are unreadable")
	}
	if err := i.judgeKind(token, header, c); err != nil {
		return nil, err
	}
	until, err := i.judgeTime(token, c, now)
	if err != nil {
		return nil, err
	}
	client := c.Client
	if client == "" {
		client = c.Party
	}
	if token.Subject == "" || client == "" || (c.Party != "" && c.Party != client) {
		return nil, refused("it must carry sub, and one client as client_id or azp")
	}
	h := &holder{issuer: i, subject: token.Subject, client: client, until: until}
	if !slices.Contains(i.Clients, client) {
		h.system = true
		return h, i.judgeSystem(h)
	}
	return h, nil
}

// judgeKind refuses ID tokens, which are made for the client that shows them and not for us, and tokens whose holder must
// prove a key, which a bearer header cannot do.
func (i *trusted) judgeKind(token *oidc.IDToken, header jose.Header, c claims) error {
	if c.Nonce != nil || c.TokenHash != nil || c.CodeHash != nil || !i.isAccessToken(token, header) {
		return refused("it is not an access token; send the access token, not the ID token")
	}
	if c.Bound != nil {
		return refused("it is bound to a key and cannot be used as a bearer token")
	}
	return nil
}

func (i *trusted) isAccessToken(token *oidc.IDToken, header jose.Header) bool {
	kind, _ := header.ExtraHeaders[jose.HeaderType].(string)
	kind = strings.ToLower(kind)
	if kind == "at+jwt" || kind == "application/at+jwt" {
		return true
	}
	name, value, configured := strings.Cut(i.TokenUseClaim, "=")
	var all map[string]any
	return configured && token.Claims(&all) == nil && all[name] == value
}

func (i *trusted) judgeTime(token *oidc.IDToken, c claims, now time.Time) (time.Time, error) {
	until := token.IssuedAt.Add(time.Duration(i.MaxAge))
	if token.Expiry.Before(until) {
		until = token.Expiry
	}
	switch {
	case token.IssuedAt.IsZero() || token.IssuedAt.After(now.Add(clockSkew)):
		return until, refused("its iat is absent or in the future")
	case time.Unix(int64(c.NotBefore), 0).After(now.Add(clockSkew)):
		return until, refused("it is not valid yet")
	case !now.Before(until):
		return until, errExpired
	}
	return until, nil
}

// judgeSystem takes only a system's own token: one that a person obtained through the system's client would lend that
// person all that the system may do.
func (i *trusted) judgeSystem(h *holder) error {
	own := h.client
	if subject, ok := i.SystemSubjects[h.client]; ok {
		own = subject
	}
	if h.subject != own {
		return refused("its client is not one through which persons sign in")
	}
	return nil
}

var errExpired = fault.New(fault.Unauthenticated, "the access token has expired; get a new one")

const badAlgorithm = "it is no signed JWT, or its algorithm is not accepted"

// refused never quotes the token or a claim: the text goes to whoever sent it, and into logs.
func refused(why string) error {
	return fault.New(fault.Unauthenticated, "the access token is refused: %s", why)
}

func verifyFault(err error) error {
	var expired *oidc.TokenExpiredError
	if errors.As(err, &expired) {
		return errExpired
	}
	return refused("its signature, audience or time is wrong")
}

func keyFault(err error) error {
	switch {
	case errors.Is(err, errUnknownKey):
		return refused("its key is not one of its issuer's")
	case errors.Is(err, errAskedTooOften):
		return fault.New(fault.RateLimited, "the token's key is unknown, and its issuer was asked for new keys moments ago; try again in a minute")
	}
	return fmt.Errorf("%w: %w", fault.New(fault.Unavailable, "the token's issuer cannot be reached; try again shortly"), err)
}

package issuer

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const (
	tokenUse       = "token_use"
	tokenUseAccess = "access"
	openSignIns    = 1000
)

var (
	errNoClient  = errors.New("no such client, or its secret is wrong")
	errNoRequest = errors.New("no such sign-in; it may have taken too long")
	errNotHere   = errors.New("the development issuer does not do this")
)

// store is what the library asks for clients, keys and sign-ins. Everything is in memory: a restart ends the sign-ins under way.
type store struct {
	op.Storage // nil: what is not overridden below cannot be reached, see Issuer.routes
	key        private
	audience   string
	clients    map[string]application

	mu       sync.Mutex
	requests *lru.Cache[string, *request]
	codes    *lru.Cache[string, string] // code → id of the request
}

func newStore(c Config, key private) (*store, error) {
	requests, err := lru.New[string, *request](openSignIns)
	if err != nil {
		return nil, fmt.Errorf("development issuer: %w", err)
	}
	codes, err := lru.New[string, string](openSignIns)
	if err != nil {
		return nil, fmt.Errorf("development issuer: %w", err)
	}
	s := &store{key: key, audience: c.Audience, clients: map[string]application{}, requests: requests, codes: codes}
	for _, client := range c.Clients {
		s.clients[client.ID] = application{Client: client, loginURL: c.BaseURL + "/login"}
	}
	return s, nil
}

// CreateAuthRequest takes only requests with PKCE by SHA-256.
func (s *store) CreateAuthRequest(_ context.Context, asked *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	if asked.CodeChallenge == "" || asked.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, oidc.ErrInvalidRequest().WithDescription("send code_challenge with code_challenge_method=S256")
	}
	r := &request{AuthRequest: *asked, id: uuid.NewString(), audience: s.audience, began: time.Now()}
	s.requests.Add(r.id, r)
	return r, nil
}

func (s *store) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	return s.request(id)
}

// request returns a copy: the library reads it without our lock.
func (s *store) request(id string) (*request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.requests.Get(id)
	if !ok || time.Since(r.began) > requestLifetime {
		return nil, errNoRequest
	}
	held := *r
	return &held, nil
}

func (s *store) choose(id, subject string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.requests.Get(id)
	if !ok {
		return errNoRequest
	}
	r.subject = subject
	return nil
}

func (s *store) SaveAuthCode(_ context.Context, id, code string) error {
	s.codes.Add(code, id)
	return nil
}

// AuthRequestByCode burns the code, so that a wrong verifier has one attempt.
func (s *store) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	id, ok := s.codes.Get(code)
	if !ok || !s.codes.Remove(code) {
		return nil, errNoRequest
	}
	return s.AuthRequestByID(ctx, id)
}

func (s *store) DeleteAuthRequest(_ context.Context, id string) error {
	s.requests.Remove(id)
	return nil
}

func (s *store) CreateAccessToken(context.Context, op.TokenRequest) (string, time.Time, error) {
	return uuid.NewString(), time.Now().Add(tokenLifetime), nil
}

// GetPrivateClaimsFromScopes marks access tokens, since the library gives ID tokens the same type and audience.
func (s *store) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return map[string]any{tokenUse: tokenUseAccess}, nil
}

func (s *store) SetUserinfoFromScopes(_ context.Context, info *oidc.UserInfo, subject, _ string, _ []string) error {
	info.Subject = subject
	return nil
}

func (s *store) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	client, ok := s.clients[id]
	if !ok {
		return nil, errNoClient
	}
	return client, nil
}

func (s *store) ClientCredentials(_ context.Context, id, secret string) (op.Client, error) {
	client, ok := s.clients[id]
	if !ok || subtle.ConstantTimeCompare([]byte(client.Secret), []byte(secret)) != 1 {
		return nil, errNoClient
	}
	return client, nil
}

func (s *store) ClientCredentialsTokenRequest(_ context.Context, id string, scopes []string) (op.TokenRequest, error) {
	return s.tokenRequest(id, scopes), nil
}

func (s *store) tokenRequest(subject string, scopes []string) *oidc.JWTTokenRequest {
	return &oidc.JWTTokenRequest{Subject: subject, Audience: []string{s.audience}, Scopes: scopes}
}

// AuthorizeClientIDSecret is for confidential clients that sign persons in; there are none here.
func (s *store) AuthorizeClientIDSecret(context.Context, string, string) error { return errNotHere }

// GetKeyByIDAndClientID is for clients that sign assertions; there are none here.
func (s *store) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errNotHere
}

func (s *store) SigningKey(context.Context) (op.SigningKey, error) { return s.key, nil }

func (s *store) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{Algorithm}, nil
}

func (s *store) KeySet(context.Context) ([]op.Key, error) { return []op.Key{public{s.key}}, nil }

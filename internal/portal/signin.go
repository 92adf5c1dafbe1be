package portal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// signer signs people in at the issuer, by authorization code with PKCE. It finds the issuer when it is first needed, and again
// as long as it does not answer.
type signer struct {
	config   Config
	mutex    sync.Mutex
	provider *oidc.Provider
}

func newSigner(c Config) *signer { return &signer{config: c} }

func (s *signer) found(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.provider == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		provider, err := oidc.NewProvider(ctx, s.config.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("find the issuer: %w", err)
		}
		s.provider = provider
	}
	return s.provider, &oauth2.Config{
		ClientID: s.config.ClientID, Endpoint: s.provider.Endpoint(), RedirectURL: s.config.URL + Callback, Scopes: []string{oidc.ScopeOpenID},
	}, nil
}

// signIn sends the browser to the issuer.
func (p *Portal) signIn(w http.ResponseWriter, r *http.Request) {
	_, config, err := p.signer.found(r.Context())
	if err != nil {
		p.tell(w, r, http.StatusBadGateway, "signin.issuer_down")
		return
	}
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	p.sessions.Put(r.Context(), keyState, state)
	p.sessions.Put(r.Context(), keyNonce, nonce)
	p.sessions.Put(r.Context(), keyVerifier, verifier)
	http.Redirect(w, r, config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), http.StatusSeeOther)
}

// signedIn takes the browser back from the issuer. What fails here tells nothing but that it failed.
func (p *Portal) signedIn(w http.ResponseWriter, r *http.Request) {
	token, err := p.exchange(r)
	if err == nil {
		err = p.begin(r.Context(), token.AccessToken, token.Expiry)
	}
	if err != nil {
		p.tell(w, r, http.StatusBadRequest, "signin.failed")
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// exchange gets the token for a code that came back to the session that asked for it.
func (p *Portal) exchange(r *http.Request) (*oauth2.Token, error) {
	ctx, query := r.Context(), r.URL.Query()
	state, nonce, verifier := p.sessions.PopString(ctx, keyState), p.sessions.PopString(ctx, keyNonce), p.sessions.PopString(ctx, keyVerifier)
	if state == "" || query.Get("state") != state {
		return nil, errors.New("this session asked for no such sign-in")
	}
	provider, config, err := p.signer.found(ctx)
	if err != nil {
		return nil, err
	}
	token, err := config.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		return nil, fmt.Errorf("exchange the code: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, raw)
	if err != nil || id.Nonce != nonce {
		return nil, fmt.Errorf("the ID token is not of this sign-in: %w", err)
	}
	if token.Expiry.IsZero() {
		token.Expiry = id.Expiry
	}
	return token, nil
}

func (p *Portal) signOut(w http.ResponseWriter, r *http.Request) {
	language := p.sessions.GetString(r.Context(), keyLanguage)
	if err := p.sessions.Destroy(r.Context()); err != nil {
		p.tell(w, r, http.StatusInternalServerError, "problem.INTERNAL")
		return
	}
	p.sessions.Put(r.Context(), keyLanguage, language)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

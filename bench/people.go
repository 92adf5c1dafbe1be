package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"

	"korpu/internal/demo/issuer"
	"korpu/internal/identity"
	"korpu/policy"
)

const (
	audience = "korpu"
	signIn   = "portal"
)

// people signs the tokens of those who ask. The hub verifies them as it does any others.
type people struct {
	issuer *issuer.Issuer
	url    string
	signed map[uuid.UUID]string
}

// openIssuer serves an issuer until the context ends.
func openIssuer(ctx context.Context) (*people, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	p := &people{url: "http://" + l.Addr().String() + "/issuer", signed: map[uuid.UUID]string{}}
	p.issuer, err = issuer.New(issuer.Config{
		BaseURL: p.url, Audience: audience, Clients: []issuer.Client{{ID: signIn, RedirectURIs: []string{p.url + "/back"}}},
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/issuer/", p.issuer)
	go func() { _ = plain(mux)(ctx, l) }() // a failure shows at the first token
	return p, nil
}

func (p *people) token(staff uuid.UUID) (string, error) {
	if t, ok := p.signed[staff]; ok {
		return t, nil
	}
	t, err := p.issuer.Token(issuer.Persona{Subject: "staff-" + staff.String()})
	if err != nil {
		return "", err
	}
	p.signed[staff] = t
	return t, nil
}

// trusted is the issuer as the hub is told of it: it may speak for these agencies, in every role.
func trusted(url string, agencies []string) identity.Issuer {
	i := identity.Issuer{
		URL: url, Audience: audience, Algorithms: []string{issuer.Algorithm}, Clients: []string{signIn}, Agencies: agencies,
		TokenUseClaim: issuer.TokenUseClaim, MaxAge: identity.Duration(12 * time.Hour),
	}
	for _, r := range policy.Roles {
		i.Roles = append(i.Roles, r.Name)
	}
	return i
}

package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/demo/country"
	"korpu/internal/demo/issuer"
	"korpu/internal/identity"
	"korpu/internal/portal"
	"korpu/internal/postgres/pgserver"
	"korpu/policy"
)

const (
	issuerPath = "/dev-issuer"
	audience   = "korpu"
	// secret of every partner system of the demo; it guards synthetic data only.
	secret = "synthetic"
	// SignIn is the client through which the demo's persons sign in.
	SignIn = "graphiql"
	// pagesClient is the one through which they sign in to the pages.
	pagesClient = "portal"
)

func issuerURL(url string) string { return url + issuerPath }

func newIssuer(url, dir string) (*issuer.Issuer, error) {
	c := issuer.Config{BaseURL: issuerURL(url), Audience: audience, KeyDir: dir, Personas: personas()}
	c.Clients = append(c.Clients, issuer.Client{ID: SignIn, RedirectURIs: []string{url + "/graphiql"}},
		issuer.Client{ID: pagesClient, RedirectURIs: []string{url + portal.Callback}})
	for _, system := range country.Clients() {
		c.Clients = append(c.Clients, issuer.Client{ID: system.ID, Secret: secret})
	}
	return issuer.New(c)
}

func personas() []issuer.Persona {
	var all []issuer.Persona
	for _, p := range country.Personas() {
		all = append(all, issuer.Persona{Name: p.Name, Title: p.Title, Subject: p.Subject, Role: p.Role})
	}
	return all
}

func trusted(url string, agencies []string) identity.Issuer {
	i := identity.Issuer{
		URL: url, Audience: audience, Algorithms: []string{issuer.Algorithm}, Clients: []string{SignIn, pagesClient},
		Agencies: agencies, TokenUseClaim: issuer.TokenUseClaim, MaxAge: identity.Duration(12 * time.Hour),
	}
	for _, r := range policy.Roles {
		i.Roles = append(i.Roles, r.Name)
	}
	return i
}

// Token is an access token of the demo in the folder, for a role's first persona or a persona by name.
func Token(dir, as string) (string, error) {
	i, err := remembered(dir)
	if err != nil {
		return "", err
	}
	for _, p := range country.Personas() {
		if p.Name == as || p.Role == as && p.DefaultOfRole {
			return i.Token(issuer.Persona{Subject: p.Subject})
		}
	}
	return "", fmt.Errorf("nobody is called %q; see korpu token --list", as)
}

// SystemToken is an access token of a partner system of the demo in the folder.
func SystemToken(dir, client string) (string, error) {
	i, err := remembered(dir)
	if err != nil {
		return "", err
	}
	return i.ClientToken(client)
}

func remembered(dir string) (*issuer.Issuer, error) {
	s, err := recall(dir)
	if err != nil {
		return nil, err
	}
	return newIssuer(s.URL, dir)
}

// Listed is a persona with the identifier that partner systems name it by.
type Listed struct{ Name, Role, Staff, Title string }

// List names the personas of the running demo in the folder.
func List(ctx context.Context, dir string) ([]Listed, error) {
	dsn, err := pgserver.DSN(serverDir(dir), database)
	if err != nil {
		return nil, fmt.Errorf("find the demo's database: %w", err)
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("reach the demo's database (is korpu demo running?): %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var all []Listed
	for _, p := range country.Personas() {
		l := Listed{Name: p.Name, Role: p.Role, Title: p.Title}
		if err := conn.QueryRow(ctx, "select staff_id::text from korpu.staff_identity where subject = $1", p.Subject).Scan(&l.Staff); err != nil {
			return nil, fmt.Errorf("find persona %s: %w", p.Name, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// AdminURL is the superuser's address of the running demo's database.
func AdminURL(dir string) (string, error) { return pgserver.DSN(serverDir(dir), database) }

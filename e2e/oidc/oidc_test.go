package oidc_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"korpu/internal/fault"
	"korpu/internal/hubtest"
	"korpu/internal/identity"
	"korpu/policy"
)

const (
	portal   = "korpu-portal"
	callback = "http://127.0.0.1/callback"
	resource = "urn:korpu"
)

// trusting is the part of a hub that trusts the issuer: a court with one clerk, who signs in as "clerk", and one system.
func trusting(t *testing.T, issuer string) (hub func(audience string) *identity.Authenticator, clerkID string) {
	t.Helper()
	admin, conn := hubtest.Database(t)
	err := conn.QueryRow(t.Context(), `with
		d as (insert into korpu.district (code, name, city) values ('D', 'D', 'D') returning id),
		a as (insert into korpu.agency (code, name, kind, district_id) select 'COURT', 'Court', 'COURT', id from d returning id),
		s as (insert into korpu.staff (agency_id, name) select id, 'Clerk' from a returning id),
		r as (insert into korpu.staff_role (staff_id, role) select id, 'court_clerk' from s),
		i as (insert into korpu.staff_identity (issuer, subject, staff_id) select $1, 'clerk', id from s),
		c as (insert into korpu.client (issuer, client_id, agency_id, roles, purposes)
		      select $1, 'court-system', id, '{court_clerk}', '{COURT_ADMINISTRATION}' from a)
		select id::text from s`, issuer).Scan(&clerkID)
	if err != nil {
		t.Fatal(err)
	}
	directory := identity.Directory{Pool: hubtest.Login(t, admin), Kind: policy.KindOf}
	return func(audience string) *identity.Authenticator {
		people, err := identity.New(t.Context(), identity.Config{
			Issuers: []identity.Issuer{{
				URL: issuer, Audience: audience, Algorithms: []string{"RS256"}, Clients: []string{portal}, Agencies: []string{"COURT"},
				Roles: []string{"court_clerk"}, MaxAge: identity.Duration(time.Hour),
			}},
			Purposes: policy.Purposes, DefaultPurpose: policy.DefaultPurpose, Allowed: policy.Allowed, Directory: directory, Now: time.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		return people
	}, clerkID
}

func TestTheHubTakesTheTokensOfAnotherIssuersSoftware(t *testing.T) {
	issuer := startProvider(t)
	hub, clerkID := trusting(t, issuer)

	t.Run("a person's access token", func(t *testing.T) {
		token := signIn(t, issuer, oauth2.SetAuthURLParam("resource", resource))
		got, err := hub("korpu").Authenticate(t.Context(), bearer(token.AccessToken))
		if err != nil || got.Staff.String() != clerkID || got.Client != portal || got.Asserted {
			t.Errorf("subject %+v, error %v", got, err)
		}
	})
	t.Run("a system's access token", func(t *testing.T) {
		h := bearer(systemToken(t, issuer))
		h.Set("Korpu-On-Behalf-Of", clerkID)
		got, err := hub("korpu").Authenticate(t.Context(), h)
		if err != nil || got.Staff.String() != clerkID || got.Client != "court-system" || !got.Asserted {
			t.Errorf("subject %+v, error %v", got, err)
		}
	})
	t.Run("but not its ID token", func(t *testing.T) {
		id, _ := signIn(t, issuer, oauth2.SetAuthURLParam("resource", resource)).Extra("id_token").(string)
		refuse(t, hub("korpu"), id, "audience")
		refuse(t, hub(portal), id, "ID token") // even where the audience is right
	})
	t.Run("nor an access token for another audience", func(t *testing.T) {
		refuse(t, hub("another-hub"), systemToken(t, issuer), "audience")
	})
	t.Run("nor one that is no JWT", func(t *testing.T) {
		refuse(t, hub("korpu"), signIn(t, issuer).AccessToken, "no signed JWT")
	})
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

func refuse(t *testing.T, people *identity.Authenticator, token, why string) {
	t.Helper()
	_, err := people.Authenticate(t.Context(), bearer(token))
	if token == "" || fault.Of(err).Code != fault.Unauthenticated || !strings.Contains(err.Error(), why) {
		t.Errorf("got %v, want a refusal with %q", err, why)
	}
}

func systemToken(t *testing.T, issuer string) string {
	t.Helper()
	config := clientcredentials.Config{
		ClientID: "court-system", ClientSecret: "a-secret-for-a-test", TokenURL: issuer + "/token", Scopes: []string{"cases"},
		EndpointParams: url.Values{"resource": {resource}}, AuthStyle: oauth2.AuthStyleInHeader,
	}
	token, err := config.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token.AccessToken
}

// signIn goes through the issuer's own pages as "clerk", with PKCE.
func signIn(t *testing.T, issuer string, asked ...oauth2.AuthCodeOption) *oauth2.Token {
	t.Helper()
	config := oauth2.Config{
		ClientID: portal, RedirectURL: callback, Scopes: []string{"openid", "cases"},
		Endpoint: oauth2.Endpoint{AuthURL: issuer + "/auth", TokenURL: issuer + "/token", AuthStyle: oauth2.AuthStyleInParams},
	}
	verifier := oauth2.GenerateVerifier()
	back := browse(t, config.AuthCodeURL("state", append(asked, oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("nonce", "n"))...))
	token, err := config.Exchange(t.Context(), back.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatalf("%v after %s", err, back)
	}
	return token
}

// browse follows the redirects, fills in the sign-in and the consent page, and returns the address of the client's callback.
func browse(t *testing.T, address string) *url.URL {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(next.URL.String(), callback) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page, _ := send(t, browser, http.MethodGet, address, nil)
	var back *url.URL
	for _, form := range []url.Values{{"prompt": {"login"}, "login": {"clerk"}, "password": {"any"}}, {"prompt": {"consent"}}} {
		page, back = send(t, browser, http.MethodPost, page, form)
	}
	if back == nil {
		t.Fatalf("the sign-in ended at %s", page)
	}
	return back
}

// send returns the page that it ended at, and where that redirects to if it does.
func send(t *testing.T, browser *http.Client, method, address string, form url.Values) (page string, back *url.URL) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	back, _ = response.Location()
	return response.Request.URL.String(), back
}

package issuer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"korpu/internal/demo/issuer"
	"korpu/internal/fault"
	"korpu/internal/hubtest"
	"korpu/internal/identity"
	"korpu/policy"
)

// hub is the part of a hub that trusts the site: a court with one clerk and one system.
func hub(t *testing.T, s site) (_ *identity.Authenticator, clerkID string) {
	t.Helper()
	admin, conn := hubtest.Database(t)
	err := conn.QueryRow(t.Context(), `with
		d as (insert into korpu.district (code, name, city) values ('D', 'D', 'D') returning id),
		a as (insert into korpu.agency (code, name, kind, district_id) select 'COURT', 'Court', 'COURT', id from d returning id),
		s as (insert into korpu.staff (agency_id, name) select id, 'Clerk' from a returning id),
		r as (insert into korpu.staff_role (staff_id, role) select id, 'court_clerk' from s),
		i as (insert into korpu.staff_identity (issuer, subject, staff_id) select $1, $2, id from s),
		c as (insert into korpu.client (issuer, client_id, agency_id, roles, purposes)
		      select $1, 'court-system', id, '{court_clerk}', '{COURT_ADMINISTRATION}' from a)
		select id::text from s`, s.base, clerk.Subject).Scan(&clerkID)
	if err != nil {
		t.Fatal(err)
	}
	people, err := identity.New(t.Context(), identity.Config{
		Issuers: []identity.Issuer{{
			URL: s.base, Audience: "korpu", Algorithms: []string{issuer.Algorithm}, Clients: []string{portal}, Agencies: []string{"COURT"},
			Roles: []string{"court_clerk"}, TokenUseClaim: issuer.TokenUseClaim, MaxAge: identity.Duration(12 * time.Hour),
		}},
		Purposes: policy.Purposes, DefaultPurpose: policy.DefaultPurpose, Allowed: policy.Allowed,
		Directory: identity.Directory{Pool: hubtest.Login(t, admin), Kind: policy.KindOf}, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return people, clerkID
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

func TestTheHubTakesTheAccessTokenOfASignInAndNotItsIDToken(t *testing.T) {
	s := start(t, "")
	people, clerkID := hub(t, s)
	tokens := s.exchange(t, s.signIn(t, clerk), verifier)
	got, err := people.Authenticate(t.Context(), bearer(tokens.token(t, "access_token")))
	if err != nil || got.Staff.String() != clerkID || got.Asserted {
		t.Errorf("subject %+v, error %v", got, err)
	}
	_, err = people.Authenticate(t.Context(), bearer(tokens.token(t, "id_token")))
	if fault.Of(err).Code != fault.Unauthenticated || !strings.Contains(err.Error(), "ID token") {
		t.Errorf("the ID token: %v", err)
	}
}

func TestTheHubTakesASystemsToken(t *testing.T) {
	s := start(t, "")
	people, clerkID := hub(t, s)
	issued := s.post(t, "/oauth/token", url.Values{"grant_type": {"client_credentials"}}, "court-system", "a secret: with / signs")
	minted, err := s.ClientToken("court-system")
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{issued.token(t, "access_token"), minted} {
		h := bearer(token)
		h.Set("Korpu-On-Behalf-Of", clerkID)
		got, err := people.Authenticate(t.Context(), h)
		if err != nil || got.Staff.String() != clerkID || !got.Asserted {
			t.Errorf("subject %+v, error %v", got, err)
		}
	}
}

func TestTheHubTakesAMintedTokenUntilItIsMadeWrong(t *testing.T) {
	s := start(t, "")
	people, _ := hub(t, s)
	for name, c := range map[string]struct {
		edits []issuer.Edit
		code  fault.Code
	}{
		"as it is":          {nil, ""},
		"expired":           {[]issuer.Edit{func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() }}, fault.Unauthenticated},
		"for somebody else": {[]issuer.Edit{func(c map[string]any) { c["aud"] = "another" }}, fault.Unauthenticated},
		"not for access":    {[]issuer.Edit{func(c map[string]any) { delete(c, "token_use") }}, fault.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			token, err := s.Token(clerk, c.edits...)
			if err != nil {
				t.Fatal(err)
			}
			_, err = people.Authenticate(t.Context(), bearer(token))
			if (err == nil) != (c.code == "") || (err != nil && fault.Of(err).Code != c.code) {
				t.Errorf("got %v, want %q", err, c.code)
			}
		})
	}
}

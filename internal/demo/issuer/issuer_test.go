package issuer_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"korpu/internal/demo/issuer"
)

// claimsOf verifies a token as any relying party would.
func (s site) claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), s.base)
	if err != nil {
		t.Fatal(err)
	}
	config := &oidc.Config{ClientID: "korpu", SupportedSigningAlgs: []string{issuer.Algorithm}}
	verified, err := provider.VerifierContext(context.WithoutCancel(t.Context()), config).Verify(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := verified.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestAPersonaSignsInWithCodeAndPKCE(t *testing.T) {
	s := start(t, "")
	tokens := s.exchange(t, s.signIn(t, clerk), verifier)
	claims := s.claimsOf(t, tokens.token(t, "access_token"))
	if claims["sub"] != clerk.Subject || claims["client_id"] != portal || claims["token_use"] != "access" {
		t.Errorf("claims %v", claims)
	}
}

func TestOnlyTheAccessTokenIsMarkedAsOne(t *testing.T) {
	s := start(t, "")
	claims := s.claimsOf(t, s.exchange(t, s.signIn(t, clerk), verifier).token(t, "id_token"))
	if claims["token_use"] != nil || claims["nonce"] != "n" {
		t.Errorf("claims %v", claims)
	}
}

func TestASystemGetsATokenForItsSecret(t *testing.T) {
	s := start(t, "")
	form := url.Values{"grant_type": {"client_credentials"}}
	claims := s.claimsOf(t, s.post(t, "/oauth/token", form, "court-system", "a secret: with / signs").token(t, "access_token"))
	if claims["sub"] != "court-system" || claims["client_id"] != "court-system" || claims["token_use"] != "access" {
		t.Errorf("claims %v", claims)
	}
}

func TestAMintedTokenCarriesWhatTheTokenEndpointGives(t *testing.T) {
	s := start(t, "")
	minted, err := s.Token(clerk)
	if err != nil {
		t.Fatal(err)
	}
	got, want := s.claimsOf(t, minted), s.claimsOf(t, s.exchange(t, s.signIn(t, clerk), verifier).token(t, "access_token"))
	for _, changing := range []string{"jti", "iat", "nbf", "exp"} {
		delete(got, changing)
		delete(want, changing)
	}
	if len(got) != len(want) {
		t.Errorf("minted %v, issued %v", got, want)
	}
	for name := range want {
		if name != "aud" && got[name] != want[name] {
			t.Errorf("%s: minted %v, issued %v", name, got[name], want[name])
		}
	}
}

func TestASignInWithoutS256IsRefused(t *testing.T) {
	s := start(t, "")
	for name, changes := range map[string]url.Values{
		"no challenge":   {"code_challenge": {""}},
		"plain":          {"code_challenge_method": {"plain"}},
		"no method":      {"code_challenge_method": {""}},
		"unknown method": {"code_challenge_method": {"S512"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := s.authorize(t, changes); got.location == nil || got.location.Query().Get("error") != "invalid_request" {
				t.Errorf("status %d, location %v", got.status, got.location)
			}
		})
	}
}

func TestAForeignRedirectAddressIsRefused(t *testing.T) {
	s := start(t, "")
	if got := s.authorize(t, url.Values{"redirect_uri": {"https://elsewhere.example/callback"}}); got.location != nil || got.status != http.StatusBadRequest {
		t.Errorf("status %d, location %v", got.status, got.location)
	}
}

func TestAWrongVerifierBurnsTheCode(t *testing.T) {
	s := start(t, "")
	code := s.signIn(t, clerk)
	if got := s.exchange(t, code, "another-verifier-of-forty-three-characters-0123"); got.status != http.StatusBadRequest {
		t.Errorf("a wrong verifier: status %d", got.status)
	}
	if got := s.exchange(t, code, verifier); got.status != http.StatusBadRequest {
		t.Errorf("the right verifier afterwards: status %d", got.status)
	}
}

func TestACodeIsGoodOnce(t *testing.T) {
	s := start(t, "")
	code := s.signIn(t, clerk)
	s.exchange(t, code, verifier).token(t, "access_token")
	if got := s.exchange(t, code, verifier); got.status != http.StatusBadRequest {
		t.Errorf("status %d", got.status)
	}
}

// assertion is a token about itself that any client could sign; no client here may use one.
func (s site) assertion(t *testing.T) string {
	t.Helper()
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: own, KeyID: "own"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	token, err := jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: "court-system", Subject: "court-system", Audience: jwt.Audience{s.base},
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Minute)),
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestOtherGrantsAndWrongSecretsAreRefused(t *testing.T) {
	s := start(t, "")
	for name, c := range map[string]struct {
		form   url.Values
		client string
		secret string
	}{
		"wrong secret":               {url.Values{"grant_type": {"client_credentials"}}, "court-system", "guess"},
		"no secret":                  {url.Values{"grant_type": {"client_credentials"}, "client_id": {"court-system"}}, "", ""},
		"a person's client":          {url.Values{"grant_type": {"client_credentials"}}, portal, ""},
		"an unknown client":          {url.Values{"grant_type": {"client_credentials"}}, "nobody", "guess"},
		"a signed assertion":         {url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {s.assertion(t)}}, "", ""},
		"a refresh token":            {url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}, "client_id": {portal}}, "", ""},
		"a token exchange":           {url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}}, "court-system", "a secret: with / signs"},
		"an unknown code":            {url.Values{"grant_type": {"authorization_code"}, "code": {"x"}, "client_id": {portal}}, "", ""},
		"an assertion of the client": {url.Values{"grant_type": {"client_credentials"}, "client_assertion": {"e30.e30.e30"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := s.post(t, "/oauth/token", c.form, c.client, c.secret); got.status != http.StatusBadRequest && got.status != http.StatusUnauthorized {
				t.Errorf("status %d: %s", got.status, got.body)
			}
		})
	}
}

func TestTheSignInPageListsThePersonasWithoutScript(t *testing.T) {
	s := start(t, "")
	page := s.get(t, s.authorize(t, nil).location.String())
	for _, want := range []string{"SYNTHETIC", clerk.Title, clerk.Subject, clerk.Role} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if strings.Contains(page.body, "<script") || strings.Contains(page.body, "style=") || strings.Contains(page.body, "javascript:") {
		t.Error("the page holds what its content policy forbids")
	}
	policy := page.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "form-action 'self' http://127.0.0.1") {
		t.Errorf("content policy %q", policy)
	}
}

func TestNobodySignsInAsAnUnknownPersona(t *testing.T) {
	s := start(t, "")
	id := s.authorize(t, nil).location.Query().Get("id")
	if got := s.post(t, "/login", url.Values{"id": {id}, "subject": {"someone-else"}}); got.status != http.StatusBadRequest {
		t.Errorf("status %d", got.status)
	}
	if got := s.get(t, s.base+"/authorize/callback?id="+id); got.location == nil || got.location.Query().Get("code") != "" {
		t.Errorf("a code for an unfinished sign-in: %v", got.location)
	}
}

func TestASignInThatDoesNotExistIsRefused(t *testing.T) {
	s := start(t, "")
	if got := s.get(t, s.base+"/login?id=x"); got.status != http.StatusBadRequest {
		t.Errorf("page: status %d", got.status)
	}
	if got := s.post(t, "/login", url.Values{"id": {"x"}, "subject": {clerk.Subject}}); got.status != http.StatusBadRequest {
		t.Errorf("choice: status %d", got.status)
	}
}

func TestDiscoveryPromisesOnlyWhatIsServed(t *testing.T) {
	s := start(t, "")
	document := s.get(t, s.base+"/.well-known/openid-configuration").body
	for _, unserved := range []string{"implicit", "introspection", "revocation", "userinfo", "device", "end_session", "jwt-bearer"} {
		if strings.Contains(document, unserved) {
			t.Errorf("discovery promises %s", unserved)
		}
	}
	for _, path := range []string{"/userinfo", "/oauth/introspect", "/revoke", "/end_session", "/device_authorization", "/ready"} {
		if got := s.get(t, s.base+path); got.status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, got.status)
		}
	}
}

func TestARestartWithTheSameFolderKeepsTokensValid(t *testing.T) {
	dir := t.TempDir()
	before, after := start(t, dir), start(t, dir)
	token, err := before.Token(clerk, func(claims map[string]any) { claims["iss"] = after.base })
	if err != nil {
		t.Fatal(err)
	}
	after.claimsOf(t, token)
}

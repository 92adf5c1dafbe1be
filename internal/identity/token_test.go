package identity_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"korpu/internal/fault"
)

func TestAGoodTokenIsAdmitted(t *testing.T) {
	w := newWorld(t)
	got := w.admit(t, headers(w.token(t, w.court, "clerk-1")))
	if got.Staff != w.clerk || got.Agency != w.atCourt || got.Role != "court_clerk" || got.Purpose != "COURT_ADMINISTRATION" ||
		got.Client != portal || got.Issuer != w.court.URL || got.Asserted {
		t.Errorf("subject %+v", got)
	}
}

func TestATokenMarkedByItsUseClaimIsAdmitted(t *testing.T) {
	w := newWorld(t)
	claims := w.claims(w.court, "clerk-1", map[string]any{"token_use": "access"})
	w.admit(t, headers(signed(t, jose.ES256, w.court.keys[0], "JWT", claims)))
}

func TestAzpAloneNamesTheClient(t *testing.T) {
	w := newWorld(t)
	claims := w.claims(w.court, "clerk-1", map[string]any{"client_id": nil, "azp": portal})
	if got := w.admit(t, headers(w.court.sign(t, claims))); got.Client != portal {
		t.Errorf("client %q", got.Client)
	}
}

// Every wrong claim is refused, and each is wrong in one thing only.
func TestATokenWithAWrongClaimIsRefused(t *testing.T) {
	w := newWorld(t)
	now := w.clock.Now()
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	for name, c := range map[string]struct {
		change map[string]any
		text   string
	}{
		"expired":                         {map[string]any{"exp": at(-time.Second)}, "expired"},
		"expiring now":                    {map[string]any{"exp": at(0)}, "expired"},
		"without exp":                     {map[string]any{"exp": nil}, "expired"},
		"older than the hub takes":        {map[string]any{"iat": at(-12 * time.Hour), "nbf": nil}, "expired"},
		"from the future":                 {map[string]any{"iat": at(2 * time.Minute)}, "iat"},
		"without iat":                     {map[string]any{"iat": nil}, "iat"},
		"not valid yet":                   {map[string]any{"nbf": at(2 * time.Minute)}, "not valid yet"},
		"not valid for long":              {map[string]any{"nbf": at(time.Hour)}, "time is wrong"},
		"for another audience":            {map[string]any{"aud": "another-service"}, "audience"},
		"for an audience in other case":   {map[string]any{"aud": "Korpu"}, "audience"},
		"without audience":                {map[string]any{"aud": nil}, "audience"},
		"of a client not allowed":         {map[string]any{"client_id": "another-app"}, "client"},
		"of a client not allowed, by azp": {map[string]any{"client_id": nil, "azp": "another-app"}, "client"},
		"of two clients":                  {map[string]any{"azp": "another-app"}, "one client"},
		"without client":                  {map[string]any{"client_id": nil}, "one client"},
		"without subject":                 {map[string]any{"sub": nil}, "sub"},
		"with a nonce":                    {map[string]any{"nonce": "n"}, "ID token"},
		"with at_hash":                    {map[string]any{"at_hash": "h"}, "ID token"},
		"with c_hash":                     {map[string]any{"c_hash": "h"}, "ID token"},
		"bound to a key":                  {map[string]any{"cnf": map[string]any{"jkt": "x"}}, "bearer"},
		"of an unknown issuer":            {map[string]any{"iss": "https://elsewhere.example"}, "issuer"},
		"of an issuer with a slash more":  {map[string]any{"iss": w.court.URL + "/"}, "issuer"},
		"without issuer":                  {map[string]any{"iss": nil}, "issuer"},
		"with claims of another type":     {map[string]any{"client_id": 7}, "unreadable"},
		"of great length":                 {map[string]any{"groups": strings.Repeat("g", 9000)}, "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			w.refuse(t, headers(w.court.sign(t, w.claims(w.court, "clerk-1", c.change))), fault.Unauthenticated, c.text)
		})
	}
}

func TestAnIDTokenIsRefused(t *testing.T) {
	w := newWorld(t)
	for name, claims := range map[string]map[string]any{
		"with nonce and at_hash": {"nonce": "n", "at_hash": "h", "aud": []string{"korpu", portal}, "azp": portal},
		"without either":         {"aud": []string{"korpu", portal}, "azp": portal},
		"that says so":           {"token_use": "id"},
		"whose use is no text":   {"token_use": []string{"access"}},
	} {
		t.Run(name, func(t *testing.T) {
			token := signed(t, jose.ES256, w.court.keys[0], "JWT", w.claims(w.court, "clerk-1", claims))
			w.refuse(t, headers(token), fault.Unauthenticated, "ID token")
		})
	}
}

func TestALogoutTokenIsRefused(t *testing.T) {
	w := newWorld(t)
	token := signed(t, jose.ES256, w.court.keys[0], "logout+jwt", w.claims(w.court, "clerk-1", nil))
	w.refuse(t, headers(token), fault.Unauthenticated, "ID token")
}

func TestAnUnsignedTokenIsRefused(t *testing.T) {
	w := newWorld(t)
	payload := strings.Split(w.token(t, w.court, "clerk-1"), ".")[1]
	for _, algorithm := range []string{"none", "None", "NONE", ""} {
		t.Run("alg "+algorithm, func(t *testing.T) {
			header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"` + algorithm + `","typ":"at+jwt","kid":"first"}`))
			w.refuse(t, headers(header+"."+payload+"."), fault.Unauthenticated, "algorithm")
		})
	}
}

func TestATokenSignedWithThePublicKeyAsASecretIsRefused(t *testing.T) {
	w := newWorld(t)
	key, _ := w.court.keys[0].Key.(*ecdsa.PrivateKey)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	secret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	token := signed(t, jose.HS256, jose.JSONWebKey{Key: secret, KeyID: "first"}, "at+jwt", w.claims(w.court, "clerk-1", nil))
	w.refuse(t, headers(token), fault.Unauthenticated, "algorithm")
}

func TestAnAlgorithmThatTheIssuerIsNotPinnedToIsRefused(t *testing.T) {
	w := newWorld(t)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key := jose.JSONWebKey{Key: private, KeyID: "rsa"}
	w.court.publish(w.court.keys[0], key)
	clinic := w.issuer(w.clinic, "CLINIC", "clinic_lawyer")
	clinic.Algorithms = []string{"RS256"}
	w.Authenticator = w.authenticator(t, w.issuer(w.court, "COURT", "court_clerk"), clinic)
	token := signed(t, jose.RS256, key, "at+jwt", w.claims(w.court, "clerk-1", nil))
	w.refuse(t, headers(token), fault.Unauthenticated, "algorithm")
}

func TestAKeyForAnotherAlgorithmIsNotUsed(t *testing.T) {
	w := newWorld(t)
	key := newKey(t, "first")
	key.Algorithm = string(jose.ES384)
	w.court.publish(key)
	key.Algorithm = ""
	token := signed(t, jose.ES256, key, "at+jwt", w.claims(w.court, "clerk-1", nil))
	w.refuse(t, headers(token), fault.Unauthenticated, "algorithm is not the one of its key")
}

func TestATokenSignedByAnotherIssuersKeyIsRefused(t *testing.T) {
	w := newWorld(t)
	w.clinic.publish(newKey(t, "clinic's"))
	claims := w.claims(w.court, "clerk-1", nil)
	own := w.clinic.keys[0]
	w.refuse(t, headers(signed(t, jose.ES256, own, "at+jwt", claims)), fault.Unauthenticated, "key")
	own.KeyID = "first"
	w.refuse(t, headers(signed(t, jose.ES256, own, "at+jwt", claims)), fault.Unauthenticated, "signature")
}

func TestATokenThatBringsItsOwnKeyIsRefused(t *testing.T) {
	w := newWorld(t)
	own := newKey(t, "")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: own.Key},
		(&jose.SignerOptions{EmbedJWK: true}).WithType("at+jwt").WithHeader("kid", "first"))
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(w.claims(w.court, "clerk-1", nil))
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signature.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	w.refuse(t, headers(token), fault.Unauthenticated, "signature")
	w.refuse(t, headers(signature.FullSerialize()), fault.Invalid, "exactly one value")
}

func TestAChangedTokenIsRefused(t *testing.T) {
	w := newWorld(t)
	clerk, judge := strings.Split(w.token(t, w.court, "clerk-1"), "."), strings.Split(w.token(t, w.court, "judge-1"), ".")
	w.refuse(t, headers(clerk[0]+"."+judge[1]+"."+clerk[2]), fault.Unauthenticated, "signature")
}

func TestWhatIsNoTokenIsRefused(t *testing.T) {
	w := newWorld(t)
	good := w.token(t, w.court, "clerk-1")
	for name, token := range map[string]string{
		"opaque": "2YotnFZFEjr1zCsicMWpAA", "two parts": "e30.e30", "not base64": "%.%.%", "empty parts": "..",
		"no object": "e30.W10.e30", "with a blank": good + " x",
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{"Authorization": {"Bearer " + token}}
			w.refuse(t, h, fault.Unauthenticated, "refused")
		})
	}
}

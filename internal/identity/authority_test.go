package identity_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// authority is an issuer whose every answer and signature a test can bend.
type authority struct {
	*httptest.Server
	mu        sync.Mutex
	keys      []jose.JSONWebKey
	asked     int // requests for keys
	knocked   int // requests for anything
	down      bool
	moved     bool   // redirects to where it answers
	leaked    string // the id of a private key that it publishes as it is
	discovery map[string]any
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{}
	a.Server = httptest.NewServer(http.HandlerFunc(a.answer))
	t.Cleanup(a.Close)
	a.discovery = map[string]any{"issuer": a.URL, "jwks_uri": a.URL + "/keys"}
	a.publish(newKey(t, "first"))
	return a
}

func newKey(t testing.TB, id string) jose.JSONWebKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return jose.JSONWebKey{Key: key, KeyID: id, Algorithm: string(jose.ES256), Use: "sig"}
}

func (a *authority) answer(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.knocked++
	if a.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	if a.moved && !strings.HasPrefix(r.URL.Path, "/moved") {
		http.Redirect(w, r, "/moved"+r.URL.Path, http.StatusFound)
		return
	}
	var document any = a.discovery
	switch strings.TrimPrefix(r.URL.Path, "/moved") {
	case "/keys":
		a.asked++
		document = a.public()
	case "/none":
		document = []string{"none"}
	}
	_ = json.NewEncoder(w).Encode(document)
}

func (a *authority) public() jose.JSONWebKeySet {
	set := jose.JSONWebKeySet{}
	for _, key := range a.keys {
		if _, symmetric := key.Key.([]byte); !symmetric && key.KeyID != a.leaked {
			key = key.Public()
		}
		set.Keys = append(set.Keys, key)
	}
	return set
}

// publish replaces the keys; the first one signs.
func (a *authority) publish(keys ...jose.JSONWebKey) { a.with(func() { a.keys = keys }) }

func (a *authority) with(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

func (a *authority) counts() (asked, knocked int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked, a.knocked
}

// sign signs the claims as an access token with the first key.
func (a *authority) sign(t testing.TB, claims map[string]any) string {
	t.Helper()
	return signed(t, jose.ES256, a.keys[0], "at+jwt", claims)
}

func signed(t testing.TB, algorithm jose.SignatureAlgorithm, key any, kind string, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, (&jose.SignerOptions{}).WithType(jose.ContentType(kind)))
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
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
	return token
}

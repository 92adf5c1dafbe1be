package identity_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"korpu/internal/fault"
)

func TestTheHubStartsWhileAnIssuerIsDown(t *testing.T) {
	w := newWorld(t)
	w.court.with(func() { w.court.down = true })
	w.refuse(t, headers(w.token(t, w.court, "clerk-1")), fault.Unavailable, "issuer")
	w.admit(t, headers(w.token(t, w.clinic, "lawyer-1")))
	w.court.with(func() { w.court.down = false })
	w.clock.advance(2 * time.Second)
	w.admit(t, headers(w.token(t, w.court, "clerk-1")))
}

func TestAnIssuerThatIsDownIsAskedLessAndLess(t *testing.T) {
	w := newWorld(t)
	w.court.with(func() { w.court.down = true })
	token := w.token(t, w.court, "clerk-1")
	for range 600 { // ten minutes, a request each second
		w.refuse(t, headers(token), fault.Unavailable, "issuer")
		w.clock.advance(time.Second)
	}
	if _, knocked := w.court.counts(); knocked < 10 || knocked > 20 {
		t.Errorf("asked %d times", knocked)
	}
}

func TestManyRequestsShareOneFetch(t *testing.T) {
	w := newWorld(t)
	token := w.token(t, w.court, "clerk-1")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := w.Authenticate(t.Context(), headers(token)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if asked, _ := w.court.counts(); asked != 1 {
		t.Errorf("keys fetched %d times", asked)
	}
}

func TestAFloodOfUnknownKeysDoesNotReachTheIssuer(t *testing.T) {
	w := newWorld(t)
	good := w.token(t, w.court, "clerk-1")
	w.admit(t, headers(good))
	key := newKey(t, "")
	answers := map[fault.Code]int{}
	for i := range 500 {
		key.KeyID = fmt.Sprint("made up ", i)
		_, err := w.Authenticate(t.Context(), headers(signed(t, jose.ES256, key, "at+jwt", w.claims(w.court, "clerk-1", nil))))
		answers[fault.Of(err).Code]++
	}
	if asked, _ := w.court.counts(); asked > 4 {
		t.Errorf("keys fetched %d times", asked)
	}
	if answers[fault.RateLimited] < 490 || answers[fault.RateLimited]+answers[fault.Unauthenticated] != 500 {
		t.Errorf("answers %v", answers)
	}
	w.clock.advance(time.Minute)
	w.admit(t, headers(good))
	w.admit(t, headers(w.token(t, w.court, "clerk-1")))
}

func TestOneUnknownKeyIsAskedForOnce(t *testing.T) {
	w := newWorld(t)
	w.admit(t, headers(w.token(t, w.court, "clerk-1")))
	key := newKey(t, "made up")
	for range 50 {
		token := signed(t, jose.ES256, key, "at+jwt", w.claims(w.court, "clerk-1", nil))
		w.refuse(t, headers(token), fault.Unauthenticated, "key")
	}
	if asked, _ := w.court.counts(); asked != 2 {
		t.Errorf("keys fetched %d times", asked)
	}
}

func TestAForgedSignatureUnderAKnownKeyAsksNobody(t *testing.T) {
	w := newWorld(t)
	w.admit(t, headers(w.token(t, w.court, "clerk-1")))
	for range 50 {
		token := signed(t, jose.ES256, newKey(t, "first"), "at+jwt", w.claims(w.court, "clerk-1", nil))
		w.refuse(t, headers(token), fault.Unauthenticated, "signature")
	}
	if asked, _ := w.court.counts(); asked != 1 {
		t.Errorf("keys fetched %d times", asked)
	}
}

func TestANewKeyIsTakenUpWithoutARestart(t *testing.T) {
	w := newWorld(t)
	old := w.token(t, w.court, "clerk-1")
	w.admit(t, headers(old))
	w.court.publish(newKey(t, "second"), w.court.keys[0])
	w.admit(t, headers(w.token(t, w.court, "clerk-1")))
	w.admit(t, headers(old))
}

// A key is withdrawn when it is stolen: tokens remembered under it must go with it.
func TestAWithdrawnKeyIsTrustedForMinutesOnly(t *testing.T) {
	w := newWorld(t)
	old := w.token(t, w.court, "clerk-1")
	w.admit(t, headers(old))
	w.court.publish(newKey(t, "second"))
	w.clock.advance(11 * time.Minute)
	w.admit(t, headers(old)) // answers with the old keys while it fetches the new ones
	w.Settle()
	w.clock.advance(time.Minute)
	w.refuse(t, headers(old), fault.Unauthenticated, "key")
}

func TestAWithdrawnKeySignsNoNewTokensEither(t *testing.T) {
	w := newWorld(t)
	stolen := w.court.keys[0]
	forged := func() string { return signed(t, jose.ES256, stolen, "at+jwt", w.claims(w.court, "clerk-1", nil)) }
	w.admit(t, headers(forged()))
	w.court.publish(newKey(t, "second"))
	w.clock.advance(11 * time.Minute)
	w.admit(t, headers(forged()))
	w.Settle()
	w.refuse(t, headers(forged()), fault.Unauthenticated, "key")
}

func TestTheOldKeysServeWhileTheIssuerIsDown(t *testing.T) {
	w := newWorld(t)
	w.admit(t, headers(w.token(t, w.court, "clerk-1")))
	w.court.with(func() { w.court.down = true })
	for range 20 {
		w.clock.advance(6 * time.Minute)
		w.admit(t, headers(w.token(t, w.court, "clerk-1")))
		w.Settle()
	}
}

func TestKeysThatCannotSignForTheHubAreNotUsed(t *testing.T) {
	w := newWorld(t)
	good, encrypting := w.court.keys[0], newKey(t, "encrypting")
	encrypting.Use = "enc"
	secret := jose.JSONWebKey{Key: []byte("0123456789abcdef0123456789abcdef"), KeyID: "secret"}
	private := newKey(t, "private")
	w.court.publish(good, encrypting, secret, newKey(t, ""), private)
	w.court.with(func() { w.court.leaked = "private" })
	claims := w.claims(w.court, "clerk-1", nil)
	w.admit(t, headers(signed(t, jose.ES256, good, "at+jwt", claims)))
	w.refuse(t, headers(signed(t, jose.ES256, encrypting, "at+jwt", claims)), fault.Unauthenticated, "key")
	w.refuse(t, headers(signed(t, jose.HS256, secret, "at+jwt", claims)), fault.Unauthenticated, "algorithm")
	w.refuse(t, headers(signed(t, jose.ES256, w.court.keys[3], "at+jwt", claims)), fault.Unauthenticated, "key")
	w.refuse(t, headers(signed(t, jose.ES256, private, "at+jwt", claims)), fault.Unauthenticated, "its key is not one of its issuer's")
}

func TestAnIssuerWhoseDocumentsAreWrongIsUnavailable(t *testing.T) {
	w := newWorld(t)
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(elsewhere.Close)
	for name, c := range map[string]struct {
		change func(*authority)
		cause  string
	}{
		"another issuer's document": {func(a *authority) { a.discovery["issuer"] = "https://elsewhere.example" }, "did not match"},
		"keys over plain http":      {func(a *authority) { a.discovery["jwks_uri"] = "http://keys.example/keys" }, "not an https address"},
		"no keys address":           {func(a *authority) { delete(a.discovery, "jwks_uri") }, "not an https address"},
		"keys not found":            {func(a *authority) { a.discovery["jwks_uri"] = elsewhere.URL }, "404"},
		"a redirect":                {func(a *authority) { a.moved = true }, "redirect"},
		"keys that are no list":     {func(a *authority) { a.discovery["jwks_uri"] = a.URL + "/none" }, "read its keys"},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := newAuthority(t)
			wrong.with(func() { c.change(wrong) })
			w.Authenticator = w.authenticator(t, w.issuer(wrong, "COURT", "court_clerk"))
			h := headers(w.token(t, wrong, "clerk-1"))
			w.refuse(t, h, fault.Unavailable, "issuer")
			if _, err := w.Authenticate(t.Context(), h); err == nil || !strings.Contains(err.Error(), c.cause) {
				t.Errorf("the log would say %v, want %q", err, c.cause)
			}
		})
	}
}

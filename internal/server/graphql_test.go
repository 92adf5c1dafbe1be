package server

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

func TestAQueryIsAnswered(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	w := ask(h, "{ me }", nil)
	if w.Code != 200 || w.Body.String() != `{"data":{"me":"me"}}` {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if got := w.Header().Get("Content-Length"); got != "20" {
		t.Errorf("Content-Length is %s", got)
	}
}

func TestOnlyPostIsAnswered(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"} {
		r := httptest.NewRequest(method, "/graphql?query={me}", nil)
		r.Header.Set("Authorization", "Bearer good")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		wantRefusal(t, w, http.StatusMethodNotAllowed, fault.Invalid)
		if w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: Allow is %q", method, w.Header().Get("Allow"))
		}
	}
}

func TestTheTokenComesBeforeTheDocument(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for _, body := range []string{`{"query":"{ me }"}`, `{"query":"{"}`, `not json`} {
		w := post(h, body, "Authorization", "")
		wantRefusal(t, w, http.StatusUnauthorized, fault.Unauthenticated)
		if w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("WWW-Authenticate is %q", w.Header().Get("WWW-Authenticate"))
		}
	}
}

func TestAnIdentityFaultIsTheAnswer(t *testing.T) {
	c := testConfig(newStub(testSDL))
	c.Authenticate = func(context.Context, http.Header) (identity.Subject, error) {
		return identity.Subject{}, fault.New(fault.Forbidden, "not your role")
	}
	r := wantRefusal(t, ask(New(c).Handler(), "{ me }", nil), http.StatusForbidden, fault.Forbidden)
	if r.Errors[0].Message != "not your role" {
		t.Errorf("said %q", r.Errors[0].Message)
	}
}

func TestABodyThatIsNoStrictRequestIsRefusedWithoutEcho(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for name, body := range map[string]string{
		"empty":                   ``,
		"broken":                  `{"query":"{ me }","secret"`,
		"a batch":                 `[{"query":"{ me }"},{"query":"{ me }"}]`,
		"a text":                  `"secret"`,
		"two documents":           `{"query":"{ me }"}{"query":"{ secret }"}`,
		"text after it":           `{"query":"{ me }"} secret`,
		"a member twice":          `{"query":"{ secret }","query":"{ me }"}`,
		"a variable twice":        `{"query":"{ me }","variables":{"secret":1,"secret":2}}`,
		"a deep member twice":     `{"query":"{ me }","variables":{"a":[{"secret":1,"secret":2}]}}`,
		"an extension twice":      `{"query":"{ me }","extensions":{"secret":1,"secret":2}}`,
		"another case":            `{"QUERY":"{ me }"}`,
		"another member":          `{"query":"{ me }","secret":1}`,
		"no query":                `{"variables":{}}`,
		"a null query":            `{"query":null}`,
		"a number as query":       `{"query":1}`,
		"a list as variables":     `{"query":"{ me }","variables":["secret"]}`,
		"a text as variables":     `{"query":"{ me }","variables":"secret"}`,
		"a text as extensions":    `{"query":"{ me }","extensions":"secret"}`,
		"an object as operation":  `{"query":"{ me }","operationName":{"secret":1}}`,
		"bytes that are no UTF-8": "{\"query\":\"{ me } #secret\xff\"}",
		"half a character":        `{"query":"{ me } #secret\ud800"}`,
		"an endless number":       `{"query":"{ me }","variables":{"secret":1e999}}`,
		"a trailing comma":        `{"query":"{ me }",}`,
		"a NaN":                   `{"query":"{ me }","variables":{"secret":NaN}}`,
		"nesting without end":     `{"query":"{ me }","variables":{"secret":` + strings.Repeat("[", 20000) + `}}`,
	} {
		w := post(h, body)
		r := decoded(t, w)
		if w.Code != 400 || r.hasData || r.Errors[0].Extensions["code"] != "INVALID" || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: answered %d %s", name, w.Code, w.Body)
		}
	}
}

func TestVariablesArriveAsTheyWereSent(t *testing.T) {
	body := `{"query":"q","operationName":"o","extensions":{"x":[1,{}]},"variables":` +
		`{"whole":9007199254740993,"broken":1.5,"huge":123456789012345678901,"text":"Şəmsi \"ı\"","list":[1,"a",null,true,[]],"object":{"a":{}},"none":null}}`
	q, err := decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(q.variables)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"broken":1.5,"huge":123456789012345680000,"list":[1,"a",null,true,[]],"none":null,"object":{"a":{}},"text":"Şəmsi \"ı\"","whole":9007199254740993}`
	if string(encoded) != want || q.query != "q" || q.operationName != "o" {
		t.Errorf("read %s %+v", encoded, q)
	}
}

func TestALargeBodyIsRefused(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	w := post(h, `{"query":"{ me }","variables":{"x":"`+strings.Repeat("x", 64<<10)+`"}}`)
	wantRefusal(t, w, http.StatusRequestEntityTooLarge, fault.TooCostly)
}

func TestOnlyPlainJSONIsTaken(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
		"application/json; charset=utf-16", "application/graphql", "application/json5"} {
		wantRefusal(t, post(h, `{"query":"{ me }"}`, "Content-Type", kind), http.StatusUnsupportedMediaType, fault.Invalid)
	}
	wantRefusal(t, post(h, `{"query":"{ me }"}`, "Content-Encoding", "gzip"), http.StatusUnsupportedMediaType, fault.Invalid)
	if w := post(h, `{"query":"{ me }"}`, "Content-Type", `application/json;charset="UTF-8"`); w.Code != 200 {
		t.Errorf("JSON in UTF-8 answered %d", w.Code)
	}
}

func TestTheMediaTypeOfTheAnswerIsNegotiated(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	const newer, older = "application/graphql-response+json; charset=utf-8", "application/json; charset=utf-8"
	for accept, want := range map[string]string{
		"":                                  older,
		"*/*":                               older,
		"application/*":                     older,
		"application/json":                  older,
		"application/json, multipart/mixed": older,
		"application/graphql-response+json": newer,
		"application/graphql-response+json;charset=utf-8, application/json;q=0.9": newer,
		"application/json, application/graphql-response+json;q=0.1":               older,
		"application/json;q=0, application/graphql-response+json;q=0.1":           newer,
	} {
		w := post(h, `{"query":"{ me }"}`, "Accept", accept)
		if got := w.Header().Get("Content-Type"); w.Code != 200 || got != want {
			t.Errorf("Accept %q: %d %s", accept, w.Code, got)
		}
	}
	for _, accept := range []string{"text/html", "application/json;q=0", "application/json;charset=latin1", "text/event-stream"} {
		wantRefusal(t, post(h, `{"query":"{ me }"}`, "Accept", accept), http.StatusNotAcceptable, fault.Invalid)
	}
}

func TestAWrongDocumentAnswersByTheMediaType(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for _, query := range []string{"{", "{ nothing }", "query($n: Int!) { note(n: $n) }"} {
		body := `{"query":"` + query + `"}`
		wantRefusal(t, post(h, body), http.StatusBadRequest, fault.Invalid)
		wantRefusal(t, post(h, body, "Accept", "application/json"), http.StatusOK, fault.Invalid)
	}
}

func TestParametersInTheAddressAreRefused(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	r := httptest.NewRequest(http.MethodPost, "/graphql?query={me}", strings.NewReader(`{"query":"{ me }"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	wantRefusal(t, w, http.StatusBadRequest, fault.Invalid)
}

func TestPagesOfOtherSitesAreRefused(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://elsewhere.example"}} {
		wantRefusal(t, post(h, `{"query":"{ me }"}`, header...), http.StatusForbidden, fault.Forbidden)
	}
	w := post(h, `{"query":"{ me }"}`, "Sec-Fetch-Site", "same-origin")
	if w.Code != 200 || w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("the own page got %d", w.Code)
	}
}

func TestTooManyRequestsOfOneCallerWait(t *testing.T) {
	c := testConfig(newStub(testSDL))
	c.Rate = Rate{PerSecond: 0.001, Burst: 2}
	other := testSubject
	other.Client = "another"
	subject := testSubject
	c.Authenticate = func(context.Context, http.Header) (identity.Subject, error) { return subject, nil }
	h := New(c).Handler()
	for range 2 {
		if w := ask(h, "{ me }", nil); w.Code != 200 {
			t.Fatalf("within the burst: %d", w.Code)
		}
	}
	w := ask(h, "{ me }", nil)
	wantRefusal(t, w, http.StatusTooManyRequests, fault.RateLimited)
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	subject = other
	if w := ask(h, "{ me }", nil); w.Code != 200 {
		t.Errorf("the same person's other client was held up: %d", w.Code)
	}
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	c := testConfig(newStub(testSDL))
	c.HSTS = true
	h := New(c).Handler()
	for _, w := range []*httptest.ResponseRecorder{ask(h, "{ me }", nil), ask(h, "{", nil), post(h, "{}", "Authorization", "")} {
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy":   "default-src 'none'; frame-ancestors 'none'",
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
			"Etag":                      "", "Vary": "", "Access-Control-Allow-Origin": "",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%d: %s is %q, want %q", w.Code, name, got, want)
			}
		}
	}
}

func TestEachRequestHasItsOwnID(t *testing.T) {
	s := newStub(testSDL)
	s.resolvers["me"] = func(ctx context.Context, _ *ast.Field) any { return RequestID(ctx) }
	h := New(testConfig(s)).Handler()
	first, second := ask(h, "{ me }", nil), ask(h, "{ me }", nil)
	a, b := first.Header().Get("Korpu-Request-Id"), second.Header().Get("Korpu-Request-Id")
	if a == "" || a == b || decoded(t, first).Data["me"] != a {
		t.Errorf("ids %q and %q", a, b)
	}
}

// What compresses well beside a guess gives the guess away, so answers are never compressed.
func TestAnAnswerIsNotCompressed(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	w := post(h, `{"query":"{ me }"}`, "Accept-Encoding", "gzip, br, zstd")
	if w.Header().Get("Content-Encoding") != "" || w.Body.String() != `{"data":{"me":"me"}}` {
		t.Errorf("encoded as %q", w.Header().Get("Content-Encoding"))
	}
}

func TestNothingElseIsServed(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for _, target := range []string{"/", "/graphiql", "/metrics", "/debug/pprof/", "/debug/vars", "/graphql/", "/openapi.json", "/.env", "/schema"} {
		if w := get(h, "Bearer good", target); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", target, w.Code)
		}
	}
}

func TestPagesMayBeAddedAndOtherSitesMayNotPostToThem(t *testing.T) {
	c := testConfig(newStub(testSDL))
	c.Pages = map[string]http.Handler{"/portal/": http.NotFoundHandler()}
	h := New(c).Handler()
	r := httptest.NewRequest(http.MethodPost, "/portal/consent", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("a post from another site got %d", w.Code)
	}
	if w := get(h, "", "/portal/"); w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a page got %d, %v", w.Code, w.Header())
	}
}

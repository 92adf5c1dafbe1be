package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

// logged gives a configuration whose log, from its lowest level on, goes to the buffer.
func logged(schema *stub) (Config, *bytes.Buffer) {
	var lines bytes.Buffer
	c := testConfig(schema)
	c.Log = slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return c, &lines
}

func TestARequestIsLoggedWithoutWhatWasAsked(t *testing.T) {
	c, lines := logged(newStub(testSDL))
	w := ask(New(c).Handler(), "query secret { me }", nil)
	for _, want := range []string{`"msg":"request"`, `"role":"court_clerk"`, `"purpose":"COURT_ADMINISTRATION"`, `"status":200`, `"code":""`,
		`"request":"` + w.Header().Get("Korpu-Request-Id") + `"`, `"operation":"` + fingerprint("query secret { me }") + `"`,
		`"agency":"` + testSubject.Agency.String() + `"`, `"microseconds":`} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("%s is not in %s", want, lines)
		}
	}
	if strings.Contains(lines.String(), testSubject.Staff.String()) {
		t.Errorf("the person is in %s", lines)
	}
}

// Whatever a request carries, and whatever goes wrong with it, no value reaches the log or the counters.
func TestNoValueReachesTheLog(t *testing.T) {
	const secret = "Aysel7777777"
	schema := newStub(testSDL)
	schema.resolvers["note"] = func(_ context.Context, f *ast.Field) any {
		switch f.Alias {
		case "unknown":
			return fmt.Errorf("read child: %w", errors.New(secret))
		case "panics":
			panic(secret)
		case "faults":
			return fault.New(fault.Unavailable, "%s", secret)
		case "database":
			return fmt.Errorf("read child: %w", databaseError{})
		}
		return secret
	}
	c, lines := logged(schema)
	c.Metrics = prometheus.NewRegistry()
	h := New(c).Handler()
	bodies := []string{secret, `{"` + secret + `":1}`, `{"query":"{ me }","` + secret + `":1}`, `{"query":"{ me }","operationName":"` + secret + `"}`,
		`{"query":"{ me }","extensions":{"` + secret + `":"` + secret + `"}}`, strings.Repeat(secret, 10000)}
	for _, query := range []string{"{ NOTE }", "query " + secret + " { NOTE }", "{ " + secret + ": me NOTE }", "{ unknown: NOTE }", "{ panics: NOTE }",
		"{ faults: NOTE }", "{ database: NOTE }", "{ " + secret + " }", "{ note(n: $" + secret + ") }", "{ NOTE", "{ cases(first: 7777777) { totalCount } }"} {
		query = strings.ReplaceAll(query, "NOTE", `note(text: \"`+secret+`\")`)
		bodies = append(bodies, `{"query":"`+query+`"}`, `{"query":"query($t: String) `+query+`","variables":{"t":"`+secret+`"}}`,
			`{"query":"query($n: Int) `+strings.Replace(query, "text:", "n: $n text:", 1)+`","variables":{"n":"`+secret+`"}}`)
	}
	for _, body := range bodies {
		post(h, body)
		post(h, body, "Authorization", "Bearer "+secret)
		post(h, body, "Accept", secret)
		post(h, body, "Content-Type", secret)
		post(h, body, "Korpu-Role", secret, "Korpu-On-Behalf-Of", secret, "User-Agent", secret, "X-Forwarded-For", secret, "Cookie", secret)
		post(h, body, "Origin", "https://"+secret+".example")
	}
	for _, target := range []string{"/graphql?query=" + secret, "/" + secret, "/healthz?" + secret, "/readyz?" + secret} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, target, nil))
	}
	if strings.Contains(lines.String(), "7777777") || strings.Contains(lines.String(), "5ABCDEF") {
		t.Errorf("a value is in the log")
	}
	if n := strings.Count(lines.String(), "\n"); n < len(bodies)*6 {
		t.Errorf("only %d lines for %d requests", n, len(bodies)*6)
	}
	if !strings.Contains(lines.String(), "read child: server.databaseError 23505") || !strings.Contains(lines.String(), "resolve") {
		t.Error("the log does not say what failed where")
	}
	families, err := c.Metrics.Gather()
	if err != nil || strings.Contains(fmt.Sprint(families), "7777777") {
		t.Errorf("a value is in the counters (%v)", err)
	}
}

func TestWhyTheHubCannotLookUpWhoAsksIsInTheLogAndNotInTheAnswer(t *testing.T) {
	c, lines := logged(newStub(testSDL))
	c.Authenticate = func(context.Context, http.Header) (identity.Subject, error) {
		return identity.Subject{}, fmt.Errorf("%w: %w", fault.New(fault.Unavailable, "try again"), fmt.Errorf("fetch the keys: %w", databaseError{}))
	}
	w := ask(New(c).Handler(), "{ me }", nil)
	wantRefusal(t, w, http.StatusServiceUnavailable, fault.Unavailable)
	if !strings.Contains(lines.String(), `"error":"*fault.Error; fetch the keys: server.databaseError 23505"`) {
		t.Errorf("logged %s", lines)
	}
	if strings.Contains(w.Body.String(), "keys") {
		t.Errorf("answered %s", w.Body)
	}
}

func TestRequestsAreCountedByClosedSets(t *testing.T) {
	c := testConfig(newStub(testSDL))
	s := New(c)
	ask(s.Handler(), "{ me }", nil)
	ask(s.Handler(), "{ nothing }", nil)
	post(s.Handler(), "", "Authorization", "")
	w := httptest.NewRecorder()
	s.MetricsHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{
		`korpu_requests_total{code="OK",purpose="COURT_ADMINISTRATION",role="court_clerk"} 1`,
		`korpu_requests_total{code="INVALID",purpose="COURT_ADMINISTRATION",role="court_clerk"} 1`,
		`korpu_requests_total{code="UNAUTHENTICATED",purpose="",role=""} 1`,
		`korpu_request_seconds_count{purpose="COURT_ADMINISTRATION",role="court_clerk"} 2`, "go_goroutines",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is not among the metrics", want)
		}
	}
}

func TestAClientThatLeftIsLoggedAsGone(t *testing.T) {
	schema := newStub(testSDL)
	ctx, leave := context.WithCancel(context.Background())
	cancelled := false
	schema.resolvers["me"] = func(ctx context.Context, _ *ast.Field) any {
		leave()
		<-ctx.Done()
		cancelled = true
		return ctx.Err()
	}
	c, lines := logged(schema)
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(`{"query":"{ me }"}`))
	r.Header.Set("Authorization", "Bearer good")
	r.Header.Set("Content-Type", "application/json")
	New(c).Handler().ServeHTTP(httptest.NewRecorder(), r)
	if !cancelled || !strings.Contains(lines.String(), `"status":499,"code":"GONE"`) {
		t.Errorf("logged %s", lines)
	}
}

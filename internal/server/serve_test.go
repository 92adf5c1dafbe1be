package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"go.uber.org/goleak"
)

// serving runs a server on loopback addresses; stop ends it and gives its error.
func serving(t *testing.T, c Config) (s *Server, api, metrics string, stop func() error) {
	t.Helper()
	listeners := make([]net.Listener, 2)
	for i := range listeners {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners[i] = l
	}
	s = New(c)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, listeners[0], listeners[1]) }()
	t.Cleanup(cancel)
	return s, "http://" + listeners[0].Addr().String(), "http://" + listeners[1].Addr().String(), func() error { cancel(); return <-done }
}

// send posts { me } and gives the answer's status and body.
func send(ctx context.Context, api string) (int, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, api+"/graphql", strings.NewReader(`{"query":"{ me }"}`))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Authorization", "Bearer good")
	r.Header.Set("Content-Type", "application/json")
	r.Close = true
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = w.Body.Close() }()
	body, err := io.ReadAll(w.Body)
	return w.StatusCode, string(body), err
}

func alive(api string) bool {
	w, err := http.Get(api + "/healthz")
	if err == nil {
		_ = w.Body.Close()
	}
	return err == nil
}

// waiting is a schema whose field tells when it runs and waits until it may end or is cancelled.
func waiting() (schema *stub, runs chan struct{}, end chan struct{}, ended chan error) {
	schema, runs, end, ended = newStub(testSDL), make(chan struct{}, 1), make(chan struct{}), make(chan error, 1)
	schema.resolvers["me"] = func(ctx context.Context, _ *ast.Field) any {
		runs <- struct{}{}
		select {
		case <-end:
			ended <- nil
			return "done"
		case <-ctx.Done():
			ended <- ctx.Err()
			return ctx.Err()
		}
	}
	return schema, runs, end, ended
}

func TestAStoppingServerFinishesWhatRuns(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	schema, runs, end, _ := waiting()
	s, api, _, stop := serving(t, testConfig(schema))
	answered := make(chan string, 1)
	go func() {
		_, body, _ := send(t.Context(), api)
		answered <- body
	}()
	<-runs
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for alive(api) { // until the listener is closed
	}
	if !s.draining.Load() {
		t.Error("a stopping server calls itself ready")
	}
	close(end)
	if body := <-answered; body != `{"data":{"me":"done"}}` {
		t.Errorf("the request that ran got %q", body)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestWhatRunsBeyondTheDrainIsCancelled(t *testing.T) {
	schema, runs, _, ended := waiting()
	c := testConfig(schema)
	c.Drain = 1
	_, api, _, stop := serving(t, c)
	go func() { _, _, _ = send(t.Context(), api) }()
	<-runs
	if err := stop(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stopped with %v", err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the request ended with %v", err)
	}
}

func TestALeavingClientCancelsItsRequest(t *testing.T) {
	schema, runs, _, ended := waiting()
	_, api, _, stop := serving(t, testConfig(schema))
	ctx, leave := context.WithCancel(t.Context())
	go func() { _, _, _ = send(ctx, api) }()
	<-runs
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the request ended with %v", err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestMetricsAndAPIDoNotShareAnAddress(t *testing.T) {
	_, api, metrics, stop := serving(t, testConfig(newStub(testSDL)))
	for address, want := range map[string]int{
		api + "/metrics": 404, metrics + "/metrics": 200, metrics + "/graphql": 404, api + "/healthz": 200, metrics + "/healthz": 404,
	} {
		w, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = w.Body.Close()
		if w.StatusCode != want {
			t.Errorf("%s answers %d", address, w.StatusCode)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestReadinessNamesWhatFailsAndNoMore(t *testing.T) {
	c := testConfig(newStub(testSDL))
	failure := errors.New("password of hub is wrong")
	c.Ready = map[string]func(context.Context) error{
		"database": func(context.Context) error { return failure },
		"policy":   func(context.Context) error { return nil },
	}
	s := New(c)
	w := get(s.Handler(), "", "/readyz")
	if w.Code != 503 || w.Body.String() != `{"database":"failed","policy":"ok","server":"ok"}`+"\n" {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	failure = nil
	if w := get(s.Handler(), "", "/readyz"); w.Code != 200 {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	s.draining.Store(true)
	if w := get(s.Handler(), "", "/readyz"); w.Code != 503 || !strings.Contains(w.Body.String(), "stopping") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if w := get(s.Handler(), "", "/healthz"); w.Code != 200 {
		t.Errorf("a live server answered %d", w.Code)
	}
}

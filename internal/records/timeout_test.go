package records_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"korpu/internal/fault"
	"korpu/internal/hub"
	"korpu/internal/hubtest"
)

// limit is what a statement gets that cannot end. No test depends on how far others come within it.
const limit = time.Second

// A table that nobody lets go makes a statement as slow as it can be: whatever the limit is, it is over first.
func TestAStatementThatTakesTooLongEndsInATimeout(t *testing.T) {
	d := openDesk(t)
	plain := d.Config
	for what, set := range map[string]func(){
		"of the request":   func() { d.Config.Timeout = limit },
		"of the statement": func() { d.Config.DatabaseURL += fmt.Sprintf("&statement_timeout=%d", limit.Milliseconds()) },
	} {
		d.Config = plain
		set()
		impatient := d.openWithin(t)
		lock := d.lock(t, "korpu.case_file")
		d.expectTimeouts(t, what, impatient)
		d.awaitBlocked(t, 0)
		lock.release(t)
		d.expectCasesInTime(t, impatient)
	}
}

// openWithin opens a hub whose own statements may meet the limit on a busy machine.
func (d *desk) openWithin(t *testing.T) *hub.Hub {
	t.Helper()
	for {
		h, err := hub.Open(t.Context(), d.Config)
		var told *pgconn.PgError
		if errors.As(err, &told) && told.Code == "57014" {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(h.Close)
		return h
	}
}

// expectTimeouts asks until a statement was seen to wait for the lock: a request may be over before it comes so far.
func (d *desk) expectTimeouts(t *testing.T, what string, h *hub.Hub) {
	t.Helper()
	for waited := false; !waited; {
		request := d.Request(t, officer, "{ agencies { totalCount } cases { totalCount } }", nil)
		answers := make(chan hubtest.Response, 1)
		go func() { answers <- hubtest.Send(t, h, request) }()
		for len(answers) == 0 {
			waited = d.blocked(t) > 0 || waited
		}
		r := <-answers
		if codeOf(t, r) != fault.Timeout || r.Status != http.StatusGatewayTimeout || strings.Contains(string(r.Body), "data") {
			t.Fatalf("the limit %s: %d %s", what, r.Status, r.Body)
		}
	}
}

// expectCasesInTime asks until the answer is not that the time is over.
func (d *desk) expectCasesInTime(t *testing.T, h *hub.Hub) {
	t.Helper()
	for {
		r := hubtest.Send(t, h, d.Request(t, officer, "{ cases { totalCount } }", nil))
		if r.Status == http.StatusGatewayTimeout {
			continue
		}
		if !strings.Contains(string(r.Body), "35") {
			t.Errorf("the answer is %d %s", r.Status, r.Body)
		}
		return
	}
}

// The database can go away at any time; the request is refused as one that may succeed later, and the next one does.
func TestAConnectionThatBreaksIsToldAsUnavailable(t *testing.T) {
	c := openCounter(t)
	if err := c.prepare(t, someCases).Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	lock := c.lock(t, "korpu.case_file")
	broken := c.prepare(t, someCases)
	ended := make(chan error)
	go func() { ended <- broken.Finish(t.Context()) }()
	c.awaitBlocked(t, 1)
	c.do(t, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'korpu_hub' and wait_event_type = 'Lock'")
	if err := <-ended; fault.Of(err).Code != fault.Unavailable {
		t.Errorf("the caller is told %v", err)
	}
	lock.release(t)
	if err := c.prepare(t, someCases).Finish(t.Context()); err != nil {
		t.Errorf("the next request is told %v", err)
	}
	c.expectNothingLeft(t, "a broken connection")
}

package records_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"korpu/internal/fault"
	"korpu/internal/hub"
	"korpu/internal/hubtest"
)

// A table that nobody lets go makes a statement as slow as it can be: whatever the limit is, it is over first.
func TestAStatementThatTakesTooLongEndsInATimeout(t *testing.T) {
	d := openDesk(t)
	plain := d.Config
	for what, limit := range map[string]func(){
		"of the request":   func() { d.Config.Timeout = 200 * time.Millisecond },
		"of the statement": func() { d.Config.DatabaseURL += "&statement_timeout=200" },
	} {
		d.Config = plain
		limit()
		impatient := d.Instance(t)
		d.expectCases(t, impatient)
		lock := d.lock(t, "korpu.case_file")
		r := hubtest.Send(t, impatient, d.Request(t, officer, "{ agencies { totalCount } cases { totalCount } }", nil))
		if codeOf(t, r) != fault.Timeout || r.Status != http.StatusGatewayTimeout || strings.Contains(string(r.Body), "data") {
			t.Errorf("the limit %s: %d %s", what, r.Status, r.Body)
		}
		d.awaitBlocked(t, 0)
		lock.release(t)
		d.expectCases(t, impatient)
	}
}

func (d *desk) expectCases(t *testing.T, h *hub.Hub) {
	t.Helper()
	if r := hubtest.Send(t, h, d.Request(t, officer, "{ cases { totalCount } }", nil)); !strings.Contains(string(r.Body), "35") {
		t.Errorf("the answer is %d %s", r.Status, r.Body)
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

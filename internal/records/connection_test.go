package records_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/internal/fault"
	"korpu/internal/hubtest"
	"korpu/internal/identity"
	"korpu/internal/postgres"
	"korpu/internal/records"
	"korpu/internal/vault"
	"korpu/policy"
)

// counter is a store over one single connection as the hub's login, so that a request meets what the last one left.
type counter struct {
	*desk
	pool    *pgxpool.Pool
	store   *records.Store
	profile *policy.Profile
	subject identity.Subject
}

func openCounter(t *testing.T) *counter {
	t.Helper()
	d := openDesk(t)
	pool, err := postgres.OpenPool(t.Context(), hubtest.LoginURL(t, d.Admin), postgres.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	keys, err := vault.New(t.Context(), hubtest.Keys(), pool.Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	store, err := records.New(pool, keys, make([]byte, records.CursorKeySize), records.Guesses)
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{desk: d, pool: pool, store: store, profile: hubtest.Policy().Profile("police_officer", "CASE_PROCEEDINGS")}
	c.subject = identity.Subject{Role: "police_officer", Purpose: "CASE_PROCEEDINGS"}
	if err := d.conn.QueryRow(t.Context(), "select id, agency_id from korpu.staff where name = 'officer'").Scan(&c.subject.Staff, &c.subject.Agency); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *counter) prepare(t *testing.T, document string) *records.Request {
	t.Helper()
	r, err := c.store.Prepare(c.subject, c.profile, 1, document, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const someCases = "{ cases(first: 3) { totalCount nodes { number } } }"

// expectNothingLeft tests that the one connection is the login's again, and tells nothing of the last request.
func (c *counter) expectNothingLeft(t *testing.T, after string) {
	t.Helper()
	var user, role, settings, readOnly, isolation string
	err := c.pool.QueryRow(t.Context(), `select current_user::text, current_setting('role'),
	    coalesce(current_setting('korpu.staff', true), '') || coalesce(current_setting('korpu.agency', true), '') || coalesce(current_setting('korpu.purpose', true), ''),
	    current_setting('transaction_read_only'), current_setting('transaction_isolation')`).Scan(&user, &role, &settings, &readOnly, &isolation)
	if err != nil {
		t.Fatalf("after %s the connection is of no use: %v", after, err)
	}
	if user != postgres.Login || role != "none" || settings != "" || readOnly != "on" || isolation != "repeatable read" {
		t.Errorf("after %s: user %s, role %s, settings %q, read only %s, %s", after, user, role, settings, readOnly, isolation)
	}
	if used := c.pool.Stat().AcquiredConns(); used != 0 {
		t.Errorf("after %s %d connections are kept", after, used)
	}
}

func TestNothingOfARequestStaysOnItsConnection(t *testing.T) {
	c := openCounter(t)
	good := c.prepare(t, someCases)
	if err := good.Finish(t.Context()); err != nil || !strings.Contains(good.Answers()[0], `"totalCount":35`) {
		t.Fatalf("%v: %v", good.Answers(), err)
	}
	c.expectNothingLeft(t, "a success")

	stranger := c.prepare(t, someCases)
	c.do(t, "update korpu.staff_role set ended_at = now() where staff_id = $1", c.subject.Staff)
	if err := stranger.Finish(t.Context()); fault.Of(err).Code != fault.Unauthenticated {
		t.Errorf("who is not admitted is told %v", err)
	}
	c.do(t, "update korpu.staff_role set ended_at = null where staff_id = $1", c.subject.Staff)
	c.expectNothingLeft(t, "a refusal")

	failing := c.prepare(t, someCases)
	c.do(t, "revoke select on v1_police_officer_case_proceedings.case_file from korpu_read_police_officer")
	if err := failing.Finish(t.Context()); fault.Of(err).Code != fault.Internal || strings.Contains(fault.Of(err).Message, "denied") {
		t.Errorf("a failure of PostgreSQL is told as %v", err)
	}
	c.do(t, "grant select on v1_police_officer_case_proceedings.case_file to korpu_read_police_officer")
	c.expectNothingLeft(t, "an error")

	c.finishInPanic(t)
	c.expectNothingLeft(t, "a panic")
}

// finishInPanic sends a request whose rendering panics, and tests that asking once more gives no answer either.
func (c *counter) finishInPanic(t *testing.T) {
	t.Helper()
	broken := c.prepare(t, someCases)
	broken.PanicInRendering()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("there was no panic")
			}
		}()
		_ = broken.Finish(t.Context())
	}()
	if err := broken.Finish(t.Context()); err == nil {
		t.Error("a request that broke off passes for answered")
	}
}

func TestARequestWhoseCallerHasGoneEndsAndLeavesNothing(t *testing.T) {
	c := openCounter(t)
	if err := c.prepare(t, someCases).Finish(t.Context()); err != nil { // prepares the statement, which would wait for the lock too
		t.Fatal(err)
	}
	lock := c.lock(t, "korpu.case_file")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	waiting := c.prepare(t, someCases)
	go func() { ended <- waiting.Finish(ctx) }()
	c.awaitBlocked(t, 1)
	cancel()
	if err := <-ended; fault.Of(err).Code != fault.Timeout {
		t.Errorf("the caller is told %v", err)
	}
	if n := c.blocked(t); n != 0 {
		t.Error("its statement still runs")
	}
	lock.release(t)
	c.expectNothingLeft(t, "a caller that has gone")
}

// The login is nobody: what it may read tells who is admitted and which policy holds, and nothing of a child.
func TestTheLoginItselfReadsNoRecord(t *testing.T) {
	c := openCounter(t)
	closed := c.texts(t, `select n.nspname || '.' || r.relname from pg_class r join pg_namespace n on n.oid = r.relnamespace
	   where (n.nspname = 'korpu' or n.nspname ~ '^v[0-9]+_') and r.relkind in ('r', 'v', 'm', 'S')
	     and n.nspname || '.' || r.relname not in ('korpu.admitted', 'korpu.admission', 'korpu.client_admission', 'korpu.policy_version', 'korpu.policy_current')`)
	if len(closed) < 200 {
		t.Fatalf("there are only %d views and tables", len(closed))
	}
	for _, name := range closed {
		for _, sql := range []string{"select from " + name, "copy " + name + " to stdout"} {
			if state := c.attempt(t, sql); state != "42501" {
				t.Errorf("%s ends in %s", sql, state)
			}
		}
	}
}

// Neither the session's setting nor the rights let the login or a reading role write.
func TestNothingCanBeWritten(t *testing.T) {
	c := openCounter(t)
	for _, role := range []string{postgres.Login, "korpu_read_police_officer"} {
		for _, mode := range []string{"read only", "read write"} {
			for _, sql := range []string{
				"insert into korpu.district (code, name, city) values ('x', 'x', 'x')", "update korpu.policy_current set version = 1", "delete from korpu.child",
				"truncate korpu.child", "create table korpu.x ()", "create schema x", "create temp table x ()", "drop schema v1_police_officer_case_proceedings cascade",
				"select korpu.refresh_child(gen_random_uuid())", "select id from v1_police_officer_case_proceedings.child for update",
				"update v1_police_officer_case_proceedings.child set given_name = 'x'", "delete from v1_police_officer_case_proceedings.child",
				"alter role korpu_hub superuser", "grant korpu_owner to korpu_hub", "set local role korpu_owner", "set session authorization postgres", "comment on schema korpu is 'x'",
			} {
				if state := c.attempt(t, "begin; set transaction "+mode+"; set local role "+role+"; "+sql); state != "25006" && state != "42501" {
					t.Errorf("%s, %s: %s ends in %s", role, mode, sql, state)
				}
			}
		}
	}
	c.expectNothingLeft(t, "attempts to write")
}

// attempt runs statements as a client that speaks SQL would, and returns the state in which PostgreSQL leaves them.
func (c *counter) attempt(t *testing.T, sql string) string {
	t.Helper()
	conn, err := c.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	_, err = conn.Conn().PgConn().Exec(t.Context(), sql).ReadAll()
	var told *pgconn.PgError
	if !errors.As(err, &told) {
		return "success"
	}
	return told.Code
}

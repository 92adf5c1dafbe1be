package audit_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/audit"
	"korpu/internal/hubtest"
	"korpu/internal/postgres"
	"korpu/internal/postgres/pgtest"
)

var (
	secret = bytes.Repeat([]byte{8}, audit.KeySize)
	now    = time.Date(2026, 11, 23, 10, 0, 0, 123456000, time.UTC)
)

// database is a database with the policy applied, and a connection of its superuser.
type database struct {
	admin string
	*pgx.Conn
}

func open(t *testing.T) database {
	t.Helper()
	admin, conn := hubtest.Database(t)
	return database{admin, conn}
}

// writer opens a writer that closes with the test.
func (d database) writer(t *testing.T) *audit.Writer {
	t.Helper()
	w, err := d.tryWriter(t)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func (d database) tryWriter(t *testing.T) (*audit.Writer, error) {
	t.Helper()
	keys, err := audit.NewKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	config, err := postgres.WriterConfig(hubtest.LoginURL(t, d.admin), postgres.AuditWriter)
	if err != nil {
		t.Fatal(err)
	}
	return audit.Open(t.Context(), config, keys, nil)
}

// do runs SQL as superuser. Triggers do not hold it up, as they would not whoever has taken the server.
func (d database) do(t *testing.T, sql string, args ...any) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), d.Conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), "set local session_replication_role = replica"); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), sql, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// texts is the first column of a query.
func (d database) texts(t *testing.T, sql string, args ...any) []string {
	t.Helper()
	return pgtest.Column[string](t, d.Conn, sql, args...)
}

func (d database) bodies(t *testing.T) []string {
	t.Helper()
	return d.texts(t, "select body from korpu.audit_record order by at, chain, seq")
}

// verify reports what is wrong with the chains.
func (d database) verify(t *testing.T, from, anchors []audit.Head) *audit.Report {
	t.Helper()
	report, err := audit.Verify(t.Context(), d.Conn, from, anchors)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// sound fails the test where something is wrong with the chains.
func (d database) sound(t *testing.T) {
	t.Helper()
	if report := d.verify(t, nil, nil); len(report.Findings) > 0 {
		t.Errorf("the chains do not verify: %q", report.Findings)
	}
}

// finds fails the test unless exactly one thing is wrong, and is said in these words.
func finds(t *testing.T, report *audit.Report, words string) {
	t.Helper()
	if len(report.Findings) != 1 || !strings.Contains(report.Findings[0], words) {
		t.Errorf("found %q, not %q alone", report.Findings, words)
	}
}

// entry is that of a request which read the record of a child.
func entry(request string) *audit.Entry {
	child := uuid.NewSHA1(uuid.Nil, []byte("child of "+request))
	return &audit.Entry{
		At: now, Request: request, Staff: uuid.NewSHA1(uuid.Nil, []byte("staff")), Agency: uuid.NewSHA1(uuid.Nil, []byte("agency")),
		Issuer: "https://issuer.example", Client: "portal", Role: "judge", Purpose: "CASE_PROCEEDINGS", Operation: "0123", Policy: "1", Outcome: "OK",
		Reading: audit.Reading{
			Fields: []string{"Child.id", "Query.child"}, Types: []string{"Child"}, Records: []audit.Record{{ID: child, Child: child}},
		},
		Digest: []byte{1, 2, 3},
	}
}

// writeAll writes that many entries.
func writeAll(t *testing.T, w *audit.Writer, n int) {
	t.Helper()
	for i := range n {
		if err := w.Write(entry(fmt.Sprint("request ", i))); err != nil {
			t.Fatal(err)
		}
	}
}

package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
)

// audited is a database in which a hub has answered, and the place where its chain ends.
func audited(t *testing.T) (conn *pgx.Conn, head string) {
	t.Helper()
	dsn, conn := hubtest.Country(t, 50, 1)
	h := hubtest.Open(t, dsn)
	for range 3 {
		h.Ask(t, hubtest.OfRole("judge"), "{ cases { totalCount } }", nil).Data(t)
	}
	t.Setenv("KORPU_ADMIN_DATABASE_URL", dsn)
	text, err := run(t, "audit", "verify")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if err != nil || len(lines) != 2 || !strings.HasPrefix(lines[0], "4 records in 1 chains, ") {
		t.Fatalf("error %v: %s", err, text)
	}
	return conn, lines[1]
}

// meddle changes the audit as somebody would who has taken the server.
func meddle(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	for _, step := range []string{"set session_replication_role = replica", sql, "reset session_replication_role"} {
		if _, err := conn.Exec(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnAuditIsVerifiedWholeAndFromAPlaceAndAFindingIsAFailure(t *testing.T) {
	conn, head := audited(t)
	expect(t, "0 records in 1 chains", "audit", "verify", "--from", head)
	meddle(t, conn, `update korpu.audit_record set body = replace(body, '"judge"', '"clerk"') where seq = 3`)
	text, err := run(t, "audit", "verify")
	if err == nil || !strings.Contains(text, "record 3 does not follow") {
		t.Errorf("error %v: %s", err, text)
	}
	expect(t, "0 records in 1 chains", "audit", "verify", "--from", head)
	if _, err := run(t, "audit", "verify", "--from", "nowhere"); err == nil {
		t.Error("a place that is none was taken")
	}
}

func TestAnchorsThatWereKeptShowThatTheEndIsGone(t *testing.T) {
	conn, _ := audited(t)
	t.Setenv("KORPU_AUDIT_ANCHOR_KEY", base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32)))
	public, err := run(t, "audit", "anchor", "--public")
	if err != nil {
		t.Fatal(err)
	}
	anchors, err := run(t, "audit", "anchor")
	if err != nil || strings.Count(anchors, "\n") != 1 {
		t.Fatalf("error %v: %s", err, anchors)
	}
	file := filepath.Join(t.TempDir(), "anchors.jsonl")
	if err := os.WriteFile(file, []byte(anchors), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "audit", "verify", "--anchors", file); err == nil {
		t.Error("anchors were verified without a key")
	}
	t.Setenv("KORPU_AUDIT_ANCHOR_PUBLIC_KEY", strings.TrimSpace(public))
	expect(t, "4 records in 1 chains", "audit", "verify", "--anchors", file)
	meddle(t, conn, "delete from korpu.audit_record where seq = 4")
	expect(t, "3 records in 1 chains", "audit", "verify")
	if text, err := run(t, "audit", "verify", "--anchors", file); err == nil || !strings.Contains(text, "was cut off after record 3: an anchor knows record 4") {
		t.Errorf("error %v: %s", err, text)
	}
	t.Setenv("KORPU_AUDIT_ANCHOR_PUBLIC_KEY", base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{2}, 32)))
	if _, err := run(t, "audit", "verify", "--anchors", file); err == nil || !strings.Contains(err.Error(), "was not signed with this key") {
		t.Errorf("another key verifies them: %v", err)
	}
}

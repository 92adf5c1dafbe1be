package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
	"korpu/internal/vault"
)

// newKeyFile makes a key by the command line, and returns its address.
func newKeyFile(t *testing.T) string {
	t.Helper()
	text, err := run(t, "keys", "create", filepath.Join(t.TempDir(), "key.json"))
	uri, found := strings.CutPrefix(strings.TrimSpace(text), "KORPU_KEY_URI=")
	if err != nil || !found {
		t.Fatalf("%q, error %v", text, err)
	}
	return uri
}

// writtenNote has a clinic write its first note, under a key-encryption key.
func writtenNote(t *testing.T, admin string, conn *pgx.Conn, uri string) {
	t.Helper()
	kek, err := vault.OpenKEK(uri)
	if err != nil {
		t.Fatal(err)
	}
	login, err := pgx.ParseConfig(hubtest.LoginURL(t, admin))
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(t.Context(), kek, login)
	if err != nil {
		t.Fatal(err)
	}
	clinic, note := uuid.New(), uuid.New()
	for _, sql := range []string{
		"set session_replication_role = replica", // a note by itself, without child and author
		"insert into korpu.district (id, code, name, city) values ($1, 'SAB', 'Sabail', 'Baku')",
		"insert into korpu.agency (id, code, name, kind, district_id) values ($1, 'CLINIC', 'Clinic', 'LEGAL_CLINIC', $1)",
	} {
		var args []any
		if strings.Contains(sql, "$1") {
			args = []any{clinic}
		}
		if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	var sealed [2][]byte
	for i, column := range []string{"legal_note.title", "legal_note.body"} {
		if sealed[i], err = v.Seal(t.Context(), clinic, column, note, "a note"); err != nil {
			t.Fatal(err)
		}
	}
	_, err = conn.Exec(t.Context(), `insert into korpu.legal_note (id, child_id, agency_id, author_id, written_at, title, body)
	  values ($1, $1, $2, $1, now(), $3, $4)`, note, clinic, sealed[0], sealed[1])
	if err != nil {
		t.Fatal(err)
	}
}

func TestKeysAreMadeRotatedRetiredAndWrappedAnew(t *testing.T) {
	admin, conn := hubtest.Database(t)
	first, second := newKeyFile(t), newKeyFile(t)
	writtenNote(t, admin, conn, first)
	t.Setenv("KORPU_ADMIN_DATABASE_URL", admin)
	t.Setenv("KORPU_KEY_URI", first)
	expect(t, "CLINIC has a new key, and 2 values are under it", "keys", "rotate")
	expect(t, "CLINIC has a new key, and 2 values are under it", "keys", "rotate", "--agency", "CLINIC")
	expect(t, "CLINIC keeps its older keys; 0 values were under them", "keys", "retire")
	expect(t, "CLINIC: 2 older keys removed", "keys", "retire", "--after", "0s")
	expect(t, "CLINIC: 0 older keys removed", "keys", "retire")
	expect(t, "the keys of 1 agencies", "keys", "rewrap", "--to", second)
	if _, err := run(t, "keys", "rotate"); err == nil || !strings.Contains(err.Error(), "CLINIC") || !strings.Contains(err.Error(), "KORPU_KEY_URI") {
		t.Errorf("under the first key: error %v", err)
	}
	t.Setenv("KORPU_KEY_URI", second)
	expect(t, "CLINIC has a new key, and 2 values are under it", "keys", "rotate")
}

func TestKeysAreNotTouchedWithoutTheirKey(t *testing.T) {
	admin, _ := hubtest.Database(t)
	t.Setenv("KORPU_ADMIN_DATABASE_URL", admin)
	uri := newKeyFile(t)
	t.Setenv("KORPU_KEY_URI", uri)
	if _, err := run(t, "keys", "rotate", "--agency", "NONE"); err == nil {
		t.Error("an agency that is none has a new key")
	}
	if err := os.Chmod(strings.TrimPrefix(uri, "file://"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"rotate"}, {"retire"}, {"rewrap", "--to", uri}} {
		if _, err := run(t, append([]string{"keys"}, command...)...); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%s with a key that others may read: error %v", command[0], err)
		}
	}
}

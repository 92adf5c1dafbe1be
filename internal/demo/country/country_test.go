package country_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/demo/country"
	"korpu/internal/hubtest"
	"korpu/internal/postgres/pgtest"
	"korpu/migrations"
)

const issuer = "http://127.0.0.1:8080/dev-issuer"

var (
	now = time.Date(2026, time.November, 23, 15, 4, 5, 0, time.UTC)

	// Each run of the tests makes the country anew, since the name cannot tell how it was generated.
	defaultCountry = "default country " + rand.Text()
)

func options(seed uint64) country.Options {
	return country.Options{Seed: seed, Now: now, Issuer: issuer, Keys: hubtest.Keys()}
}

// loaded opens a copy of the default country.
func loaded(t *testing.T) *pgx.Conn {
	t.Helper()
	return connect(t, pgtest.New(t, defaultCountry, func(ctx context.Context, dsn string) error {
		if err := migrations.Up(ctx, dsn); err != nil {
			return err
		}
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return err
		}
		_, err = country.Load(ctx, conn, options(1))
		return errors.Join(err, conn.Close(ctx))
	}))
}

// empty opens a hub without any row.
func empty(t *testing.T) *pgx.Conn {
	t.Helper()
	return connect(t, pgtest.New(t, "hub without rows "+defaultCountry, migrations.Up))
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func load(t *testing.T, conn *pgx.Conn, opts country.Options) country.Summary {
	t.Helper()
	sum, err := country.Load(t.Context(), conn, opts)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// one asks for one value.
func one[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	value, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatalf("%v in %s", err, sql)
	}
	return value
}

// none fails where the statement counts something.
func none(t *testing.T, conn *pgx.Conn, what, sql string) {
	t.Helper()
	if n := one[int](t, conn, sql); n != 0 {
		t.Errorf("%d %s", n, what)
	}
}

// fingerprint covers every value of every table; of what is encrypted, the text, since no two encryptions are alike.
func fingerprint(t *testing.T, conn *pgx.Conn) string {
	t.Helper()
	var parts []string
	for _, table := range pgtest.Column[string](t, conn, "select tablename from pg_tables where schemaname = 'korpu' and tablename <> 'data_key' order by 1") {
		columns := one[string](t, conn, "select string_agg(column_name, ', ') from information_schema.columns where table_schema = 'korpu' and table_name = $1 and data_type <> 'bytea'", table)
		parts = append(parts, table+" "+one[string](t, conn, "select coalesce(md5(string_agg(x::text, '|' order by x::text)), '') from (select "+columns+" from korpu."+table+") x"))
	}
	return strings.Join(append(parts, notes(t, conn)...), "\n")
}

// notes are the texts of all privileged notes.
func notes(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), "select id, agency_id, title, body from korpu.legal_note order by id")
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		ID, Agency  uuid.UUID
		Title, Body []byte
	}])
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, n := range list {
		key := hubtest.KeyOf(t, conn, n.Agency)
		title, errTitle := key.Open("legal_note.title", n.ID, n.Title)
		body, errBody := key.Open("legal_note.body", n.ID, n.Body)
		if err := errors.Join(errTitle, errBody); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(title)+": "+string(body))
	}
	return texts
}

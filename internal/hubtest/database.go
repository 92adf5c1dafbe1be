// Package hubtest gives tests a database with the policy applied, and a hub that answers over it.
package hubtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/internal/demo/country"
	"korpu/internal/postgres"
	"korpu/internal/postgres/pgtest"
	"korpu/migrations"
	"korpu/policy"
	"korpu/schema"
)

// Policy is the embedded policy, compiled once for all tests of a process.
var Policy = sync.OnceValue(func() *policy.Compiled {
	c, err := policy.Build(schema.FS, policy.Embedded())
	if err != nil {
		panic(fmt.Errorf("compile the embedded policy: %w", err))
	}
	return c
})

// Database is a database of the test's own: migrated, the embedded policy applied, no data. It returns the address and a
// connection of its superuser.
func Database(t testing.TB) (admin string, conn *pgx.Conn) {
	t.Helper()
	admin = pgtest.New(t, "installed "+Policy().Hash+stepsHash(), func(ctx context.Context, dsn string) error { return prepare(ctx, dsn, Policy()) })
	return admin, Connect(t, admin)
}

// Country is a database of the test's own that holds the synthetic country of that size, as of the day Today, and what
// the statements add to it.
func Country(t testing.TB, children int, seed uint64, statements ...string) (admin string, conn *pgx.Conn) {
	t.Helper()
	name := fmt.Sprintf("a country %d %d %s %s %q", children, seed, Today.Format(time.DateOnly), Policy().Hash+stepsHash(), statements)
	admin = pgtest.New(t, name, func(ctx context.Context, dsn string) error { return load(ctx, dsn, children, seed, statements) })
	return admin, Connect(t, admin)
}

// Today is the day of the synthetic country: the day of the run, so that what is live in it is live.
var Today = time.Now().UTC().Truncate(24 * time.Hour)

func load(ctx context.Context, dsn string, children int, seed uint64, statements []string) error {
	if err := prepare(ctx, dsn, Policy()); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := country.Load(ctx, conn, country.Options{Children: children, Seed: seed, Now: Today, Issuer: "unset", Keys: Keys()}); err != nil {
		return err
	}
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("add to the country: %w", err)
		}
	}
	return nil
}

func prepare(ctx context.Context, dsn string, c *policy.Compiled) error {
	if err := migrations.Up(ctx, dsn); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	_, _, err = postgres.Apply(ctx, conn, c)
	return err
}

// stepsHash tells databases apart that other migrations made.
func stepsHash() string {
	h := sha256.New()
	err := fs.WalkDir(migrations.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, name)
		h.Write(text)
		return err
	})
	if err != nil {
		panic(fmt.Errorf("read the migrations: %w", err))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Connect opens a connection that closes with the test.
func Connect(t testing.TB, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// Login opens a pool as the hub's login that closes with the test.
func Login(t testing.TB, admin string) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.OpenPool(t.Context(), LoginURL(t, admin), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// LoginURL is the address of the test's database for the hub's login.
func LoginURL(t testing.TB, admin string) string {
	t.Helper()
	u, err := postgres.LoginURL(admin)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

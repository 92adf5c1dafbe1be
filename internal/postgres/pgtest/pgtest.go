// Package pgtest gives every test a PostgreSQL database of its own, cloned from a template that is prepared once. All
// test processes share one private server, which ends soon after the last of them.
package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres/pgserver"
)

// New returns the address, as superuser, of a new database that is dropped when the test ends. It is a clone of the
// template that prepare fills under this name: whatever changes the outcome of prepare, such as a hash of migrations
// and policy, belongs in the name. Only one prepare runs at a time, so that it may create roles.
func New(t testing.TB, name string, prepare func(ctx context.Context, dsn string) error) string {
	t.Helper()
	dir, err := attach()
	if errors.Is(err, errNoPostgreSQL) && os.Getenv("CI") == "" {
		t.Skipf("SKIPPED, nothing was tested: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	database := "test_" + rand.Text()[:16]
	if err := clone(t.Context(), dir, name, prepare, database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(dir, database); err != nil {
			t.Error(err)
		}
	})
	dsn, err := pgserver.DSN(dir, database)
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

// Empty prepares nothing, for tests that start from an empty database.
func Empty(context.Context, string) error { return nil }

func clone(ctx context.Context, dir, name string, prepare func(context.Context, string) error, database string) error {
	conn, err := connect(ctx, dir)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	template := templateName(name)
	if err := ensureTemplate(ctx, conn, dir, template, prepare); err != nil {
		return err
	}
	return cloneTemplate(ctx, conn, template, database)
}

func drop(dir, database string) error {
	ctx := context.Background() // the test's own has ended
	conn, err := connect(ctx, dir)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "drop database "+quote(database)+" with (force)"); err != nil {
		return fmt.Errorf("drop the test's database: %w", err)
	}
	return nil
}

// connect opens the database that holds nothing and is where databases are made.
func connect(ctx context.Context, dir string) (*pgx.Conn, error) {
	dsn, err := pgserver.DSN(dir, "postgres")
	if err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("connect to the tests' PostgreSQL: %w", err)
	}
	return conn, nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// Package migrations holds the database's tables as numbered steps, NNNN_what.sql, and takes a database to the last.
//
// A step works as the owner of what it makes (set local role) and ends with reset role, because goose notes that it is
// done in the same transaction, in a table that the owner may not touch.
package migrations

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// FS holds the steps.
//
//go:embed *.sql
var FS embed.FS

// Up takes the database to the latest step. It may run in several processes at once: one works, the others wait.
func Up(ctx context.Context, dsn string) error {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("read the database's address: %w", err)
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()
	// A loser tries again each second, for ten minutes.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600))
	if err != nil {
		return fmt.Errorf("prepare the migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, FS, goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// Latest is the number of the last step.
func Latest() int64 {
	names, err := fs.Glob(FS, "*.sql")
	if err != nil || len(names) == 0 {
		panic("migrations: no step is embedded") // the compiler refuses an empty folder
	}
	latest, err := goose.NumericComponent(names[len(names)-1])
	if err != nil {
		panic(fmt.Sprintf("migrations: %v", err)) // a test reads every name
	}
	return latest
}

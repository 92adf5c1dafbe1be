package pgtest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Column reads the values of one column.
func Column[T any](t testing.TB, conn *pgx.Conn, sql string, args ...any) []T {
	t.Helper()
	return Rows(t, conn, pgx.RowTo[T], sql, args...)
}

// Rows reads rows as a function of pgx says. It serves a test that is ending, too.
func Rows[T any](t testing.TB, conn *pgx.Conn, read pgx.RowToFunc[T], sql string, args ...any) []T {
	t.Helper()
	rows, err := conn.Query(context.WithoutCancel(t.Context()), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	all, err := pgx.CollectRows(rows, read)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return all
}

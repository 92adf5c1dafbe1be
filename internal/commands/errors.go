package commands

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"korpu/internal/fault"
	"korpu/internal/records"
)

// again tells whether PostgreSQL broke the transaction off in favour of another one.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// told turns what PostgreSQL refused into what may be said of it. What a row refers to and the caller may not touch is told
// as what does not exist; a constraint is told by the field that the caller gave, never by what other rows hold.
func (s *step) told(ctx context.Context, err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		if errors.Is(err, pgx.ErrTxCommitRollback) {
			return fault.New(fault.Unavailable, "the command was not carried out; send it again under the same key")
		}
		return records.Told(ctx, err)
	}
	switch pg.Code {
	case "KP001": // a guard of ours, whose text is for the caller
		return &fault.Error{Code: fault.Invalid, Message: pg.Message}
	case "42501": // row-level security, or a grant that another policy version has taken away
		return s.refused(ctx)
	case "23502":
		return fault.New(fault.Invalid, "the command leaves out what the record needs: %s", pg.ColumnName)
	case "23503":
		link := subjectOf(pg, "_exists")
		if link == "child" || link == "case" { // of which of them is missing, a hidden one could be told
			return s.refused(ctx)
		}
		return fault.New(fault.Invalid, "an identifier leads to nothing: %s", link)
	case "23514":
		return fault.New(fault.Invalid, "a value is not possible: %s", subjectOf(pg, ""))
	case "23505":
		return fault.New(fault.Conflict, "there is such a record already, or one is being made at this moment")
	}
	return records.Told(ctx, err)
}

// refused tells a policy that changed meanwhile, in which case the command begins anew, from a command that is not open.
func (s *step) refused(ctx context.Context) error {
	var version int64
	if err := s.runner.Pool.QueryRow(ctx, "select version from korpu.policy_current").Scan(&version); err != nil {
		return records.Told(ctx, err)
	}
	if version != s.request.Version() {
		return records.ErrStale
	}
	return errNotFound
}

// subjectOf is what a constraint is about: its name without that of the table.
func subjectOf(pg *pgconn.PgError, suffix string) string {
	name := pg.ConstraintName
	if len(name) > len(pg.TableName)+len(suffix) {
		name = name[len(pg.TableName)+1 : len(name)-len(suffix)]
	}
	return strings.ReplaceAll(name, "_", " ")
}

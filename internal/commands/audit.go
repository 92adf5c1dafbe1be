package commands

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"korpu/internal/audit"
	"korpu/internal/fault"
)

// begin is the entry of a command of which nothing is known yet but who asks.
func (r *Runner) begin(ctx context.Context) (e audit.Entry) {
	if r.Entry != nil {
		e = r.Entry(ctx)
		e.Command = uuid.New()
	}
	return e
}

// write writes down, in the transaction that changes them, which records of which child and case the command makes or changes.
// Where that cannot be, nothing is changed.
func (s *step) write(ctx context.Context, tx pgx.Tx, child, file uuid.UUID) (err error) {
	if s.runner.Entry == nil {
		return nil
	}
	e := s.entry
	e.Name, e.Reading.Types = s.command.Name, s.request.Profile().Catalog().Names
	for _, r := range s.rows {
		kind, _ := slices.BinarySearch(e.Reading.Types, r.record.Name)
		e.Changed = append(e.Changed, audit.Record{Type: uint16(kind), ID: r.id, Child: child, Case: file})
	}
	if s.written, err = audit.Insert(ctx, tx, e); err != nil {
		return fault.New(fault.Unavailable, "the command could not be recorded, so it was not carried out; send it again under the same key")
	}
	return nil
}

// keep tells the request which command the audit has to link before the answer leaves. Of one that was carried out before, or
// of whose end nothing was heard, only the identifier is known.
func (s *step) keep(err error) {
	var pg *pgconn.PgError
	var refused *fault.Error
	switch {
	case s.entry.Command == uuid.Nil || errors.As(err, &pg) || errors.As(err, &refused):
	case err == nil && !s.replayed:
		s.request.Carried(s.written)
	default:
		s.request.Carried(audit.Earlier(s.entry.Command))
	}
}

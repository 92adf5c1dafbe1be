package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/fault"
	"korpu/policy"
)

// lock has the commands on one child follow one another, and takes the lock that the triggers would take later.
func (s *step) lock(ctx context.Context, tx pgx.Tx, rows []row) error {
	if s.command.Record.Anchor == policy.AnchorNone {
		return nil
	}
	table, id := s.command.Record.Table, any(s.id)
	if s.command.Action == "create" {
		if table, id = s.parent(rows); table == "" {
			return nil
		}
	}
	if _, err := tx.Exec(ctx, "select korpu.lock_child($1, $2)", table, id); err != nil {
		return fmt.Errorf("lock the child: %w", err)
	}
	return nil
}

// parent is what a new record belongs to, as the caller gives it; empty where the child is made with it.
func (s *step) parent(rows []row) (table string, id any) {
	main := rows[slices.IndexFunc(rows, func(r row) bool { return r.id == s.id })]
	for _, v := range s.command.Input.Values {
		if i := slices.Index(main.columns, v.Column); v.Parent != "" && v.Made == nil && i >= 0 {
			return v.Parent, main.values[i]
		}
	}
	return "", nil
}

// decide locks the record and finds out whether it is as the command needs it. Row-level security hides it where the
// command is not open to the caller.
func (s *step) decide(ctx context.Context, tx pgx.Tx) error {
	state, owner := "''", "null::uuid"
	if s.command.Action == "transition" {
		state = "status"
	}
	if s.command.Seals() {
		owner = policy.AgencyColumn
	}
	var version int32
	var now string
	var of uuid.NullUUID
	sql := fmt.Sprintf("select version, %s, %s from korpu.%s where id = $1 for update", state, owner, s.command.Record.Table)
	err := tx.QueryRow(ctx, sql, s.id).Scan(&version, &now, &of)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return errNotFound
	case err != nil:
		return fmt.Errorf("lock the record: %w", err)
	case version != s.expected:
		return fault.New(fault.Conflict, "the record has changed: read it again, and decide on version %d", version)
	case s.command.Action == "transition" && !slices.Contains(s.command.From, now):
		return fault.New(fault.Invalid, "the step leads from %v; the record is in state %s", s.command.From, now)
	}
	s.owner = of.UUID
	return nil
}

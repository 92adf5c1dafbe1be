package commands

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/records"
)

// MayTakeMandate tells whether the caller may take a mandate of the child: yes or no, and nothing of why. Both halves are asked for
// every child, so that a child who is not there takes as long. Each question counts as a look-up that failed, whatever the answer.
func (r *Runner) MayTakeMandate(ctx context.Context, child string) (may bool, err error) {
	request, err := records.RequestOf(ctx)
	if err != nil {
		return false, err
	}
	id, err := identifier("child", child)
	if err != nil {
		return false, err
	}
	end, err := request.Guess(ctx)
	if err != nil {
		return false, records.Told(ctx, err)
	}
	defer end(true)
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, r.Pool, options, func(tx pgx.Tx) error {
		may, err = mayTakeMandate(ctx, tx, request, id)
		return err
	})
	return may, records.Told(ctx, err)
}

func mayTakeMandate(ctx context.Context, tx pgx.Tx, request *records.Request, child uuid.UUID) (bool, error) {
	caller := request.Subject()
	open, err := mayMake(ctx, tx, request, "takeMandate", map[string]any{"child_id": child, "lawyer_id": caller.Staff, "agency_id": caller.Agency, "author_id": caller.Staff})
	if err != nil {
		return false, err
	}
	var against bool
	if err := tx.QueryRow(ctx, "select korpu.acts_against($1)", child).Scan(&against); err != nil {
		return false, fmt.Errorf("look for a conflict of interest: %w", err)
	}
	if open {
		request.Showed(child)
	}
	return open && !against, nil
}

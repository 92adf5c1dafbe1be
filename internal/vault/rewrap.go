package vault

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Rewrap wraps the keys of every agency in another key-encryption key. Those that are in it already stay. Hubs that run go on
// with the keys in their memory; they start again with the new one only.
func (k *Keeper) Rewrap(ctx context.Context, to *KEK) (rewrapped int, err error) {
	err = k.asOwner(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectKeys+" for update")
		if err != nil {
			return fmt.Errorf("read the keys of agencies: %w", err)
		}
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[wrapped])
		if err != nil {
			return fmt.Errorf("read the keys of agencies: %w", err)
		}
		for _, row := range all {
			if _, err := to.Unwrap(row.Agency, row.Keyset); err == nil {
				continue
			}
			if err := k.rewrapOne(ctx, tx, row, to); err != nil {
				return err
			}
			rewrapped++
		}
		return nil
	})
	return rewrapped, err
}

func (k *Keeper) rewrapOne(ctx context.Context, tx pgx.Tx, row wrapped, to *KEK) error {
	key, err := k.KEK.Unwrap(row.Agency, row.Keyset)
	if err != nil {
		return err
	}
	text, err := to.wrap(row.Agency, key.handle)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "update korpu.data_key set keyset = $1 where agency_id = $2", text, row.Agency); err != nil {
		return fmt.Errorf("keep the keys of an agency: %w", err)
	}
	return nil
}

// Package sealing takes out of everybody's sight what the law says is due, and destroys what two persons have decided to destroy.
// What is due, and what is done then, stands in the database (migrations 0018, 0024 and 0025); the hub and the command line
// only say when.
package sealing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres"
)

// ErrBusy says that another instance is sealing at this moment.
var ErrBusy = errors.New("another run of sealing is at work")

// batchSize is how many cases are sealed in one transaction, so that nobody waits long for a child.
const batchSize = 200

// database is a pool or a connection, whose login may become the sealing role and the owner.
type database interface {
	BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error)
}

// Run seals all cases that are due, and returns how many. One that has been run already finds nothing to do.
func Run(ctx context.Context, db database) (sealed int, err error) {
	for {
		n, err := batch(ctx, db)
		if err != nil || n == 0 {
			return sealed, err
		}
		sealed += n
	}
}

func batch(ctx context.Context, db database) (int, error) {
	var sealed *int
	err := asSealer(ctx, db, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, "select korpu.seal_due($1)", batchSize).Scan(&sealed)
	})
	switch {
	case err != nil:
		return 0, fmt.Errorf("seal what is due: %w", err)
	case sealed == nil:
		return 0, ErrBusy
	}
	return *sealed, nil
}

// asSealer works in a transaction of the sealing role. It is read committed: having waited for a child, the run sees what the
// one before it did.
func asSealer(ctx context.Context, db database, work func(pgx.Tx) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite}
	return pgx.BeginTxFunc(ctx, db, options, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set local role "+postgres.Sealer); err != nil {
			return fmt.Errorf("become the sealing role: %w", err)
		}
		return work(tx)
	})
}

// Due is a case that is to be sealed, by reference.
type Due struct {
	Case, Rule string
	On         time.Time
}

// List names the cases that are due, or will be within so many days, ninety at most; earliest first.
func List(ctx context.Context, db database, within int) (all []Due, err error) {
	err = pgx.BeginTxFunc(ctx, db, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set local role "+postgres.Owner); err != nil {
			return fmt.Errorf("become the owner: %w", err)
		}
		rows, err := tx.Query(ctx, "select case_number, rule, due_on from korpu.sealing_due where due_on <= current_date + $1::integer order by due_on, id", within)
		if err != nil {
			return fmt.Errorf("list what is due: %w", err)
		}
		all, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Due])
		return err
	})
	return all, err
}

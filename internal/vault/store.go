package vault

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres"
)

// wrapped are the keys of an agency as the database has them.
type wrapped struct {
	Agency uuid.UUID
	Keyset []byte
}

// store reads and adds wrapped keys, as the one role that may.
type store struct{ login *pgx.ConnConfig }

const selectKeys = "select agency_id, keyset from korpu.data_key"

func (s store) all(ctx context.Context) (all []wrapped, err error) {
	err = s.within(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectKeys)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, pgx.RowToStructByPos[wrapped])
		return err
	})
	return all, err
}

func (s store) read(ctx context.Context, agency uuid.UUID) (one wrapped, err error) {
	err = s.within(ctx, func(tx pgx.Tx) error { one, err = readOne(ctx, tx, agency); return err })
	return one, err
}

// readOrMake reads the keys of an agency. Where there are none it adds those that make returns, unless another instance comes
// first: then those are read.
func (s store) readOrMake(ctx context.Context, agency uuid.UUID, make func() ([]byte, error)) (one wrapped, err error) {
	err = s.within(ctx, func(tx pgx.Tx) error {
		if one, err = readOne(ctx, tx, agency); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		keyset, err := make()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "insert into korpu.data_key (agency_id, keyset) values ($1, $2) on conflict do nothing", agency, keyset); err != nil {
			return err
		}
		one, err = readOne(ctx, tx, agency)
		return err
	})
	return one, err
}

// querier is what a connection and a transaction have in common.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func readOne(ctx context.Context, db querier, agency uuid.UUID) (wrapped, error) {
	rows, err := db.Query(ctx, selectKeys+" where agency_id = $1", agency)
	if err != nil {
		return wrapped{}, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[wrapped])
}

// within works in one transaction as the vault's role. It sees what others commit meanwhile, and may write: the login's own
// transactions do neither.
func (s store) within(ctx context.Context, work func(pgx.Tx) error) error {
	conn, err := pgx.ConnectConfig(ctx, s.login.Copy())
	if err != nil {
		return fmt.Errorf("connect for the keys of agencies: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	options := pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite}
	err = pgx.BeginTxFunc(ctx, conn, options, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set local role "+postgres.Vault); err != nil {
			return err
		}
		return work(tx)
	})
	if err != nil {
		return fmt.Errorf("read the keys of agencies: %w", err)
	}
	return nil
}

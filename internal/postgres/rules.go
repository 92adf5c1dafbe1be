package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"korpu/policy"
)

// installed is a policy version as the database keeps it.
type installed struct {
	Version int64 // 0 where no policy has been applied yet
	Hash    string
	Rules   policy.Files
}

func current(ctx context.Context, db querier) (installed, error) {
	rows, err := db.Query(ctx, "select v.version, v.hash, v.rules from korpu.policy_current c join korpu.policy_version v using (version)")
	if err != nil {
		return installed{}, fmt.Errorf("read the current policy (has korpu migrate been run?): %w", err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[installed])
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return installed{}, fmt.Errorf("read the current policy (has korpu migrate been run?): %w", err)
	}
	return v, nil
}

// currentVersion reads the number alone, which is all that most who ask need.
func currentVersion(ctx context.Context, db querier) (int64, error) {
	rows, err := db.Query(ctx, "select version from korpu.policy_current")
	if err != nil {
		return 0, fmt.Errorf("read the current policy's number (has korpu migrate been run?): %w", err)
	}
	version, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, errNoPolicy
	}
	if err != nil {
		return 0, fmt.Errorf("read the current policy's number (has korpu migrate been run?): %w", err)
	}
	return version, nil
}

var errNoPolicy = errors.New("the database has no policy yet: run korpu policy apply")

// CurrentRules returns the rules of the version that is current in the database, to compare others with them.
func CurrentRules(ctx context.Context, conn *pgx.Conn) (files policy.Files, version int64, err error) {
	v, err := current(ctx, conn)
	if err == nil && v.Version == 0 {
		err = errNoPolicy
	}
	return v.Rules, v.Version, err
}

package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"korpu/policy"
)

// CurrentRules returns the rules of the version that is current in the database, to compare others with them.
func CurrentRules(ctx context.Context, conn *pgx.Conn) (files policy.Files, version int64, err error) {
	err = conn.QueryRow(ctx, "select v.rules, v.version from korpu.policy_current c join korpu.policy_version v using (version)").Scan(&files, &version)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, 0, errors.New("the database has no policy yet: run korpu policy apply")
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read the current policy: %w", err)
	}
	return files, version, nil
}

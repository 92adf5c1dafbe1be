package sealing

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/audit"
	"korpu/internal/postgres"
)

// Expunge destroys the cases that two persons have decided to destroy, each in a transaction of its own, and returns how many.
// A chain of the audit has yet to hold the entries that it leaves: Link.
func Expunge(ctx context.Context, db database) (expunged int, err error) {
	for {
		done, err := expungeNext(ctx, db)
		if err != nil || !done {
			return expunged, err
		}
		expunged++
	}
}

func expungeNext(ctx context.Context, db database) (done bool, err error) {
	err = asSealer(ctx, db, func(tx pgx.Tx) error {
		var id uuid.NullUUID
		if err := tx.QueryRow(ctx, "select korpu.expunge_next()").Scan(&id); err != nil || !id.Valid {
			return err
		}
		done = true
		_, err := audit.Insert(ctx, tx, entry(id.UUID))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("destroy what was decided: %w", err)
	}
	return done, nil
}

// Link has a chain of its own hold what expunging has left, over the login's address.
func Link(ctx context.Context, dsn string) error {
	config, err := postgres.WriterConfig(dsn, postgres.AuditWriter)
	if err != nil {
		return err
	}
	return audit.Link(ctx, config)
}

// entry is what the audit keeps of a destruction: under which certificate, and nothing of what there was.
func entry(certificate uuid.UUID) audit.Entry {
	return audit.Entry{
		At: time.Now(), Command: uuid.New(), Name: "expunge", Outcome: "OK",
		Changed: []audit.Record{{ID: certificate}}, Reading: audit.Reading{Types: []string{"Expungement"}},
	}
}

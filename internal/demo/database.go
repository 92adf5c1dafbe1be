package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/demo/country"
	"korpu/internal/postgres"
	"korpu/internal/vault"
	"korpu/policy"
)

// applyVerified makes the policy current; Casbin checks one that this database has not seen.
func applyVerified(ctx context.Context, conn *pgx.Conn, c *policy.Compiled) error {
	var seen bool
	if err := conn.QueryRow(ctx, "select exists (select from korpu.policy_version where hash = $1)", c.Hash).Scan(&seen); err != nil {
		return fmt.Errorf("look for the policy: %w", err)
	}
	if !seen {
		if err := c.Verify(); err != nil {
			return err
		}
	}
	_, _, err := postgres.Apply(ctx, conn, c)
	return err
}

// forgetClearNotes drops a country of a release that kept privileged notes in the clear, which no migration takes over.
func (d *Demo) forgetClearNotes(ctx context.Context, log *slog.Logger) error {
	var inTheClear bool
	err := connected(ctx, d.database.DSN(database), func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `select exists (select from information_schema.columns
		   where table_schema = 'korpu' and table_name = 'legal_note' and column_name = 'title' and data_type = 'text')`).Scan(&inTheClear)
	})
	if err != nil || !inTheClear {
		return err
	}
	log.WarnContext(ctx, "the country was made by a release that kept privileged notes in the clear: it is made anew")
	err = connected(ctx, d.database.DSN("postgres"), func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "drop database "+database+" with (force)")
		return err
	})
	if err != nil {
		return fmt.Errorf("remove the old country: %w", err)
	}
	return createDatabase(ctx, d.database.DSN("postgres"))
}

func createDatabase(ctx context.Context, dsn string) error {
	return connected(ctx, dsn, func(conn *pgx.Conn) error {
		var there bool
		if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", database).Scan(&there); err != nil {
			return fmt.Errorf("look for the demo's database: %w", err)
		}
		if there {
			return nil
		}
		if _, err := conn.Exec(ctx, "create database "+database); err != nil {
			return fmt.Errorf("create the demo's database: %w", err)
		}
		return nil
	})
}

func connected(ctx context.Context, dsn string, work func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connect to the demo's database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return work(conn)
}

// populate loads the synthetic country once, and lets the personas sign in at this start's address.
func populate(ctx context.Context, conn *pgx.Conn, url string, o Options, keys *vault.KEK) error {
	_, err := country.Load(ctx, conn, country.Options{Children: o.Children, Seed: o.Seed, Now: time.Now(), Issuer: issuerURL(url), Keys: keys})
	if err != nil && !errors.Is(err, country.ErrNotEmpty) {
		return err
	}
	for _, table := range []string{"korpu.staff_identity", "korpu.client"} {
		if _, err := conn.Exec(ctx, "update "+table+" set issuer = $1 where issuer <> $1", issuerURL(url)); err != nil {
			return fmt.Errorf("move the sign-in to this address: %w", err)
		}
	}
	return nil
}

package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres/pgserver"
)

// templatesLock is the advisory lock under which templates are made: roles belong to the whole server.
const templatesLock = 20260102

func templateName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "template_" + hex.EncodeToString(sum[:8])
}

func ensureTemplate(ctx context.Context, conn *pgx.Conn, dir, template string, prepare func(context.Context, string) error) error {
	if ready, err := isReady(ctx, conn, template); ready || err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", templatesLock); err != nil {
		return fmt.Errorf("wait to make a template: %w", err)
	}
	if ready, err := isReady(ctx, conn, template); ready || err != nil {
		return errors.Join(err, unlock(ctx, conn))
	}
	return errors.Join(makeTemplate(ctx, conn, dir, template, prepare), unlock(ctx, conn))
}

func unlock(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "select pg_advisory_unlock($1)", templatesLock); err != nil {
		return fmt.Errorf("let others make templates: %w", err)
	}
	return nil
}

// isReady tells whether prepare has finished: only then is the database marked as a template.
func isReady(ctx context.Context, conn *pgx.Conn, template string) (ready bool, err error) {
	err = conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1 and datistemplate)", template).Scan(&ready)
	if err != nil {
		return false, fmt.Errorf("look for the template: %w", err)
	}
	return ready, nil
}

func makeTemplate(ctx context.Context, conn *pgx.Conn, dir, template string, prepare func(context.Context, string) error) error {
	// One may be left half made by a test that was interrupted.
	for _, sql := range []string{"drop database if exists " + quote(template) + " with (force)", "create database " + quote(template)} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("make a template: %w", err)
		}
	}
	dsn, err := pgserver.DSN(dir, template)
	if err != nil {
		return err
	}
	if err := prepare(ctx, dsn); err != nil {
		return fmt.Errorf("prepare the template: %w", err)
	}
	if _, err := conn.Exec(ctx, "alter database "+quote(template)+" with allow_connections false is_template true"); err != nil {
		return fmt.Errorf("finish the template: %w", err)
	}
	return nil
}

// cloneTemplate also copies what belongs to the database as a whole, which PostgreSQL leaves out: privileges and settings.
func cloneTemplate(ctx context.Context, conn *pgx.Conn, template, database string) error {
	if _, err := conn.Exec(ctx, "create database "+quote(database)+" template "+quote(template)+" strategy file_copy"); err != nil {
		return fmt.Errorf("clone the template: %w", err)
	}
	var batch pgx.Batch
	batch.Queue(`update pg_database d set datacl = t.datacl from pg_database t
		where d.datname = $1 and t.datname = $2 and t.datacl is not null`, database, template)
	batch.Queue(`insert into pg_db_role_setting
		select d.oid, s.setrole, s.setconfig
		  from pg_db_role_setting s
		  join pg_database t on t.oid = s.setdatabase
		  join pg_database d on d.datname = $1
		 where t.datname = $2`, database, template)
	if err := conn.SendBatch(ctx, &batch).Close(); err != nil {
		return fmt.Errorf("copy the template's privileges and settings: %w", err)
	}
	return nil
}

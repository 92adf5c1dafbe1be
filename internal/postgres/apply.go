package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"korpu/policy"
)

// Channel carries the number of a policy version when it becomes current.
const Channel = "korpu_policy"

const applyLock = 0x6b6f727075 // "korpu"; one policy is applied at a time

// Apply makes a compiled policy the current one: its views are built beside the old ones, and one row flips, in one
// transaction. Requests that run meanwhile go on under the old version. The same policy applied twice changes nothing, unless the views were meddled with: then they are
// built anew. What others have granted has to be revoked by hand.
// The connection must be allowed to create roles and to become the owner.
func Apply(ctx context.Context, conn *pgx.Conn, c *policy.Compiled) (version int64, changed bool, err error) {
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", applyLock); err != nil {
		return 0, false, fmt.Errorf("wait for another apply: %w", err)
	}
	defer func() {
		_, unlock := conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", applyLock)
		err = errors.Join(err, unlock)
	}()
	if err := CreateRoles(ctx, conn); err != nil {
		return 0, false, err
	}
	if err := checkContract(ctx, conn, c.Catalog); err != nil {
		return 0, false, err
	}
	before, err := current(ctx, conn)
	if err != nil {
		return 0, false, err
	}
	if before.Hash == c.Hash && Drift(ctx, conn, c, before.Version) == nil {
		return before.Version, false, nil
	}
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		version, err = install(ctx, tx, c)
		return err
	})
	if err != nil {
		return 0, false, err
	}
	return version, true, dropOld(ctx, conn)
}

func install(ctx context.Context, tx pgx.Tx, c *policy.Compiled) (int64, error) {
	if err := exec(ctx, tx.Conn(), "set local role "+Owner); err != nil {
		return 0, err
	}
	rules, err := json.Marshal(c.Rules.Files)
	if err != nil {
		return 0, fmt.Errorf("write the rules: %w", err)
	}
	var version int64
	err = tx.QueryRow(ctx, "insert into korpu.policy_version (hash, rules, sdl_hash, views) values ($1, $2, $3, '{}') returning version", c.Hash, rules, c.Catalog.Hash).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("record the policy version: %w", err)
	}
	if err := build(ctx, tx, c, version); err != nil {
		return 0, err
	}
	if err := grantColumns(ctx, tx, c); err != nil {
		return 0, err
	}
	views, err := viewHashes(ctx, tx, version)
	if err != nil {
		return 0, err
	}
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{"update korpu.policy_version set views = $1 where version = $2", []any{views, version}},
		{"insert into korpu.policy_current (version) values ($1) on conflict (only_row) do update set version = excluded.version", []any{version}},
		{"select pg_notify($1, $2)", []any{Channel, fmt.Sprint(version)}},
	} {
		if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
			return 0, fmt.Errorf("switch to the policy version: %w", err)
		}
	}
	return version, nil
}

// build makes the schemas and views of a version, each open to one reading role. The login may name them, to prepare
// statements, and read none.
func build(ctx context.Context, tx pgx.Tx, c *policy.Compiled, version int64) error {
	var b strings.Builder
	for _, p := range c.Profiles {
		views, err := p.Views(version)
		if err != nil {
			return err
		}
		schema, role := p.ViewSchema(version), policy.ReadingRole(p.Role)
		fmt.Fprintf(&b, "create schema %s;\n", schema)
		for _, v := range views {
			b.WriteString(v.SQL + ";\n")
		}
		fmt.Fprintf(&b, "grant usage on schema %s to %s, %s;\n", schema, role, Login)
		if len(views) > 0 {
			fmt.Fprintf(&b, "grant select on all tables in schema %s to %s;\n", schema, role)
		}
		buildFunctions(&b, p, version)
	}
	if _, err := tx.Conn().PgConn().Exec(ctx, b.String()).ReadAll(); err != nil {
		return fmt.Errorf("build the views: %w", err)
	}
	return nil
}

// buildFunctions makes the functions that decide on the commands of a profile, open to one writing role.
func buildFunctions(b *strings.Builder, p *policy.Profile, version int64) {
	functions := p.Functions(version)
	if len(functions) == 0 {
		return
	}
	schema, role := p.ViewSchema(version), policy.WritingRole(p.Role)
	for _, f := range functions {
		b.WriteString(f.SQL() + ";\n")
	}
	fmt.Fprintf(b, "revoke all on all functions in schema %[1]s from public;\ngrant usage on schema %[1]s to %[2]s;\ngrant execute on all functions in schema %[1]s to %[2]s;\n", schema, role)
}

// grantColumns gives the writing roles the columns that their commands write, and takes away all others.
func grantColumns(ctx context.Context, tx pgx.Tx, c *policy.Compiled) error {
	var b strings.Builder
	for _, role := range policy.Roles {
		fmt.Fprintf(&b, "revoke all on all tables in schema korpu from %s;\n", policy.WritingRole(role.Name))
	}
	for _, g := range c.Grants() {
		fmt.Fprintf(&b, "grant %s (%s) on korpu.%s to %s;\n", g.Action, strings.Join(g.Columns, ", "), g.Table, g.Role)
	}
	if _, err := tx.Conn().PgConn().Exec(ctx, b.String()).ReadAll(); err != nil {
		return fmt.Errorf("grant columns to the writing roles: %w", err)
	}
	return nil
}

// dropOld removes the views of versions before the previous one, one schema per transaction. It gives way to readers
// before PostgreSQL would look for a deadlock; what it leaves, the next apply removes.
func dropOld(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `select nspname from pg_namespace
	   where nspname ~ '^v[0-9]+_' and pg_get_userbyid(nspowner) = $1 and substring(nspname from '^v([0-9]+)_')::bigint < (select
	     coalesce(max(version), 0) from korpu.policy_version where version < (select version from korpu.policy_current))`, Owner)
	if err != nil {
		return fmt.Errorf("list old views: %w", err)
	}
	schemas, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list old views: %w", err)
	}
	for _, schema := range schemas {
		_, err := conn.PgConn().Exec(ctx, "begin; set local lock_timeout = '200ms'; drop schema "+pgx.Identifier{schema}.Sanitize()+" cascade; commit").ReadAll()
		if err != nil {
			if rollback := exec(ctx, conn, "rollback"); rollback != nil {
				return rollback
			}
		}
	}
	return nil
}

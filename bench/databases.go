package main

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/demo/country"
	"korpu/internal/postgres"
	"korpu/internal/postgres/pgserver"
	"korpu/migrations"
	"korpu/policy"
	"korpu/schema"
)

// settings are PostgreSQL's, the same for every contestant. Only audit and commands write while it is measured, and wait for the disk.
var settings = map[string]string{
	"shared_buffers":                  "4GB", // as much as all that is asked for, of the large database too
	"effective_cache_size":            "4GB",
	"seq_page_cost":                   "0.1", // the data are in memory
	"random_page_cost":                "0.1",
	"max_parallel_workers_per_gather": "0",
	"max_wal_size":                    "4GB",
	"autovacuum":                      "off",
}

const (
	seed = 1
	// Children come before the authorities again, so there are more cases than children.
	childrenPerThousandCases = 925
	// nowhere is the issuer of the people in a database until a run tells its own address.
	nowhere = "nowhere"
)

// supplement adds to the country what the questions of the benchmark need.
//
//go:embed supplement.sql
var supplement string

// store is the private server of the benchmark with its databases, kept from run to run.
type store struct {
	server   *pgserver.Server
	compiled *policy.Compiled
	issuer   string
}

func openStore(ctx context.Context, dir, issuer string) (*store, error) {
	compiled, err := policy.Build(schema.FS, policy.Embedded())
	if err != nil {
		return nil, fmt.Errorf("compile the policy: %w", err)
	}
	s, err := pgserver.Start(ctx, pgserver.Options{Dir: filepath.Join(dir, "postgres"), Durable: true, Settings: settings})
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return &store{server: s, compiled: compiled, issuer: issuer}, nil
}

func (s *store) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return s.server.Stop(ctx)
}

// cases returns the address of a database of that many cases under the policy of this release, and builds it where none is kept.
func (s *store) cases(ctx context.Context, count int) (string, error) {
	name, err := databaseName(count)
	if err != nil {
		return "", err
	}
	err = s.keep(ctx, name, "template1", func(dsn string) error {
		note("building a database of %d cases, once", count)
		return fill(ctx, dsn, count)
	})
	if err != nil {
		return "", err
	}
	return s.server.DSN(name), s.refresh(ctx, s.server.DSN(name))
}

// keep makes a database once: under another name first, so that one that was left half made is not taken for whole.
func (s *store) keep(ctx context.Context, name, template string, prepare func(dsn string) error) error {
	return s.as(ctx, "postgres", func(conn *pgx.Conn) error {
		var there bool
		if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&there); err != nil {
			return fmt.Errorf("look for the database %s: %w", name, err)
		}
		if there {
			return nil
		}
		half := name + "_unfinished"
		if err := run(ctx, conn, "drop database if exists "+half, "create database "+half+" template "+template+" strategy file_copy"); err != nil {
			return err
		}
		if err := prepare(s.server.DSN(half)); err != nil {
			return fmt.Errorf("fill the database %s: %w", name, err)
		}
		return run(ctx, conn, "alter database "+half+" rename to "+name)
	})
}

func (s *store) as(ctx context.Context, database string, work func(*pgx.Conn) error) error {
	return connected(ctx, s.server.DSN(database), work)
}

func connected(ctx context.Context, dsn string, work func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return work(conn)
}

func run(ctx context.Context, conn *pgx.Conn, statements ...string) error {
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%.60s: %w", sql, err)
		}
	}
	return nil
}

func fill(ctx context.Context, dsn string, cases int) error {
	if err := migrations.Up(ctx, dsn); err != nil {
		return err
	}
	return connected(ctx, dsn, func(conn *pgx.Conn) error {
		began := time.Now()
		sum, err := country.Load(ctx, conn, country.Options{
			Children: cases * childrenPerThousandCases / 1000, Seed: seed, Now: time.Now(), Issuer: nowhere, Keys: keys(),
		})
		if err != nil {
			return err
		}
		note("loaded %d cases of %d children, %d rows, in %s", sum.Cases, sum.Children, sum.Rows, time.Since(began).Round(time.Second))
		return run(ctx, conn, supplement, "vacuum analyze", "checkpoint")
	})
}

// refresh applies this release's policy and lets the people sign in at this run's issuer.
func (s *store) refresh(ctx context.Context, dsn string) error {
	return connected(ctx, dsn, func(conn *pgx.Conn) error {
		if _, _, err := postgres.Apply(ctx, conn, s.compiled); err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, "update korpu.staff_identity set issuer = $1", s.issuer); err != nil {
			return fmt.Errorf("move the sign-in to this run's issuer: %w", err)
		}
		// A run verifies what it has recorded itself.
		return run(ctx, conn, "vacuum analyze korpu.staff_identity", "set session_replication_role = replica",
			"truncate korpu.audit_record, korpu.audit_command, korpu.access_log, korpu.access_log_position", "reset session_replication_role")
	})
}

// databaseName tells by what a database was made: another migration or supplement makes another.
func databaseName(cases int) (string, error) {
	all := supplement
	err := fs.WalkDir(migrations.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, name)
		all += string(text)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the migrations: %w", err)
	}
	return fmt.Sprintf("cases_%d_%s", cases, digest(all)), nil
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:5])
}

// pid is the process of which PostgreSQL's others are children.
func (s *store) pid(ctx context.Context) (pid int, err error) {
	err = s.as(ctx, "postgres", func(conn *pgx.Conn) error { pid = parentOf(int(conn.PgConn().PID())); return nil })
	return pid, err
}

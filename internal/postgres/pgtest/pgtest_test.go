package pgtest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres/pgtest"
)

func TestEveryTestGetsItsOwnCopyOfThePreparedDatabase(t *testing.T) {
	var prepared atomic.Int32
	prepare := func(ctx context.Context, dsn string) error {
		prepared.Add(1)
		return run(ctx, dsn, "create table t (n int); insert into t values (1)")
	}
	name := t.Name() + fmt.Sprint(os.Getpid())
	first, second := pgtest.New(t, name, prepare), pgtest.New(t, name, prepare)
	must(t, run(t.Context(), first, "insert into t values (2)"))
	if a, b := count(t, first), count(t, second); a != 2 || b != 1 {
		t.Errorf("the databases hold %d and %d rows", a, b)
	}
	if prepared.Load() != 1 {
		t.Errorf("the template was prepared %d times", prepared.Load())
	}
}

func TestADatabaseIsGoneAfterItsTestEvenWhenConnectionsAreLeftOpen(t *testing.T) {
	var dsn string
	var left *pgx.Conn
	t.Run("a careless test", func(t *testing.T) {
		dsn = pgtest.New(t, "empty", pgtest.Empty)
		var err error
		left, err = pgx.Connect(context.Background(), dsn)
		must(t, err)
	})
	defer left.Close(t.Context())
	if _, err := pgx.Connect(t.Context(), dsn); err == nil {
		t.Error("the database is still there")
	}
}

func TestTemplatesThatCreateRolesArePreparedOneAtATime(t *testing.T) {
	var running, most atomic.Int32
	prepare := func(ctx context.Context, dsn string) error {
		most.Store(max(most.Load(), running.Add(1)))
		defer running.Add(-1)
		return run(ctx, dsn, `do $$ begin
			if not exists (select from pg_roles where rolname = 'pgtest_role') then create role pgtest_role; end if; end $$`)
	}
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() { pgtest.New(t, fmt.Sprint(t.Name(), i, os.Getpid()), prepare) })
	}
	group.Wait()
	if most.Load() != 1 {
		t.Errorf("%d ran at a time", most.Load())
	}
}

func TestAFailedPreparationFailsItsTestAndIsTriedAgain(t *testing.T) {
	failed := errors.New("failed")
	name := t.Name() + fmt.Sprint(os.Getpid())
	recorder := &recordingTB{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		pgtest.New(recorder, name, func(ctx context.Context, dsn string) error {
			return errors.Join(run(ctx, dsn, "create table half (n int)"), failed)
		})
	}()
	<-done
	if !errors.Is(recorder.fatal, failed) {
		t.Fatalf("the test is told %v", recorder.fatal)
	}
	pgtest.New(t, name, func(ctx context.Context, dsn string) error { return run(ctx, dsn, "create table half (n int)") })
}

func TestPrivilegesAndSettingsOfTheDatabaseAreCopied(t *testing.T) {
	dsn := pgtest.New(t, t.Name(), func(ctx context.Context, dsn string) error {
		return run(ctx, dsn, `do $$ begin
			execute format('revoke temporary on database %I from public', current_database());
			execute format('alter database %I set work_mem = ''7MB''', current_database());
		end $$`)
	})
	var temporary bool
	var memory string
	conn, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	defer conn.Close(t.Context())
	must(t, conn.QueryRow(t.Context(), `select has_database_privilege('pg_monitor', current_database(), 'temporary'),
		current_setting('work_mem')`).Scan(&temporary, &memory))
	if temporary || memory != "7MB" {
		t.Errorf("others may make temporary tables: %v; work_mem is %s", temporary, memory)
	}
}

// recordingTB keeps what a test is told when it fails.
type recordingTB struct {
	testing.TB
	fatal error
}

func (r *recordingTB) Fatal(args ...any) {
	r.fatal, _ = args[0].(error)
	runtime.Goexit()
}

func run(ctx context.Context, dsn, sql string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

func count(t *testing.T, dsn string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	defer conn.Close(t.Context())
	must(t, conn.QueryRow(t.Context(), "select count(*) from t").Scan(&n))
	return n
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

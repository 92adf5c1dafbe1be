package postgres

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/internal/postgres/pgtest"
)

func TestAStatementEndsOnTheServerWhenItsCallerHasGone(t *testing.T) {
	pool := openPool(t, Options{MaxConns: 1})
	backend := backendOf(t, pool)
	watcher := openConn(t, pool.Config().ConnString())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := pool.Exec(ctx, "select pg_sleep(600)")
		ended <- err
	}()
	waitForSleep(t, watcher, backend)
	cancel()

	var told *pgconn.PgError
	if err := <-ended; !errors.As(err, &told) || told.Code != "57014" {
		t.Errorf("the caller is told %v", err)
	}
	if isSleeping(t, watcher, backend) {
		t.Error("the statement still runs")
	}
	if backendOf(t, pool) != backend {
		t.Error("the connection was not kept")
	}
}

func TestAConnectionLeftInATransactionIsNotUsedAgain(t *testing.T) {
	pool := openPool(t, Options{MaxConns: 1})
	backend := backendOf(t, pool)
	conn, err := pool.Acquire(t.Context())
	must(t, err)
	_, err = conn.Exec(t.Context(), "begin; select set_config('korpu.agency', 'other', true)")
	must(t, err)
	if idle, _ := isIdle(t.Context(), conn.Conn()); idle {
		t.Error("a connection in a transaction passes for idle")
	}
	conn.Release()
	if backendOf(t, pool) == backend {
		t.Error("the connection serves the next request")
	}
}

func TestATransactionThatFailedLeavesAUsableConnection(t *testing.T) {
	pool := openPool(t, Options{MaxConns: 1})
	backend := backendOf(t, pool)
	var batch pgx.Batch
	batch.Queue("select set_config('korpu.agency', 'other', true)")
	batch.Queue("select 1 / $1::int", 0)
	if err := pool.SendBatch(t.Context(), &batch).Close(); err == nil {
		t.Fatal("the batch did not fail")
	}
	var agency *string
	must(t, pool.QueryRow(t.Context(), "select nullif(current_setting('korpu.agency', true), '')").Scan(&agency))
	if agency != nil || backendOf(t, pool) != backend {
		t.Errorf("the next request finds agency %v", agency)
	}
}

func TestTheHubsLimitsHoldWhateverTheAddressSays(t *testing.T) {
	config, err := poolConfig("postgres://hub@db/korpu?default_query_exec_mode=simple_protocol&statement_cache_capacity=4000&pool_max_conns=900", Options{})
	must(t, err)
	conn := config.ConnConfig
	if conn.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement || conn.StatementCacheCapacity != 128 {
		t.Errorf("mode %v, %d statements", conn.DefaultQueryExecMode, conn.StatementCacheCapacity)
	}
	if want := int32(4 * runtime.GOMAXPROCS(0)); config.MaxConns != want {
		t.Errorf("%d connections instead of %d", config.MaxConns, want)
	}
	if config.PrepareConn == nil {
		t.Error("nothing looks at a connection before it is used")
	}
	if conn.ConnectTimeout == 0 || config.PingTimeout == 0 {
		t.Errorf("connecting may take %v, a ping %v", conn.ConnectTimeout, config.PingTimeout)
	}
}

func TestADatabaseThatDoesNotAnswerIsToldAtOnce(t *testing.T) {
	if pool, err := OpenPool(t.Context(), "postgres://hub@/korpu?host="+t.TempDir(), Options{}); err == nil {
		pool.Close()
		t.Error("the pool opened")
	}
}

func TestAWrongAddressDoesNotRepeatItsPassword(t *testing.T) {
	_, err := OpenPool(t.Context(), "postgres://hub:s3cret@host:port/korpu", Options{})
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the error is %v", err)
	}
}

func openPool(t *testing.T, opts Options) *pgxpool.Pool {
	t.Helper()
	pool, err := OpenPool(t.Context(), pgtest.New(t, "empty", pgtest.Empty), opts)
	must(t, err)
	t.Cleanup(pool.Close)
	return pool
}

func openConn(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // the server drops the database anyway
	return conn
}

func backendOf(t *testing.T, pool *pgxpool.Pool) (pid uint32) {
	t.Helper()
	must(t, pool.QueryRow(t.Context(), "select pg_backend_pid()").Scan(&pid))
	return pid
}

func waitForSleep(t *testing.T, watcher *pgx.Conn, backend uint32) {
	t.Helper()
	for !isSleeping(t, watcher, backend) {
		runtime.Gosched()
	}
}

func isSleeping(t *testing.T, watcher *pgx.Conn, backend uint32) (sleeping bool) {
	t.Helper()
	must(t, watcher.QueryRow(t.Context(), `select exists (select from pg_stat_activity
		where pid = $1 and state = 'active' and wait_event = 'PgSleep')`, backend).Scan(&sleeping))
	return sleeping
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

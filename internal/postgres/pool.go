// Package postgres opens the hub's database and installs what the policy compiles to.
package postgres

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	connsPerCore    = 4   // more of them only take turns: eight were best on two cores
	statementCache  = 128 // a prepared statement costs the server 0.3 MB for each connection
	connectTimeout  = 5 * time.Second
	pingTimeout     = 2 * time.Second
	healthPeriod    = 15 * time.Second
	cancelledAnswer = 2 * time.Second // to say that a statement was cancelled; after that the connection is given up
)

// Options of a pool; the zero value is right for a hub that has the machine to itself.
type Options struct {
	MaxConns int32 // four for each core when zero
}

// OpenPool opens connections as the hub's login, and fails when the database does not answer.
func OpenPool(ctx context.Context, dsn string, opts Options) (*pgxpool.Pool, error) {
	config, err := poolConfig(dsn, opts)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	return pool, nil
}

func poolConfig(dsn string, opts Options) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read the database's address: %w", err)
	}
	config.MaxConns = opts.MaxConns
	if config.MaxConns == 0 {
		config.MaxConns = int32(connsPerCore * runtime.GOMAXPROCS(0))
	}
	config.HealthCheckPeriod = healthPeriod
	// pgx pings a connection that was idle for a second before it is used, so one that is in use is never asked.
	config.PingTimeout = pingTimeout
	config.PrepareConn = isIdle

	conn := config.ConnConfig
	conn.ConnectTimeout = connectTimeout
	conn.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	conn.StatementCacheCapacity = statementCache
	conn.BuildContextWatcherHandler = cancelStatement
	return config, nil
}

// WriterConfig is how to connect as the hub's login become a role that writes. Such a connection stands beside the pool, whose
// transactions cannot write.
func WriterConfig(dsn, role string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read the database's address: %w", err)
	}
	config.ConnectTimeout = connectTimeout
	for name, value := range map[string]string{
		"role": role, "default_transaction_read_only": "off", "default_transaction_isolation": "read committed", "synchronous_commit": "on", "statement_timeout": "15s",
	} {
		config.RuntimeParams[name] = value
	}
	return config, nil
}

// isIdle has a connection destroyed that is left inside a transaction, whose role and subject would answer the next
// request. The pool does so when it gets a connection back; this is the second look, and costs no round trip.
func isIdle(_ context.Context, conn *pgx.Conn) (bool, error) {
	return conn.PgConn().TxStatus() == 'I', nil
}

// cancelStatement has PostgreSQL stop working when the caller has gone, which closing the connection does not do.
func cancelStatement(conn *pgconn.PgConn) ctxwatch.Handler {
	return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelledAnswer}
}

// Package demo runs a hub over a synthetic country, everything from nothing: a private PostgreSQL, migrations, policy,
// data, a development issuer. It is no part of a production hub.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/audit"
	"korpu/internal/hub"
	"korpu/internal/identity"
	"korpu/internal/portal"
	"korpu/internal/postgres"
	"korpu/internal/postgres/pgserver"
	"korpu/internal/records"
	"korpu/internal/server"
	"korpu/internal/vault"
	"korpu/migrations"
	"korpu/policy"
	"korpu/schema"
)

// Options of a demo.
type Options struct {
	Addr     string // host:port
	Dir      string // where data and keys are kept between runs
	Children int    // 0 takes the country's own size
	Seed     uint64
	Fresh    bool // begin anew
	Log      *slog.Logger
}

// Demo is a running demo, ready to serve.
type Demo struct {
	URL      string
	Hub      *hub.Hub
	listener net.Listener
	database *pgserver.Server
}

// database is the name of the demo's database on its private server.
const database = "korpu"

// Start brings everything up. A later start in the same folder finds the data of the earlier one, however that one ended.
func Start(ctx context.Context, o Options) (*Demo, error) {
	if err := makeFolder(ctx, o); err != nil {
		return nil, err
	}
	d := &Demo{}
	var err error
	if d.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", o.Addr); err != nil {
		return nil, fmt.Errorf("listen on %s (another demo running? choose --addr): %w", o.Addr, err)
	}
	d.URL = "http://" + d.listener.Addr().String()
	if d.database, err = pgserver.Start(ctx, pgserver.Options{Dir: serverDir(o.Dir), Durable: true}); err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w", err), d.listener.Close())
	}
	if err := d.open(ctx, o); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func makeFolder(ctx context.Context, o Options) error {
	if o.Fresh {
		if err := pgserver.Remove(ctx, serverDir(o.Dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the old demo: %w", err)
		}
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return fmt.Errorf("make the demo's folder: %w", err)
	}
	return nil
}

func serverDir(dir string) string { return filepath.Join(dir, "postgres") }

func (d *Demo) open(ctx context.Context, o Options) error {
	keys, err := loadKEK(o.Dir)
	if err != nil {
		return err
	}
	compiled, err := policy.Build(schema.FS, policy.Embedded())
	if err != nil {
		return fmt.Errorf("compile the policy: %w", err)
	}
	agencies, err := d.prepare(ctx, o, keys, compiled)
	if err != nil {
		return err
	}
	cursors, err := loadKey(o.Dir, "cursor", records.CursorKeySize)
	if err != nil {
		return err
	}
	digests, err := loadKey(o.Dir, "audit", audit.KeySize)
	if err != nil {
		return err
	}
	sign, err := newIssuer(d.URL, o.Dir)
	if err != nil {
		return err
	}
	login, err := postgres.LoginURL(d.database.DSN(database))
	if err != nil {
		return err
	}
	d.Hub, err = hub.Open(ctx, hub.Config{
		DatabaseURL: login, Issuers: []identity.Issuer{trusted(issuerURL(d.URL), agencies)}, Keys: keys, CursorKey: cursors, AuditKey: digests, Policy: compiled,
		Log: o.Log, SealEvery: time.Hour, GraphiQL: graphiQL(d.URL), Portal: &portal.Config{URL: d.URL, Issuer: issuerURL(d.URL), ClientID: pagesClient, Synthetic: true}, Pages: map[string]http.Handler{issuerPath + "/": sign},
	})
	if err != nil {
		return err
	}
	return remember(o.Dir, state{URL: d.URL})
}

// prepare takes the database to the state that this release needs, and returns the codes of its agencies.
func (d *Demo) prepare(ctx context.Context, o Options, keys *vault.KEK, compiled *policy.Compiled) ([]string, error) {
	if err := createDatabase(ctx, d.database.DSN("postgres")); err != nil {
		return nil, err
	}
	admin := d.database.DSN(database)
	if err := d.forgetClearNotes(ctx, o.Log); err != nil {
		return nil, err
	}
	if err := migrations.Up(ctx, admin); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return nil, fmt.Errorf("connect to the demo's database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := populate(ctx, conn, d.URL, o, keys); err != nil {
		return nil, err
	}
	if err := applyVerified(ctx, conn, compiled); err != nil {
		return nil, err
	}
	rows, err := conn.Query(ctx, "select code from korpu.agency order by code")
	if err != nil {
		return nil, fmt.Errorf("list agencies: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Serve answers until the context ends, then lets running requests finish and stops.
func (d *Demo) Serve(ctx context.Context) error {
	metrics, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(fmt.Errorf("listen for metrics: %w", err), d.Close())
	}
	return errors.Join(d.Hub.Server.Serve(ctx, d.listener, metrics), d.Close())
}

// Close stops the private PostgreSQL and whatever else runs.
func (d *Demo) Close() error {
	if d.Hub != nil {
		d.Hub.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err := d.listener.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return errors.Join(err, d.database.Stop(ctx))
}

func graphiQL(url string) *server.GraphiQL {
	return &server.GraphiQL{Issuer: issuerURL(url), ClientID: SignIn, Synthetic: true}
}

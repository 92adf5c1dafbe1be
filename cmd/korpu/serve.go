package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"korpu/internal/audit"
	"korpu/internal/hub"
	"korpu/internal/identity"
	"korpu/internal/portal"
	"korpu/internal/postgres"
	"korpu/internal/records"
	"korpu/internal/server"
	"korpu/internal/vault"
	"korpu/migrations"
)

type serveCmd struct {
	DatabaseURL  string        `env:"KORPU_DATABASE_URL" required:"" help:"The database, as the hub's login korpu_hub (sslmode=verify-full over a network)."`
	Issuers      string        `env:"KORPU_ISSUERS" required:"" help:"The issuers of tokens, as a JSON list (docs/reference/configuration.md)."`
	KeyURI       string        `env:"KORPU_KEY_URI" required:"" help:"Where the key is that the agencies' keys are wrapped in, file:///… say; the same on every instance."`
	CursorKey    string        `env:"KORPU_CURSOR_KEY" required:"" help:"64 random bytes in base64, the same on every instance."`
	AuditKey     string        `env:"KORPU_AUDIT_KEY" required:"" help:"32 random bytes in base64, the same on every instance: recognises answers in the audit."`
	Addr         string        `env:"KORPU_ADDR" default:":8080" help:"Where to answer."`
	MetricsAddr  string        `env:"KORPU_METRICS_ADDR" default:"127.0.0.1:9090" help:"Where to show metrics; not for the public."`
	Timeout      time.Duration `env:"KORPU_TIMEOUT" default:"10s" help:"The longest that an answer may take."`
	SealEvery    time.Duration `env:"KORPU_SEAL_EVERY" default:"1h" help:"How often what is due is sealed, and what was decided expunged."`
	HSTS         bool          `env:"KORPU_HSTS" help:"Tell browsers to come back by TLS only."`
	PortalURL    string        `env:"KORPU_PORTAL_URL" help:"Where browsers find the pages, https://hub.example; without it there are none."`
	PortalIssuer string        `env:"KORPU_PORTAL_ISSUER" help:"The issuer at which people sign in to the pages, one of KORPU_ISSUERS."`
	PortalClient string        `env:"KORPU_PORTAL_CLIENT" help:"The client that the pages are there, without secret, back to /signin/back."`
	Explorer     bool          `env:"KORPU_EXPLORER" help:"Serve the explorer at /graphiql."`
	Source       string        `env:"KORPU_SOURCE_HEADER" help:"The header in which the proxy in front writes the caller's address, X-Real-IP say."`
}

func (c serveCmd) Run(ctx context.Context) error {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	slog.SetDefault(log)
	config, err := c.config(log)
	if err != nil {
		return err
	}
	h, err := hub.Open(ctx, config)
	if err != nil {
		return err
	}
	defer h.Close()
	api, metrics, err := c.listen(ctx)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "the hub answers", "addr", api.Addr().String(), "policy", h.Policies.Current().Version)
	return h.Server.Serve(ctx, api, metrics)
}

func (c serveCmd) config(log *slog.Logger) (hub.Config, error) {
	var problems []error
	issuers, err := identity.ParseIssuers(c.Issuers)
	if err != nil {
		problems = append(problems, fmt.Errorf("KORPU_ISSUERS: %w", err))
	}
	keys, err := vault.OpenKEK(c.KeyURI)
	if err != nil {
		problems = append(problems, fmt.Errorf("KORPU_KEY_URI: %w", err))
	}
	cursors, err := secret("KORPU_CURSOR_KEY", c.CursorKey, records.CursorKeySize)
	if err != nil {
		problems = append(problems, err)
	}
	digests, err := secret("KORPU_AUDIT_KEY", c.AuditKey, audit.KeySize)
	if err != nil {
		problems = append(problems, err)
	}
	pages, err := c.pages(issuers)
	if err != nil {
		problems = append(problems, err)
	}
	if _, err := pgx.ParseConfig(c.DatabaseURL); err != nil {
		problems = append(problems, fmt.Errorf("KORPU_DATABASE_URL: %w", err))
	}
	if len(problems) > 0 {
		return hub.Config{}, errors.Join(problems...)
	}
	config := hub.Config{
		DatabaseURL: c.DatabaseURL, Issuers: issuers, Keys: keys, CursorKey: cursors, AuditKey: digests, Options: postgres.Options{}, Log: log,
		Metrics: prometheus.NewRegistry(), Timeout: c.Timeout, HSTS: c.HSTS, SourceHeader: c.Source, SealEvery: c.SealEvery,
		Portal: pages,
	}
	if c.Explorer {
		config.GraphiQL = &server.GraphiQL{}
	}
	return config, nil
}

// pages is what the portal needs, nil where nothing of it is configured.
func (c serveCmd) pages(issuers []identity.Issuer) (*portal.Config, error) {
	if c.PortalURL == "" && c.PortalIssuer == "" && c.PortalClient == "" {
		return nil, nil
	}
	if u, err := url.Parse(c.PortalURL); err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("KORPU_PORTAL_URL: write where browsers find the hub, https://hub.example, without a path")
	}
	at := slices.IndexFunc(issuers, func(i identity.Issuer) bool { return i.URL == c.PortalIssuer })
	if at < 0 {
		return nil, errors.New("KORPU_PORTAL_ISSUER: name one of KORPU_ISSUERS by its url")
	}
	if !slices.Contains(issuers[at].Clients, c.PortalClient) {
		return nil, errors.New("KORPU_PORTAL_CLIENT: name one of the clients of KORPU_PORTAL_ISSUER")
	}
	return &portal.Config{URL: c.PortalURL, Issuer: c.PortalIssuer, ClientID: c.PortalClient}, nil
}

// secret reads a key; what is wrong with it is told without it.
func secret(name, text string, size int) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != size {
		return nil, fmt.Errorf("%s: write %d random bytes in base64 (openssl rand -base64 %d)", name, size, size)
	}
	return key, nil
}

func (c serveCmd) listen(ctx context.Context) (api, metrics net.Listener, err error) {
	if api, err = (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr); err != nil {
		return nil, nil, fmt.Errorf("KORPU_ADDR: %w", err)
	}
	if metrics, err = (&net.ListenConfig{}).Listen(ctx, "tcp", c.MetricsAddr); err != nil {
		return nil, nil, fmt.Errorf("KORPU_METRICS_ADDR: %w", err)
	}
	return api, metrics, nil
}

type migrateCmd struct {
	adminDatabase
}

func (c migrateCmd) Run(ctx context.Context) error {
	dsn, err := c.url()
	if err != nil {
		return err
	}
	if err := migrations.Up(ctx, dsn); err != nil {
		return err
	}
	fmt.Printf("the database is at step %d\n", migrations.Latest())
	return nil
}

type versionCmd struct{}

func (versionCmd) Run() error { //nolint:unparam // every command has this form
	info, _ := debug.ReadBuildInfo()
	fmt.Println("korpu", info.Main.Version, info.GoVersion)
	return nil
}

// Package hub joins the parts of a running hub: pool, policy, identity, records and server. It is the one place that knows
// them all.
package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"korpu/internal/accesslog"
	"korpu/internal/audit"
	"korpu/internal/commands"
	"korpu/internal/fault"
	"korpu/internal/identity"
	"korpu/internal/portal"
	"korpu/internal/postgres"
	"korpu/internal/records"
	"korpu/internal/server"
	"korpu/internal/vault"
	"korpu/policy"
	"korpu/schema"
)

// Config is what a hub needs to run.
type Config struct {
	DatabaseURL string // connects as the hub's login
	Issuers     []identity.Issuer
	Keys        *vault.KEK       // in which the keys of agencies are wrapped
	CursorKey   []byte           // records.CursorKeySize bytes, the same on every instance
	AuditKey    []byte           // audit.KeySize bytes, the same on every instance; without it nothing is recorded, for measuring alone
	Policy      *policy.Compiled // compiled already; nil has the hub compile what is current in the database
	Options     postgres.Options
	Log         *slog.Logger
	Metrics     *prometheus.Registry
	GraphiQL    *server.GraphiQL
	Portal      *portal.Config // without its GraphQL, which is the hub's; nil leaves the pages out
	Pages       map[string]http.Handler
	Timeout     time.Duration
	Rate        server.Rate
	Guesses     int // look-ups that may find nothing at once; records.Guesses when zero
	HSTS        bool
	// SourceHeader is where a proxy in front writes the caller's address; empty where there is none.
	SourceHeader string
	SealEvery    time.Duration // how often what is due is sealed; never when zero
}

// Hub is a hub that answers.
type Hub struct {
	Server   *server.Server
	Policies *postgres.Policies
	pool     *pgxpool.Pool
	people   *identity.Authenticator
	records  *records.Store
	commands *commands.Runner
	audit    *audit.Writer // nil where nothing is recorded, as the next
	log      *accesslog.Drawer
	engines  engines
}

// Open makes a hub, and refuses one that is half configured or whose database has drifted from its policy. The context is
// the hub's lifetime.
func Open(ctx context.Context, c Config) (*Hub, error) {
	pool, err := postgres.OpenPool(ctx, c.DatabaseURL, c.Options)
	if err != nil {
		return nil, err
	}
	h := &Hub{pool: pool}
	if err := h.join(ctx, c); err != nil {
		h.Close()
		return nil, err
	}
	debug.FreeOSMemory() // compiling the policy took several times what it leaves
	go h.Policies.Watch(ctx)
	if c.SealEvery > 0 {
		go h.keepSealing(ctx, c.SealEvery)
	}
	return h, nil
}

func (h *Hub) join(ctx context.Context, c Config) (err error) {
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	if h.Policies, err = postgres.FollowPolicies(ctx, h.pool, schema.FS, c.Policy); err != nil {
		return err
	}
	h.people, err = identity.New(ctx, identity.Config{
		Issuers: c.Issuers, Purposes: policy.Purposes, DefaultPurpose: policy.DefaultPurpose, Allowed: policy.Allowed,
		Directory: identity.Directory{Pool: h.pool, Kind: policy.KindOf}, Now: time.Now,
	})
	if err != nil {
		return fmt.Errorf("set up identity: %w", err)
	}
	keys, err := vault.New(ctx, c.Keys, h.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	if h.records, err = records.New(h.pool, keys, c.CursorKey, cmp.Or(c.Guesses, records.Guesses)); err != nil {
		return err
	}
	h.commands = &commands.Runner{Pool: h.pool, Vault: keys, Key: c.CursorKey}
	config := server.Config{
		Authenticate: h.people.Authenticate, Schema: h.schema, PolicyChanged: h.policyChanged, Ready: h.checks(),
		Log: c.Log, Metrics: c.Metrics, GraphiQL: c.GraphiQL, Pages: c.Pages, Timeout: c.Timeout, Rate: c.Rate, HSTS: c.HSTS,
		SourceHeader: c.SourceHeader,
	}
	if c.AuditKey != nil {
		if err := h.keepAudit(ctx, c, &config); err != nil {
			return err
		}
	}
	if err := h.openPortal(c.Portal, &config); err != nil {
		return err
	}
	h.Server = server.New(config)
	return nil
}

// Close writes down what is still to be, and gives the database connections back.
func (h *Hub) Close() {
	if h.audit != nil {
		h.audit.Close()
	}
	if h.log != nil {
		h.log.Close()
	}
	h.pool.Close()
}

// schema gives the executable schema of a profile under the current policy version.
func (h *Hub) schema(role, purpose string) (graphql.ExecutableSchema, string, error) {
	s := h.Policies.Current()
	profile := s.Compiled.Profile(role, purpose)
	if profile == nil {
		return nil, "", fault.New(fault.Forbidden, "role %s is not open for the purpose %s", role, purpose)
	}
	return h.engines.of(h, profile, s.Version), strconv.FormatInt(s.Version, 10), nil
}

// policyChanged takes over the version that a request has met, so that it can be answered anew. Where that fails the
// request meets it again, and is told to come back: whoever runs the hub has to act, not the caller.
func (h *Hub) policyChanged(err error) bool {
	if !errors.Is(err, records.ErrStale) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := h.Policies.Reload(ctx); err != nil {
		slog.WarnContext(ctx, "a request met a policy that cannot be taken over", "kind", fmt.Sprintf("%T", err))
	}
	return true
}

func (h *Hub) checks() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"database": h.pool.Ping,
		"policy": func(ctx context.Context) error {
			if err := h.Policies.Reload(ctx); err != nil {
				return fmt.Errorf("follow the policy: %w", err)
			}
			return nil
		},
	}
}

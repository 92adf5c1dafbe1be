// Package server answers HTTP. It admits a request, has the schema of the caller's profile check it, runs it, and is the
// only place that writes a response.
package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

// Config is all that the server needs; what it leaves out has a safe default.
type Config struct {
	// Authenticate names the one who asks. A fault that it returns is the answer.
	Authenticate func(ctx context.Context, h http.Header) (identity.Subject, error)
	// Schema gives the pruned schema of a profile and the policy version that it was made from. It is asked once per
	// request, so it must be a look-up, and must give a new version when the policy has changed.
	Schema func(role, purpose string) (graphql.ExecutableSchema, string, error)
	// Finish, where it is set, sees every answer before a byte of it leaves.
	Finish Finish
	// PolicyChanged tells an error that only means that the policy changed under the request; it is then answered again.
	PolicyChanged func(error) bool
	// Ready holds the checks behind /readyz, by the name that is shown.
	Ready map[string]func(context.Context) error

	Log     *slog.Logger
	Metrics *prometheus.Registry
	Limits  Limits
	Rate    Rate // of one caller; DefaultRate, or Unlimited
	// Timeout bounds one request, Drain the time that a stopping server gives to those that run.
	Timeout, Drain time.Duration
	// SourceHeader is where a proxy in front writes the caller's address; empty where there is none.
	SourceHeader string
	// HSTS tells browsers to come back by TLS only; for a hub that is reached by TLS.
	HSTS bool
	// GraphiQL serves the explorer; nil leaves it out.
	GraphiQL *GraphiQL
	// Pages are further handlers by pattern: the demo's issuer, the portal. Other sites may not post to them.
	Pages map[string]http.Handler
}

// Finish is told what will be answered. Its error becomes the answer, without data. The context outlives the deadline of the
// request, so that what was done can be written down, and Finish brings its own.
type Finish func(ctx context.Context, o Outcome) error

// Outcome is a request and what will be answered to it.
type Outcome struct {
	RequestID string
	Source    string                    // the address that it came from
	Subject   identity.Subject          // zero where nobody was authenticated
	Operation string                    // the fingerprint of the document, empty where it was not understood
	Version   string                    // of the policy, empty where none was asked
	Run       *graphql.OperationContext // incomplete where the operation was refused before it ran, nil where the request was
	Code      fault.Code                // empty where nothing failed
	HasData   bool
	Body      []byte // not to be kept
}

// Server is the hub's HTTP side.
type Server struct {
	config   Config
	engines  *engines
	callers  *callers
	metrics  *metrics
	origins  *http.CrossOriginProtection
	handler  http.Handler
	draining atomic.Bool
}

// New makes a server; it does not listen yet.
func New(c Config) *Server {
	c = withDefaults(c)
	s := &Server{
		config:  c,
		engines: newEngines(c.Schema, c.Limits),
		callers: newCallers(c.Rate),
		metrics: newMetrics(c.Metrics),
		origins: http.NewCrossOriginProtection(),
	}
	s.handler = s.routes()
	return s
}

// Handler is everything that the server answers on its main address.
func (s *Server) Handler() http.Handler { return s.handler }

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/graphql", s.serveGraphQL)
	mux.HandleFunc("GET /healthz", s.healthy)
	mux.HandleFunc("GET /readyz", s.ready)
	if s.config.GraphiQL != nil {
		s.config.GraphiQL.register(mux)
	}
	for pattern, page := range s.config.Pages {
		mux.Handle(pattern, s.origins.Handler(page))
	}
	return secure(mux, s.config.HSTS)
}

func withDefaults(c Config) Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	if c.Limits == (Limits{}) {
		c.Limits = DefaultLimits
	}
	if c.Rate == (Rate{}) {
		c.Rate = DefaultRate
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Drain == 0 {
		c.Drain = 10 * time.Second
	}
	if c.PolicyChanged == nil {
		c.PolicyChanged = func(error) bool { return false }
	}
	return c
}

// Package issuer is the development issuer: it signs in invented persons without a password, for the demo and the tests alone.
// Nothing that serves real data may import it.
package issuer

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// What a hub must configure to trust this issuer; its access tokens cannot carry the type at+jwt.
const (
	Algorithm     = "ES256"
	TokenUseClaim = tokenUse + "=" + tokenUseAccess
)

// Persona is an invented person whom anyone may sign in as.
type Persona struct {
	Name    string // how the command line names the persona
	Title   string // what the sign-in page says: the name and post
	Subject string
	Role    string
	Agency  string
}

// Client is an application: one with a secret is a partner's system, one without lets persons sign in and must use PKCE.
type Client struct {
	ID           string
	Secret       string
	RedirectURIs []string
}

// Config says where the issuer stands and whom it knows.
type Config struct {
	BaseURL  string // with the path that it is mounted at: http://127.0.0.1:8080/dev-issuer
	Audience string // the hub that the access tokens are for
	KeyDir   string // where the signing key is kept; empty makes a new one each time
	Personas []Persona
	Clients  []Client
}

// Issuer is the development issuer, an http.Handler for its base path and everything below.
type Issuer struct {
	http.Handler
	config   Config
	provider *op.Provider
	store    *store
}

// New makes an issuer with its endpoints.
func New(c Config) (*Issuer, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || strings.HasSuffix(base.Path, "/") {
		return nil, fmt.Errorf("development issuer: write %q as an address without a slash at its end", c.BaseURL)
	}
	key, err := signingKey(c.KeyDir)
	if err != nil {
		return nil, err
	}
	store, err := newStore(c, key)
	if err != nil {
		return nil, err
	}
	provider, err := op.NewProvider(&op.Config{CodeMethodS256: true}, store, op.StaticIssuer(c.BaseURL),
		op.WithAllowInsecure(), op.WithCORSOptions(nil))
	if err != nil {
		return nil, fmt.Errorf("development issuer: %w", err)
	}
	i := &Issuer{config: c, provider: provider, store: store}
	i.Handler = http.StripPrefix(base.Path, i.routes())
	return i, nil
}

// routes serves what the two flows need and none of the other endpoints of the library.
func (i *Issuer) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.Handle("GET /keys", i.provider)
	mux.Handle("GET /authorize", i.provider)
	mux.Handle("GET /authorize/callback", i.provider)
	mux.Handle("POST /oauth/token", i.provider)
	mux.HandleFunc("GET /login", i.showPersonas)
	mux.HandleFunc("GET /login.css", showStyle)
	mux.HandleFunc("POST /login", i.signIn)
	return mux
}

// Package portal serves pages for people. Its only door to the data is the hub's GraphQL: a page is a document that is asked as
// the person who is signed in, and a template that shows the answer.
package portal

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
)

// Config is what the portal needs; all of it but Synthetic and Idle is required.
type Config struct {
	URL              string // where browsers find the portal, without a path: https://hub.example
	Issuer, ClientID string // signs in by authorization code with PKCE, back to /signin/back
	GraphQL          http.Handler
	Synthetic        bool          // say on every page that all data is invented
	Idle             time.Duration // without a request until a session ends; DefaultIdle when zero
}

// DefaultIdle is short, since desks in an agency are shared.
const DefaultIdle = 20 * time.Minute

// Callback is the path to which the issuer sends people back.
const Callback = "/signin/back"

// Portal answers every path that is not the hub's own.
type Portal struct {
	config   Config
	sessions *scs.SessionManager
	signer   *signer
	handler  http.Handler
}

// New makes a portal. It asks the issuer for nothing until somebody signs in.
func New(c Config) (*Portal, error) {
	if c.URL == "" || c.Issuer == "" || c.ClientID == "" || c.GraphQL == nil {
		return nil, fmt.Errorf("the portal needs its address, an issuer and a client at it")
	}
	if c.Idle == 0 {
		c.Idle = DefaultIdle
	}
	c.URL = strings.TrimSuffix(c.URL, "/")
	p := &Portal{config: c, sessions: newSessions(c), signer: newSigner(c)}
	p.handler = p.sessions.LoadAndSave(p.routes())
	return p, nil
}

func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	p.handler.ServeHTTP(w, r)
}

func (p *Portal) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.home)
	for _, g := range pages {
		mux.HandleFunc("GET "+g.path, p.serve(g))
		if g.asked {
			mux.HandleFunc("POST "+g.path, p.serve(g))
		}
	}
	mux.HandleFunc("POST /do/{command}", p.do)
	mux.HandleFunc("POST /as", p.choose)
	mux.HandleFunc("POST /language", p.speak)
	mux.HandleFunc("GET /signin", p.signIn)
	mux.HandleFunc("GET "+Callback, p.signedIn)
	mux.HandleFunc("POST /signout", p.signOut)
	mux.Handle("GET /assets/", assets())
	mux.HandleFunc("/", p.missing)
	return mux
}

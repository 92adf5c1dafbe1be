package hubtest

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/audit"
	"korpu/internal/demo/country"
	"korpu/internal/demo/issuer"
	"korpu/internal/hub"
	"korpu/internal/identity"
	"korpu/internal/portal"
	"korpu/internal/records"
	"korpu/internal/server"
	"korpu/policy"
)

// SignIn is the client through which persons sign in, Audience the name of the hub in their tokens.
const (
	SignIn   = "portal"
	Audience = "korpu"
)

// Hub is a hub over a test's database, with an issuer of its own.
type Hub struct {
	*hub.Hub
	Issuer *issuer.Issuer
	URL    string // of a server with the issuer and this hub, for what needs one
	Config hub.Config
	Admin  string
	signed map[string]string // tokens by subject
}

// Open makes a hub over a database. Every agency of the database may sign in, by subjects of staff_identity.
func Open(t testing.TB, admin string) *Hub {
	t.Helper()
	h := &Hub{Admin: admin, signed: map[string]string{}}
	mux := http.NewServeMux()
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	h.Issuer = newIssuer(t, web.URL+"/issuer", web.URL+portal.Callback)
	mux.Handle("/issuer/", h.Issuer)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { h.Server.Handler().ServeHTTP(w, r) })
	h.URL = web.URL
	h.Config = hub.Config{
		DatabaseURL: LoginURL(t, admin), Keys: Keys(), CursorKey: bytes.Repeat([]byte{7}, records.CursorKeySize),
		AuditKey: bytes.Repeat([]byte{8}, audit.KeySize), Policy: Policy(), Issuers: []identity.Issuer{trusted(t, admin, web.URL+"/issuer")}, Log: slog.New(slog.NewJSONHandler(io.Discard, nil)),
		Rate: server.Unlimited, Timeout: time.Minute, Portal: &portal.Config{URL: web.URL, Issuer: web.URL + "/issuer", ClientID: SignIn},
	}
	h.Hub = h.Instance(t)
	return h
}

// Instance opens one more hub over the same database, with the same keys and issuers.
func (h *Hub) Instance(t testing.TB) *hub.Hub {
	t.Helper()
	opened, err := hub.Open(t.Context(), h.Config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	return opened
}

func newIssuer(t testing.TB, url, back string) *issuer.Issuer {
	t.Helper()
	c := issuer.Config{BaseURL: url, Audience: Audience, Clients: []issuer.Client{{ID: SignIn, RedirectURIs: []string{back}}}}
	for _, p := range country.Personas() {
		c.Personas = append(c.Personas, issuer.Persona{Name: p.Name, Title: p.Title, Subject: p.Subject, Role: p.Role})
	}
	for _, system := range country.Clients() {
		c.Clients = append(c.Clients, issuer.Client{ID: system.ID, Secret: "synthetic"})
	}
	i, err := issuer.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func trusted(t testing.TB, admin, url string) identity.Issuer {
	t.Helper()
	conn := Connect(t, admin)
	for _, table := range []string{"korpu.staff_identity", "korpu.client"} {
		if _, err := conn.Exec(t.Context(), "update "+table+" set issuer = $1", url); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.Query(t.Context(), "select code from korpu.agency order by code")
	if err != nil {
		t.Fatal(err)
	}
	agencies, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	i := identity.Issuer{
		URL: url, Audience: Audience, Algorithms: []string{issuer.Algorithm}, Clients: []string{SignIn}, Agencies: agencies,
		TokenUseClaim: issuer.TokenUseClaim, MaxAge: identity.Duration(12 * time.Hour),
	}
	for _, r := range policy.Roles {
		i.Roles = append(i.Roles, r.Name)
	}
	return i
}

// Asker is who asks: the subject of a person's token, or a partner's client and the person that it names.
type Asker struct {
	Subject, Role, Purpose string
	Client, OnBehalfOf     string
}

// Persona is an asker by the name of a persona of the synthetic country.
func Persona(name string) Asker {
	for _, p := range country.Personas() {
		if p.Name == name {
			return Asker{Subject: p.Subject, Role: p.Role}
		}
	}
	panic("no persona is called " + name)
}

// Response is what came back, whole.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Data is the answer's data; the test fails where there are errors.
func (r Response) Data(t testing.TB) map[string]any {
	t.Helper()
	var body struct {
		Data   map[string]any
		Errors []any
	}
	if err := json.Unmarshal(r.Body, &body); err != nil || len(body.Errors) > 0 {
		t.Fatalf("status %d, error %v: %s", r.Status, err, r.Body)
	}
	return body.Data
}

// Ask sends a question to the hub's handler.
func (h *Hub) Ask(t testing.TB, a Asker, query string, variables map[string]any) Response {
	t.Helper()
	return Send(t, h.Hub, h.Request(t, a, query, variables))
}

// Request is a question as a client would send it.
func (h *Hub) Request(t testing.TB, a Asker, query string, variables map[string]any) *http.Request {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+h.Token(t, a))
	for name, value := range map[string]string{"Korpu-Role": a.Role, "Korpu-Purpose": a.Purpose, "Korpu-On-Behalf-Of": a.OnBehalfOf} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return r
}

// Send gives a request to a hub.
func Send(t testing.TB, to *hub.Hub, r *http.Request) Response {
	t.Helper()
	w := httptest.NewRecorder()
	to.Server.Handler().ServeHTTP(w, r)
	return Response{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}
}

// Token is an access token of the asker.
func (h *Hub) Token(t testing.TB, a Asker) string {
	t.Helper()
	key := a.Client + "\x00" + a.Subject
	if h.signed[key] != "" {
		return h.signed[key]
	}
	var token string
	var err error
	if a.Client != "" {
		token, err = h.Issuer.ClientToken(a.Client)
	} else {
		token, err = h.Issuer.Token(issuer.Persona{Subject: a.Subject})
	}
	if err != nil {
		t.Fatal(err)
	}
	h.signed[key] = token
	return token
}

// OfRole is the first persona of a role.
func OfRole(role string) Asker {
	for _, p := range country.Personas() {
		if p.Role == role && p.DefaultOfRole {
			return Asker{Subject: p.Subject, Role: p.Role}
		}
	}
	panic("no persona has the role " + role)
}

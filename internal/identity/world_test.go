package identity_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

const portal = "korpu-portal"

// world is a court and a clinic, each with its own issuer, the people whom these sign in, and the court's own system.
type world struct {
	*identity.Authenticator
	super         *pgx.Conn
	hub           *pgxpool.Pool
	court, clinic *authority
	clock         *clock
	clerk, judge  uuid.UUID // the judge is a clerk as well
	lawyer        uuid.UUID
	atCourt       uuid.UUID
	atClinic      uuid.UUID
}

// clock is the hub's time, moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var rules = map[string][]string{ // role → purposes, the default first
	"court_clerk":   {"COURT_ADMINISTRATION"},
	"judge":         {"CASE_PROCEEDINGS", "EMERGENCY"},
	"clinic_lawyer": {"LEGAL_DEFENCE"},
	"monitor":       {"MONITORING"},
}

var purposes = []string{"COURT_ADMINISTRATION", "CASE_PROCEEDINGS", "LEGAL_DEFENCE", "MONITORING", "EMERGENCY", "ADULT_PROCEEDING"}

// kindOf is the kind of agencies in which a role is held.
func kindOf(role string) string {
	if role == "clinic_lawyer" {
		return "LEGAL_CLINIC"
	}
	return "COURT"
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{
		court: newAuthority(t), clinic: newAuthority(t), clock: &clock{now: time.Now().Truncate(time.Second)},
	}
	w.super, w.hub = database(t)
	w.populate(t)
	w.Authenticator = w.authenticator(t, w.issuer(w.court, "COURT", "court_clerk", "judge"), w.issuer(w.clinic, "CLINIC", "clinic_lawyer", "judge"))
	return w
}

func (w *world) issuer(a *authority, agency string, roles ...string) identity.Issuer {
	return identity.Issuer{
		URL: a.URL, Audience: "korpu", Algorithms: []string{"ES256"}, Clients: []string{portal},
		Agencies: []string{agency}, Roles: roles, TokenUseClaim: "token_use=access", MaxAge: identity.Duration(12 * time.Hour),
	}
}

func (w *world) authenticator(t testing.TB, issuers ...identity.Issuer) *identity.Authenticator {
	t.Helper()
	a, err := identity.New(t.Context(), identity.Config{
		Issuers: issuers, Purposes: purposes, Directory: identity.Directory{Pool: w.hub, Kind: kindOf}, Now: w.clock.Now,
		DefaultPurpose: func(role string) (string, bool) {
			if role == "monitor" || len(rules[role]) == 0 {
				return "", false
			}
			return rules[role][0], true
		},
		Allowed: func(role, purpose string) bool { return slices.Contains(rules[role], purpose) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) populate(t testing.TB) {
	t.Helper()
	district := w.insert(t, `insert into korpu.district (code, name, city) values ('D', 'D', 'D') returning id`)
	agency := `insert into korpu.agency (code, name, kind, district_id) values ($1, $2, $3, $4) returning id`
	w.atCourt = w.insert(t, agency, "COURT", "District court", "COURT", district)
	w.atClinic = w.insert(t, agency, "CLINIC", "Legal clinic", "LEGAL_CLINIC", district)
	w.clerk = w.member(t, w.atCourt, "Clerk", "court_clerk")
	w.judge = w.member(t, w.atCourt, "Judge", "court_clerk", "judge")
	w.lawyer = w.member(t, w.atClinic, "Lawyer", "clinic_lawyer")
	w.login(t, w.court, "clerk-1", w.clerk)
	w.login(t, w.court, "judge-1", w.judge)
	w.login(t, w.clinic, "lawyer-1", w.lawyer)
	w.register(t)
}

// register admits the court's own system.
func (w *world) register(t testing.TB) {
	t.Helper()
	w.run(t, `insert into korpu.client (issuer, client_id, agency_id, roles, purposes) values ($1, 'court-system', $2, $3, $4)`,
		w.court.URL, w.atCourt, []string{"court_clerk", "judge"}, []string{"COURT_ADMINISTRATION", "CASE_PROCEEDINGS"})
}

func (w *world) member(t testing.TB, agency uuid.UUID, name string, roles ...string) uuid.UUID {
	t.Helper()
	staff := w.insert(t, `insert into korpu.staff (agency_id, name) values ($1, $2) returning id`, agency, name)
	for _, role := range roles {
		w.run(t, `insert into korpu.staff_role (staff_id, role) values ($1, $2)`, staff, role)
	}
	return staff
}

func (w *world) login(t testing.TB, a *authority, subject string, staff uuid.UUID) {
	t.Helper()
	w.run(t, `insert into korpu.staff_identity (issuer, subject, staff_id) values ($1, $2, $3)`, a.URL, subject, staff)
}

func (w *world) insert(t testing.TB, sql string, args ...any) uuid.UUID {
	t.Helper()
	var id uuid.UUID
	if err := w.super.QueryRow(t.Context(), sql, args...).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *world) run(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := w.super.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// claims are those of a good token for the subject; the changes are set over them, and nil removes one.
func (w *world) claims(a *authority, subject string, changes map[string]any) map[string]any {
	now := w.clock.Now()
	claims := map[string]any{
		"iss": a.URL, "sub": subject, "aud": "korpu", "client_id": portal, "jti": uuid.NewString(),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(8 * time.Hour).Unix(),
	}
	for name, value := range changes {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return claims
}

func (w *world) token(t testing.TB, a *authority, subject string) string {
	t.Helper()
	return a.sign(t, w.claims(a, subject, nil))
}

// systemToken is one that the court's system got for its own secret.
func (w *world) systemToken(t testing.TB) string {
	t.Helper()
	return w.court.sign(t, w.claims(w.court, "court-system", map[string]any{"client_id": "court-system"}))
}

// headers are those of a request: the token, then names and values.
func headers(token string, pairs ...string) http.Header {
	h := http.Header{}
	h.Set("Authorization", "Bearer "+token)
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

func (w *world) admit(t testing.TB, h http.Header) identity.Subject {
	t.Helper()
	s, err := w.Authenticate(t.Context(), h)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	return s
}

// refuse checks the code and that part of the text, and that the error quotes nothing of the headers.
func (w *world) refuse(t testing.TB, h http.Header, code fault.Code, text string) {
	t.Helper()
	s, err := w.Authenticate(t.Context(), h)
	if err == nil {
		t.Fatalf("admitted as %+v", s)
	}
	if s != (identity.Subject{}) {
		t.Errorf("an error came with the subject %+v", s)
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || !strings.Contains(f.Message, text) {
		t.Errorf("got %v, want %s with %q", err, code, text)
	}
	quotesNothing(t, err, h)
}

func quotesNothing(t testing.TB, err error, h http.Header) {
	t.Helper()
	for _, part := range strings.FieldsFunc(h.Get("Authorization"), func(r rune) bool { return r == '.' || r == ' ' }) {
		if len(part) > 6 && part != "Bearer" && strings.Contains(err.Error(), part) {
			t.Errorf("the error quotes the token: %v", err)
		}
	}
}

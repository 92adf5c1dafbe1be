package issuer_test

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"korpu/internal/demo/issuer"
)

const (
	portal   = "korpu-portal"
	callback = "http://127.0.0.1/callback"
	verifier = "a-verifier-of-forty-three-characters-or-more-0123"
)

var clerk = issuer.Persona{Name: "clerk", Title: "Court clerk", Subject: "clerk-1", Role: "court_clerk", Agency: "Court"}

// site is a running issuer with a browser that follows no redirect by itself.
type site struct {
	*issuer.Issuer
	base    string
	browser *http.Client
}

func start(t *testing.T, keyDir string) site {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	base := server.URL + "/dev-issuer"
	made, err := issuer.New(issuer.Config{
		BaseURL: base, Audience: "korpu", KeyDir: keyDir, Personas: []issuer.Persona{clerk},
		Clients: []issuer.Client{
			{ID: portal, RedirectURIs: []string{callback}},
			{ID: "court-system", Secret: "a secret: with / signs"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/dev-issuer/", made)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return site{Issuer: made, base: base, browser: browser}
}

// answer is what one step of a flow brought.
type answer struct {
	status   int
	body     string
	location *url.URL
	header   http.Header
}

func (s site) send(t *testing.T, request *http.Request) answer {
	t.Helper()
	response, err := s.browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body := &strings.Builder{}
	if err := response.Write(body); err != nil {
		t.Fatal(err)
	}
	location, _ := response.Location()
	return answer{status: response.StatusCode, body: body.String(), location: location, header: response.Header}
}

func (s site) get(t *testing.T, address string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s.send(t, request)
}

func (s site) post(t *testing.T, path string, form url.Values, credentials ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if len(credentials) == 2 {
		request.SetBasicAuth(url.QueryEscape(credentials[0]), url.QueryEscape(credentials[1]))
	}
	return s.send(t, request)
}

// authorize begins a sign-in; the changes are set over a request that would pass.
func (s site) authorize(t *testing.T, changes url.Values) answer {
	t.Helper()
	query := url.Values{
		"client_id": {portal}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid"}, "state": {"s"}, "nonce": {"n"},
		"code_challenge": {oidc.NewSHACodeChallenge(verifier)}, "code_challenge_method": {"S256"},
	}
	for name, values := range changes {
		query[name] = values
	}
	return s.get(t, s.base+"/authorize?"+query.Encode())
}

// signIn goes through the page as the persona and returns the code.
func (s site) signIn(t *testing.T, p issuer.Persona) string {
	t.Helper()
	login := s.authorize(t, nil).location
	chosen := s.post(t, "/login", url.Values{"id": {login.Query().Get("id")}, "subject": {p.Subject}})
	back := s.get(t, chosen.location.String())
	code := back.location.Query().Get("code")
	if code == "" {
		t.Fatalf("no code in %s", back.location)
	}
	return code
}

func (s site) exchange(t *testing.T, code, verifier string) answer {
	t.Helper()
	return s.post(t, "/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "client_id": {portal}, "redirect_uri": {callback}, "code": {code}, "code_verifier": {verifier},
	})
}

// token reads a field of a token response.
func (a answer) token(t *testing.T, name string) string {
	t.Helper()
	_, body, _ := strings.Cut(a.body, "\r\n\r\n")
	var fields map[string]any
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	token, _ := fields[name].(string)
	if token == "" {
		t.Fatalf("no %s in %s", name, a.body)
	}
	return token
}

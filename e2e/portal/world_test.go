// Package portal uses the pages as people do: over HTTP with cookies, and in a browser.
package portal

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
)

func open(t testing.TB) (*hubtest.Hub, *pgx.Conn) {
	t.Helper()
	admin, conn := hubtest.Country(t, 300, 1)
	return hubtest.Open(t, admin), conn
}

// visitor is a browser without a window.
type visitor struct {
	t      *testing.T
	url    string
	client *http.Client
}

// page is what a visitor is shown.
type page struct {
	status int
	header http.Header
	path   string // at which the visitor has ended
	body   string
}

func visit(t *testing.T, h *hubtest.Hub) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, url: h.URL, client: &http.Client{Jar: jar}}
}

// signedIn is a visitor who has signed in as a persona at the issuer.
func signedIn(t *testing.T, h *hubtest.Hub, persona string) *visitor {
	t.Helper()
	v := visit(t, h)
	v.signIn(persona)
	return v
}

func (v *visitor) signIn(persona string) {
	v.t.Helper()
	hubtest.Enter(v.t, v.client, v.url, hubtest.Persona(persona).Subject)
}

func (v *visitor) get(path string) page {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.url+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.send(r)
}

func (v *visitor) post(path string, form url.Values) page {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.send(r)
}

func (v *visitor) send(r *http.Request) page {
	v.t.Helper()
	answer, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{answer.StatusCode, answer.Header, answer.Request.URL.Path, string(body)}
}

func (v *visitor) cookies() []*http.Cookie {
	v.t.Helper()
	at, err := url.Parse(v.url)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.client.Jar.Cookies(at)
}

// takes has the visitor send cookies of somebody else.
func (v *visitor) takes(stolen []*http.Cookie) {
	v.t.Helper()
	at, err := url.Parse(v.url)
	if err != nil {
		v.t.Fatal(err)
	}
	v.client.Jar.SetCookies(at, stolen)
}

// isShownNothing fails where the visitor is shown a page, once and once more.
func (v *visitor) isShownNothing(path string) {
	v.t.Helper()
	for range 2 {
		if p := v.get(path); p.status != http.StatusUnauthorized || strings.Contains(p.body, "<nav") {
			v.t.Errorf("%s: %d %s", path, p.status, p.body)
		}
	}
}

// says fails where the page does not say all of the texts.
func (p page) says(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			t.Errorf("%d %s does not say %q: %s", p.status, p.path, text, p.body)
		}
	}
}

func (p page) doesNotSay(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(p.body, text) {
			t.Errorf("%d %s says %q", p.status, p.path, text)
		}
	}
}

// hidden is the value of a hidden input of a form on the page.
func (p page) hidden(t *testing.T, form, name string) string {
	t.Helper()
	_, after, found := strings.Cut(p.body, `action="`+form+`"`)
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(after)
	if !found || m == nil {
		t.Fatalf("%s has no form %s with %s: %s", p.path, form, name, p.body)
	}
	return m[1]
}

// link is the first address on the page that begins so.
func (p page) link(t *testing.T, prefix string) string {
	t.Helper()
	m := regexp.MustCompile(`href="(` + regexp.QuoteMeta(prefix) + `[^"]+)"`).FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("%s has no link %s: %s", p.path, prefix, p.body)
	}
	return m[1]
}

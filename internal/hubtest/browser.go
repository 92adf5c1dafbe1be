package hubtest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"korpu/internal/portal"
)

// Browser is the client of somebody who has signed in at a portal that is asked in this process, without a network.
func (h *Hub) Browser(t testing.TB, pages http.Handler, subject string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &http.Client{Jar: jar, Transport: door{pages}, CheckRedirect: onlyToSignIn}
	Enter(t, b, h.URL, subject)
	return b
}

// Enter signs somebody in at the page of the issuer that is at the address.
func Enter(t testing.TB, b *http.Client, address, subject string) {
	t.Helper()
	_, _, login := Visit(t, b, address+"/signin", nil)
	id := loginID.FindSubmatch(login)
	if id == nil {
		t.Fatalf("%s", login)
	}
	if status, _, page := Visit(t, b, address+"/issuer/login", url.Values{"id": {string(id[1])}, "subject": {subject}}); status >= http.StatusBadRequest {
		t.Fatalf("%s is not signed in: %d %s", subject, status, page)
	}
}

var loginID = regexp.MustCompile(`name="id" value="([^"]+)"`)

func onlyToSignIn(r *http.Request, _ []*http.Request) error {
	if toIssuer(r) || r.URL.Path == portal.Callback {
		return nil
	}
	return http.ErrUseLastResponse
}

func toIssuer(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/issuer/") }

// door leads to the portal, past it to the issuer.
type door struct{ pages http.Handler }

func (d door) RoundTrip(r *http.Request) (*http.Response, error) {
	if toIssuer(r) {
		return http.DefaultTransport.RoundTrip(r)
	}
	asked := r.Clone(r.Context())
	asked.RemoteAddr = "192.0.2.1:1234"
	w := httptest.NewRecorder()
	d.pages.ServeHTTP(w, asked)
	return w.Result(), nil
}

// Visit opens a page, or sends a form to it where there is one.
func Visit(t testing.TB, b *http.Client, address string, form url.Values) (status int, header http.Header, body []byte) {
	t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, body
}

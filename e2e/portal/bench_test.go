package portal

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"korpu/internal/demo/country"
	"korpu/internal/hubtest"
	"korpu/internal/portal"
)

// BenchmarkAPageBesideItsOperation measures a page of each kind for each role and, in turn with it, the GraphQL operation that it asks:
// both in this process, without a network, and without the audit, whose wait for the disk would hide what the page takes.
func BenchmarkAPageBesideItsOperation(b *testing.B) {
	h, _ := open(b)
	h.Config.AuditKey = nil
	h.Hub = h.Instance(b)
	asked := &overheard{hub: h.Server.Handler()}
	config := *h.Config.Portal
	config.GraphQL = asked
	pages, err := portal.New(config)
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range country.Personas() {
		if !p.DefaultOfRole {
			continue
		}
		browser := h.Browser(b, pages, p.Subject)
		paths := walk(1, func(path string) string {
			_, _, body := hubtest.Visit(b, browser, h.URL+path, nil)
			return string(body)
		})
		for _, path := range paths {
			b.Run(p.Name+kind(path), func(b *testing.B) { asked.beside(b, pages, cookies(b, browser, h.URL), path) })
		}
	}
}

// overheard passes on what a page asks, and remembers it.
type overheard struct {
	hub    http.Handler
	header http.Header
	body   []byte
}

func (o *overheard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.header = r.Header
	o.body, _ = io.ReadAll(r.Body) // it stands in memory
	r.Body = io.NopCloser(bytes.NewReader(o.body))
	o.hub.ServeHTTP(w, r)
}

// beside asks for the page and for what it asks, and reports the ratio of the medians.
func (o *overheard) beside(b *testing.B, pages http.Handler, signedIn []*http.Cookie, path string) {
	var page, operation []time.Duration
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
		for _, c := range signedIn {
			r.AddCookie(c)
		}
		page = append(page, took(b, pages, r))
		r = httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", bytes.NewReader(o.body))
		r.Header = o.header
		operation = append(operation, took(b, o.hub, r))
	}
	b.ReportMetric(median(page)/median(operation), "ratio")
	b.ReportMetric(median(page), "page-µs")
	b.ReportMetric(median(operation), "operation-µs")
	b.ReportMetric(0, "ns/op")
}

func took(b *testing.B, by http.Handler, r *http.Request) time.Duration {
	w, start := httptest.NewRecorder(), time.Now()
	by.ServeHTTP(w, r)
	spent := time.Since(start)
	if w.Code != http.StatusOK {
		b.Fatalf("%s: %d %s", r.URL.Path, w.Code, w.Body)
	}
	return spent
}

// median in microseconds.
func median(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)/2].Nanoseconds()) / 1000
}

func cookies(b *testing.B, browser *http.Client, at string) []*http.Cookie {
	where, err := url.Parse(at)
	if err != nil {
		b.Fatal(err)
	}
	return browser.Jar.Cookies(where)
}

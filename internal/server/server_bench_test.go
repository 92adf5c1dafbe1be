package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// ready is a schema whose answer is there already, so that what is measured is the server alone.
type ready struct {
	*stub
	data []byte
}

func (r ready) Exec(context.Context) graphql.ResponseHandler {
	return graphql.OneShot(&graphql.Response{Data: r.data})
}

// discard is a client that reads nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

const benchQuery = `query Hearings($first: Int!, $after: String) {
  cases(first: $first, after: $after) {
    edges { cursor node { ...Head child { ...Head withheld { field } } withheld { field } } }
    totalCount
  }
}
fragment Head on Case { number parties(first: 5) { number child { number } } }`

// BenchmarkServer is the server's own time on a request whose document it knows: a list of fifty records, 22 kB.
func BenchmarkServer(b *testing.B) {
	data := []byte(`{"cases":"` + strings.Repeat("x", 22_000) + `"}`)
	body, err := json.Marshal(map[string]any{"query": benchQuery, "variables": map[string]any{"first": 50, "after": nil}})
	if err != nil {
		b.Fatal(err)
	}
	for name, log := range map[string]*slog.Logger{"logged": slog.New(slog.NewJSONHandler(io.Discard, nil)), "unlogged": nil} {
		b.Run(name, func(b *testing.B) {
			c := testConfig(ready{newStub(testSDL), data})
			c.Log = log
			h := New(c).Handler()
			b.ReportAllocs()
			for b.Loop() {
				r, _ := http.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
				r.Header["Authorization"] = []string{"Bearer good"}
				r.Header["Content-Type"] = []string{"application/json"}
				h.ServeHTTP(discard{http.Header{}}, r)
			}
		})
	}
}

// BenchmarkLongestDocument is what a caller can make the server spend on one document, over and over.
func BenchmarkLongestDocument(b *testing.B) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for name, query := range map[string]string{
		"repeats":   "{ " + strings.Repeat("me ", 1990) + "}",
		"inline":    "{ case(number: \"\") { " + strings.Repeat("...{number} ", 390) + "} }",
		"fragments": "{ case(number: \"\") { " + repeat(200, "...F%d ") + "} }" + repeat(200, "fragment F%d on Case{number}"),
		"fans":      "{ case(number: \"\") { ...F0 ...F1 } }" + chain(90, "fragment F%d on Case{...F%n ...F%n ...F%n}") + "fragment F90 on Case{number}",
		"wide":      "{ case(number: \"\") { " + repeat(90, "...F%d ") + "} }" + repeat(90, "fragment F%d on Case{a b c d {a b c}}"),
	} {
		b.Run(name, func(b *testing.B) {
			body := `{"query":"` + strings.ReplaceAll(query, `"`, `\"`) + `"}`
			for b.Loop() {
				post(h, body)
			}
		})
	}
}

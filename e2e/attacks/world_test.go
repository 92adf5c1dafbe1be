// Package attacks asks a whole hub what it must not answer. Each test bears the number of its attack in
// docs/reference/attacks.md and the name of what it shows; what is hidden is compared with what never existed.
package attacks

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/hubtest"
	"korpu/internal/postgres"
	"korpu/policy"
	"korpu/schema"
)

// open is a hub over a synthetic country, with a superuser's connection to its database.
func open(t testing.TB) (*hubtest.Hub, *pgx.Conn) {
	t.Helper()
	admin, conn := hubtest.Country(t, 300, 1)
	return hubtest.Open(t, admin), conn
}

// asker is somebody of the profile's role who asks for its purpose.
func asker(p *policy.Profile) hubtest.Asker {
	a := hubtest.OfRole(p.Role)
	a.Purpose = p.Purpose
	return a
}

func profile(t testing.TB, role, purpose string) *policy.Profile {
	t.Helper()
	p := hubtest.Policy().Profile(role, purpose)
	if p == nil {
		t.Fatalf("no profile for %s and %s", role, purpose)
	}
	return p
}

// value reads one value as superuser.
func value[T any](t testing.TB, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// change alters the database as superuser; it has to alter something.
func change(t testing.TB, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	tag, err := conn.Exec(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	if tag.RowsAffected() == 0 && (tag.Update() || tag.Delete() || tag.Insert()) {
		t.Fatalf("%s: changed nothing", sql)
	}
}

// seen is all that a caller sees of an answer, but the random id of the request.
func seen(r hubtest.Response) string {
	h := maps.Clone(r.Header)
	h.Del("Korpu-Request-Id")
	var b strings.Builder
	for _, name := range []string{"Content-Length", "Retry-After"} {
		b.WriteString(name + ": " + h.Get(name) + "\n")
	}
	return b.String() + string(r.Body)
}

// alike fails the test where two answers differ in any byte.
func alike(t testing.TB, what string, got, want hubtest.Response) {
	t.Helper()
	if got.Status != want.Status || seen(got) != seen(want) {
		t.Errorf("%s can be told apart:\n%d %s\n%d %s", what, got.Status, got.Body, want.Status, want.Body)
	}
}

// likeAMisspelling asks the same with the name spelled wrong, and wants the same answer but for the name.
func likeAMisspelling(t testing.TB, h *hubtest.Hub, a hubtest.Asker, query, name string, variables map[string]any) {
	t.Helper()
	wrong := misspelled(name)
	got := h.Ask(t, a, query, variables)
	whole := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`)
	want := h.Ask(t, a, whole.ReplaceAllString(query, wrong), renamed(variables, name, wrong))
	want.Body = []byte(strings.ReplaceAll(string(want.Body), wrong, name))
	alike(t, a.Role+" for "+a.Purpose+": "+query, got, want)
	if strings.Contains(string(got.Body), `"data"`) {
		t.Errorf("%s for %s: %s has an answer: %s", a.Role, a.Purpose, query, got.Body)
	}
}

// misspelled has the length of the name, so that places in the document stay.
func misspelled(name string) string { return name[:len(name)-1] + "Q" }

func renamed(variables map[string]any, name, wrong string) map[string]any {
	out := map[string]any{}
	for key, v := range variables {
		if inner, ok := v.(map[string]any); ok {
			v = renamed(inner, name, wrong)
		}
		if v == name {
			v = wrong
		}
		if key == name {
			key = wrong
		}
		out[key] = v
	}
	return out
}

// sees tells whether the rules open a field to a profile on some record: what its schema shows is what is tested.
func sees(p *policy.Profile, record, field string) bool {
	t := p.Types[record]
	if t == nil {
		return false
	}
	_, seen := t.Fields[field]
	return seen
}

// closed calls f for every field of every record type that a profile never sees.
func closed(f func(p *policy.Profile, field *policy.Field)) {
	for _, p := range hubtest.Policy().Profiles {
		for _, name := range hubtest.Policy().Catalog.Names {
			for _, field := range hubtest.Policy().Catalog.Records[name].Fields {
				if !sees(p, name, field.Name) {
					f(p, field)
				}
			}
		}
	}
}

// pages are the questions of a profile that answer with a list, and need no key of it.
func pages(p *policy.Profile) []*ast.FieldDefinition {
	var lists []*ast.FieldDefinition
	for _, f := range p.Schema().Query.Fields {
		if root := p.Catalog().Root(f.Name); root != nil && root.Page && len(root.Keys) == 0 {
			lists = append(lists, f)
		}
	}
	return lists
}

// openUnder is a hub over a synthetic country under other rules than the embedded ones.
func openUnder(t testing.TB, files policy.Files) (*hubtest.Hub, *pgx.Conn) {
	t.Helper()
	admin, conn := hubtest.Country(t, 300, 1)
	apply(t, conn, files)
	return hubtest.Open(t, admin), conn
}

// apply makes other rules the current policy.
func apply(t testing.TB, conn *pgx.Conn, files policy.Files) int64 {
	t.Helper()
	compiled, err := policy.Build(schema.FS, files)
	if err != nil {
		t.Fatal(err)
	}
	version, _, err := postgres.Apply(t.Context(), conn, compiled)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

// named is a request for one operation of a document.
func named(t testing.TB, h *hubtest.Hub, a hubtest.Asker, query, operation string, variables map[string]any) *http.Request {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "operationName": operation, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r := h.Request(t, a, query, variables)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return r
}

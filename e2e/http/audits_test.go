// Package http_test asks others about the hub's HTTP: the audits of graphql-http, which nobody here wrote.
package http_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"korpu/graph"
	"korpu/internal/fault"
	"korpu/internal/identity"
	"korpu/internal/server"
)

const token = "audits"

// audited is the server over the whole generated schema. The audits ask for no data, so there is no database.
func audited(t *testing.T) string {
	t.Helper()
	schema := graph.NewExecutableSchema(graph.Config{})
	s := server.New(server.Config{
		Authenticate: func(_ context.Context, h http.Header) (identity.Subject, error) {
			if h.Get("Authorization") != "Bearer "+token {
				return identity.Subject{}, fault.New(fault.Unauthenticated, "sign in")
			}
			return identity.Subject{Role: "monitor", Purpose: "MONITORING"}, nil
		},
		Schema: func(string, string) (graphql.ExecutableSchema, string, error) { return schema, "1", nil },
	})
	listening := httptest.NewServer(s.Handler())
	t.Cleanup(listening.Close)
	return listening.URL + "/graphql"
}

// byGet are the audits, all of them marked MAY, that want GET requests answered. The hub answers none: an address is
// written into logs and histories on its way, and a question may name a child. graphql-cop wants the same.
var byGet = map[string]bool{"5A70": true, "D6D5": true, "6A70": true}

func TestEveryAuditOfGraphQLOverHTTPPassesButTheOptionalOnesByGet(t *testing.T) {
	install(t)
	command := exec.CommandContext(t.Context(), "node", "audits.mjs", audited(t), token)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("run the audits: %v", err)
	}
	var results []struct{ ID, Name, Status, Reason string }
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, r := range results {
		counts[r.Status]++
		want := "ok"
		if byGet[r.ID] {
			want = "notice"
		}
		if r.Status != want {
			t.Errorf("%s %s: %s, %s", r.ID, r.Name, r.Status, r.Reason)
		}
	}
	if len(results) != 61 {
		t.Errorf("%d audits ran, 61 are known", len(results))
	}
	t.Logf("audits: %v", counts)
}

// install fetches the audits' packages as package-lock.json pins them.
func install(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("npm is not installed, so the audits of GraphQL over HTTP cannot run")
		}
		t.Skip("SKIPPED: npm is not installed, so the audits of GraphQL over HTTP did not run")
	}
	if _, err := os.Stat("node_modules/graphql-http"); err == nil {
		return
	}
	command := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("install the audits: %v\n%s", err, out)
	}
}

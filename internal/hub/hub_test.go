package hub_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

const cases = "{ cases(first: 1) { nodes { number } } }"

func TestAPolicyOfAnotherReleaseMakesTheHubUnavailableUntilItGoes(t *testing.T) {
	dsn, admin := hubtest.Country(t, 50, 1)
	h := hubtest.Open(t, dsn)
	before := h.Ask(t, hubtest.Persona("judge-sumgayit"), cases, nil)
	if before.Status != http.StatusOK {
		t.Fatalf("before: %d %s", before.Status, before.Body)
	}

	for _, sql := range []string{
		"insert into korpu.policy_version (hash, rules, sdl_hash, views) select 'another', rules, sdl_hash, views from korpu.policy_version",
		"update korpu.policy_current set version = 2",
	} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, question := range []string{cases, "{ me { name } }"} {
		got := h.Ask(t, hubtest.Persona("judge-sumgayit"), question, nil)
		if got.Status != http.StatusServiceUnavailable || strings.Contains(string(got.Body), `"data"`) {
			t.Fatalf("%s: %d %s", question, got.Status, got.Body)
		}
	}
	if w := readiness(t, h); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"policy":"failed"`) {
		t.Fatalf("readiness: %d %s", w.Code, w.Body)
	}

	if _, err := admin.Exec(t.Context(), "update korpu.policy_current set version = 1"); err != nil {
		t.Fatal(err)
	}
	if after := h.Ask(t, hubtest.Persona("judge-sumgayit"), cases, nil); string(after.Body) != string(before.Body) {
		t.Fatalf("after: %d %s", after.Status, after.Body)
	}
	if w := readiness(t, h); w.Code != http.StatusOK {
		t.Fatalf("readiness: %d %s", w.Code, w.Body)
	}
}

// Whoever may ask whether the hub is ready is not authenticated: it must not cost the reading of all rules.
func TestReadinessReadsNoRules(t *testing.T) {
	dsn, admin := hubtest.Country(t, 50, 1)
	h := hubtest.Open(t, dsn)
	if _, err := admin.Exec(t.Context(), "revoke select on korpu.policy_version from korpu_hub"); err != nil {
		t.Fatal(err)
	}
	if w := readiness(t, h); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}

func readiness(t *testing.T, h *hubtest.Hub) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.Server.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
	return w
}

package identity_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"korpu/internal/identity"
)

const oneIssuer = `[{"url": "https://login.example/realm", "audience": "korpu", "algorithms": ["ES256"], "clients": ["portal"],
	"agencies": ["COURT"], "roles": ["court_clerk"]}]`

func TestIssuersAreReadFromText(t *testing.T) {
	issuers, err := identity.ParseIssuers(oneIssuer)
	if err != nil {
		t.Fatal(err)
	}
	if len(issuers) != 1 || issuers[0].Audience != "korpu" || time.Duration(issuers[0].MaxAge) != 12*time.Hour {
		t.Errorf("issuers %+v", issuers)
	}
}

func TestAHalfConfiguredIssuerIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		key   string
		value any
		want  string
	}{
		"no url":                {"url", nil, "url: write"},
		"http":                  {"url", "http://login.example", "url: use https"},
		"http, looks loopback":  {"url", "http://localhost.example", "url: use https"},
		"another scheme":        {"url", "ftp://login.example", "url: use https"},
		"url with query":        {"url", "https://login.example?x=1", "url: write"},
		"url with user":         {"url", "https://me@login.example", "url: write"},
		"no audience":           {"audience", nil, "audience: name"},
		"blank audience":        {"audience", " ", "audience: name"},
		"no algorithms":         {"algorithms", nil, "algorithms: name"},
		"alg none":              {"algorithms", []string{"none"}, `"none" is not accepted`},
		"symmetric":             {"algorithms", []string{"ES256", "HS256"}, `"HS256" is not accepted`},
		"algorithm misspelt":    {"algorithms", []string{"es256"}, `"es256" is not accepted`},
		"no clients":            {"clients", []string{}, "clients: name"},
		"empty client":          {"clients", []string{""}, `clients: "" is no name`},
		"no agencies":           {"agencies", nil, "agencies: name"},
		"any agency":            {"agencies", []string{"*"}, `agencies: "*" is no name`},
		"no roles":              {"roles", nil, "roles: name"},
		"any role":              {"roles", []string{"court_clerk", "*"}, `roles: "*" is no name`},
		"role twice":            {"roles", []string{"court_clerk", "court_clerk"}, "stands twice"},
		"padded role":           {"roles", []string{"court_clerk "}, "is no name"},
		"use claim without use": {"tokenUseClaim", "token_use", "claim=value"},
		"negative age":          {"maxAge", "-1h", "maxAge: write"},
		"age without unit":      {"maxAge", "12", "missing unit"},
		"empty system":          {"systemSubjects", map[string]string{"a": ""}, "systemSubjects: map"},
		"unknown key":           {"audiences", []string{"korpu"}, "unknown field"},
	} {
		t.Run(name, func(t *testing.T) {
			var issuers []map[string]any
			if err := json.Unmarshal([]byte(oneIssuer), &issuers); err != nil {
				t.Fatal(err)
			}
			issuers[0][c.key] = c.value
			text, err := json.Marshal(issuers)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := identity.ParseIssuers(string(text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestLoopbackIssuersMayUseHTTP(t *testing.T) {
	for _, host := range []string{"127.0.0.1:8080", "localhost:8080", "[::1]:8080"} {
		if _, err := identity.ParseIssuers(strings.Replace(oneIssuer, "https://login.example", "http://"+host, 1)); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestEveryErrorOfEveryIssuerIsToldAtOnce(t *testing.T) {
	_, err := identity.ParseIssuers(`[{"url": "https://a.example"}, {"url": "https://a.example", "audience": "korpu", "algorithms": ["none"]}]`)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"issuer 1 (https://a.example): audience", "issuer 1 (https://a.example): algorithms", "issuer 1 (https://a.example): clients",
		"issuer 1 (https://a.example): agencies", "issuer 1 (https://a.example): roles",
		"issuer 2 (https://a.example): url: stands twice", `issuer 2 (https://a.example): algorithms: "none"`, "issuer 2 (https://a.example): roles",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not told: %s", want)
		}
	}
}

func TestTextThatIsNoListOfIssuersIsRefused(t *testing.T) {
	for _, text := range []string{"", "[]", "null", "{}", oneIssuer + "[]", oneIssuer[:40], `"https://login.example"`} {
		if _, err := identity.ParseIssuers(text); err == nil {
			t.Errorf("accepted %q", text)
		}
	}
}

func TestARoleThatThePolicyDoesNotKnowIsRefusedAtStart(t *testing.T) {
	issuers, err := identity.ParseIssuers(strings.Replace(oneIssuer, "court_clerk", "court_clark", 1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = identity.New(t.Context(), identity.Config{
		Issuers: issuers, Purposes: purposes, Now: time.Now,
		DefaultPurpose: func(string) (string, bool) { return "", false },
		Allowed:        func(role, _ string) bool { return role == "court_clerk" },
	})
	if err == nil || !strings.Contains(err.Error(), `no role "court_clark"`) {
		t.Errorf("got %v", err)
	}
}

package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The probes of graphql-cop (dolevf/graphql-cop, 2b7e086), one request each, with its own words for what it would report.
// Each runs as nobody and as a clerk.

func cop(t *testing.T, probe func(t *testing.T, token string, h http.Handler)) {
	c := testConfig(newStub(testSDL))
	c.GraphiQL = &GraphiQL{}
	for who, token := range map[string]string{"nobody": "", "a clerk": "Bearer good"} {
		t.Run(who, func(t *testing.T) { probe(t, token, New(c).Handler()) })
	}
}

// probed posts a query as graphql-cop does, and gives the answer's data and errors.
func probed(t *testing.T, h http.Handler, token, query string) reply {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query, "operationName": "cop"})
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, post(h, string(body), "Authorization", token, "Accept", "*/*"))
}

func get(h http.Handler, token, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("Authorization", token)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestCopAliasOverloading(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		if r := probed(t, h, token, "query cop { "+repeat(101, "alias%d:__typename \n")+" }"); r.hasData {
			t.Error("Alias Overloading with 100+ aliases is allowed")
		}
	})
}

func TestCopBatch(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		one := `{"query":"query cop { __typename }"}`
		w := post(h, "["+one+strings.Repeat(","+one, 9)+"]", "Authorization", token)
		if r := decoded(t, w); w.Code < 400 || r.hasData || len(r.Errors) != 1 {
			t.Error("Batch queries allowed with 10+ simultaneous queries")
		}
	})
}

func TestCopDirectiveOverloading(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		r := probed(t, h, token, "query cop { __typename "+strings.Repeat("@aa", 10)+" }")
		if r.hasData || len(r.Errors) >= 10 {
			t.Error("Multiple duplicated directives allowed in a query")
		}
	})
}

func TestCopCircularIntrospection(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		if r := probed(t, h, token, "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }"); r.hasData {
			t.Error("Circular-query using Introspection")
		}
	})
}

func TestCopFieldDuplication(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		if r := probed(t, h, token, "query cop { "+strings.Repeat("__typename \n", 500)+"} "); r.hasData {
			t.Error("Queries are allowed with 500 of the same repeated field")
		}
	})
}

func TestCopFieldSuggestions(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		if r := probed(t, h, token, "query cop { __schema { directive } }"); strings.Contains(r.Errors[0].Message, "Did you mean") {
			t.Error("Field Suggestions are Enabled")
		}
	})
}

func TestCopGetMethod(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		if w := get(h, token, "/graphql?query=query+cop+%7B__typename%7D"); w.Code != http.StatusMethodNotAllowed || decoded(t, w).hasData {
			t.Error("GraphQL queries allowed using the GET method")
		}
	})
}

func TestCopGetMutation(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		if w := get(h, token, "/graphql?query=mutation+cop+%7B__typename%7D"); w.Code != http.StatusMethodNotAllowed || decoded(t, w).hasData {
			t.Error("GraphQL mutations allowed using the GET method")
		}
	})
}

func TestCopURLEncodedPost(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		for _, body := range []string{"query=query+cop+%7B+__typename+%7D", "query=mutation+cop+%7B+__typename+%7D", `{"query":"query cop { __typename }"}`} {
			w := post(h, body, "Authorization", token, "Content-Type", "application/x-www-form-urlencoded")
			if w.Code != http.StatusUnsupportedMediaType || decoded(t, w).hasData {
				t.Error("GraphQL accepts non-JSON queries over POST")
			}
		}
	})
}

// Whoever is signed in may read the schema of the own profile: it holds nothing that the profile cannot ask, so knowing it
// helps nobody but its users. To nobody it is closed.
func TestCopIntrospection(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		r := probed(t, h, token, "query cop { __schema { types { name fields { name } } } }")
		if r.hasData != (token != "") {
			t.Error("Introspection Query Enabled")
		}
	})
}

func TestCopTraceMode(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		for _, query := range []string{"query cop { __typename }", "qwerty cop { abc }"} {
			body := post(h, `{"query":"`+query+`","operationName":"cop"}`, "Authorization", token).Body.String()
			for _, word := range []string{"tracing", "exception", "stacktrace", ".go:"} {
				if strings.Contains(body, word) {
					t.Errorf("Tracing is Enabled: %s", body)
				}
			}
		}
	})
}

// The explorer has an address of its own, which production leaves out; the API itself never turns into it.
func TestCopIDE(t *testing.T) {
	cop(t, func(t *testing.T, token string, h http.Handler) {
		w := get(h, token, "/graphql", "Accept", "text/html")
		for _, word := range []string{"graphiql.min.css", "GraphQL Playground", "GraphiQL", "graphql-playground"} {
			if strings.Contains(w.Body.String(), word) {
				t.Error("GraphiQL Explorer/Playground Enabled")
			}
		}
	})
	if w := get(New(testConfig(newStub(testSDL))).Handler(), "", "/graphiql", "Accept", "text/html"); w.Code != http.StatusNotFound {
		t.Errorf("the explorer answers %d where it is not configured", w.Code)
	}
}

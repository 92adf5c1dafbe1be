package server

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

const testSDL = `
type Query {
  me: String!
  note(text: String, stage: Stage, filter: Filter, n: Int): String
  case(number: String!): Case
  cases(first: Int! = 20, after: String): CaseConnection!
}
type Mutation { open(number: String!): String }
enum Stage { COURT CLOSED }
input Filter { number: String stage: Stage born: Int! }
type Case { number: String parties(first: Int! = 20): [Case!]! child: Case withheld: [Withheld!]! events(first: Int = 20): CaseConnection! }
type Withheld { field: String! }
type CaseConnection { edges: [Edge!]! nodes: [Case!]! totalCount: Int! }
type Edge { cursor: String! node: Case! }
`

// stub is a schema whose root fields are answered by functions; a field without one answers its name.
type stub struct {
	schema    *ast.Schema
	resolvers map[string]func(ctx context.Context, f *ast.Field) any
}

func newStub(sdl string) *stub {
	return &stub{
		schema:    gqlparser.MustLoadSchema(&ast.Source{Input: sdl}),
		resolvers: map[string]func(context.Context, *ast.Field) any{},
	}
}

func (s *stub) Schema() *ast.Schema { return s.schema }

func (s *stub) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (s *stub) Exec(ctx context.Context) graphql.ResponseHandler {
	return func(ctx context.Context) *graphql.Response {
		op := graphql.GetOperationContext(ctx)
		data := map[string]any{}
		for _, f := range graphql.CollectFields(op, op.Operation.SelectionSet, nil) {
			ctx := graphql.WithPathContext(ctx, graphql.NewPathWithField(f.Alias))
			data[f.Alias] = s.resolve(ctx, f.Field)
		}
		encoded, err := json.Marshal(data)
		if err != nil {
			panic(err)
		}
		return &graphql.Response{Data: encoded}
	}
}

func (s *stub) resolve(ctx context.Context, f *ast.Field) any {
	if resolver := s.resolvers[f.Name]; resolver != nil {
		v := resolver(ctx, f)
		if err, failed := v.(error); failed {
			graphql.AddError(ctx, err)
			return nil
		}
		return v
	}
	switch f.Name {
	case "__typename":
		return "Query"
	case "__type":
		if t := s.schema.Types[f.ArgumentMap(graphql.GetOperationContext(ctx).Variables)["name"].(string)]; t != nil {
			return map[string]any{"name": t.Name}
		}
		return nil
	}
	return f.Name
}

var testSubject = identity.Subject{
	Staff: uuid.MustParse("3f1c6f1e-6f0f-4a53-9a55-0f2f6f1b7c11"), Agency: uuid.MustParse("f0a54f0e-52ab-4a09-8a94-7b1c8b6a0e22"),
	Role: "court_clerk", Purpose: "COURT_ADMINISTRATION", Client: "portal",
}

// testConfig answers the stub's schema to whoever sends the token "good".
func testConfig(es graphql.ExecutableSchema) Config {
	return Config{
		Authenticate: func(_ context.Context, h http.Header) (identity.Subject, error) {
			if h.Get("Authorization") != "Bearer good" {
				return identity.Subject{}, fault.New(fault.Unauthenticated, "sign in")
			}
			return testSubject, nil
		},
		Schema: func(string, string) (graphql.ExecutableSchema, string, error) { return es, "1", nil },
		Rate:   Unlimited,
	}
}

// post sends a body to a handler as the test subject; headers come in pairs and win over the usual ones.
func post(h http.Handler, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer good")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/graphql-response+json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Del(headers[i])
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// ask sends a query with variables.
func ask(h http.Handler, query string, variables map[string]any) *httptest.ResponseRecorder {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"query": query, "variables": variables}); err != nil {
		panic(err)
	}
	return post(h, body.String())
}

// reply is a decoded answer.
type reply struct {
	Data   map[string]any
	Errors []struct {
		Message    string
		Path       []any
		Locations  []any
		Extensions map[string]any
	}
	hasData bool
}

func decoded(t *testing.T, w *httptest.ResponseRecorder) reply {
	t.Helper()
	var members map[string]json.RawMessage
	var r reply
	if err := json.Unmarshal(w.Body.Bytes(), &members); err != nil {
		t.Fatalf("the answer %q is no JSON object: %v", w.Body, err)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	_, r.hasData = members["data"]
	return r
}

// wantRefusal checks status and code, and that no data came with them.
func wantRefusal(t *testing.T, w *httptest.ResponseRecorder, status int, code fault.Code) reply {
	t.Helper()
	r := decoded(t, w)
	if w.Code != status || r.hasData || len(r.Errors) == 0 || r.Errors[0].Extensions["code"] != string(code) {
		t.Fatalf("answered %d %s, want %d with the one error %s and no data", w.Code, w.Body, status, code)
	}
	return r
}

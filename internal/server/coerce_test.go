package server

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/fault"
)

func TestVariablesAreOfTheirTypesToTheLetter(t *testing.T) {
	schema := newStub(testSDL + " extend type Query { all(i: Int, f: Float, s: String, b: Boolean, id: ID, e: Stage, o: Filter, l: [Int!], el: [Stage], any: Any): Int } scalar Any")
	h := New(testConfig(schema)).Handler()
	const query = `query($i: Int, $f: Float, $s: String, $b: Boolean, $id: ID, $e: Stage, $o: Filter, $l: [Int!], $el: [Stage], $any: Any)
		{ all(i: $i, f: $f, s: $s, b: $b, id: $id, e: $e, o: $o, l: $l, el: $el, any: $any) }`
	send := func(variables string) int {
		body, _ := json.Marshal(query)
		w := post(h, `{"query":`+string(body)+`,"variables":`+variables+`}`)
		if w.Code != http.StatusOK {
			wantRefusal(t, w, http.StatusBadRequest, fault.Invalid)
		}
		return w.Code
	}
	for _, good := range []string{`{}`, `{"i":null}`, `{"i":-2147483648}`, `{"i":5.0}`, `{"i":5e0}`, `{"f":1}`, `{"f":1.5}`, `{"f":1e300}`, `{"s":""}`, `{"b":false}`,
		`{"id":"x"}`, `{"id":7}`, `{"e":"COURT"}`, `{"o":{"born":1,"stage":"CLOSED"}}`, `{"o":{"born":1,"stage":null}}`, `{"l":[1,2]}`, `{"l":1}`, `{"l":[]}`,
		`{"el":["COURT",null]}`, `{"el":"COURT"}`, `{"any":{"x":[1,"y",null]}}`, `{"more":1}`} {
		if code := send(good); code != http.StatusOK {
			t.Errorf("%s answered %d", good, code)
		}
	}
	for _, bad := range []string{`{"i":"5"}`, `{"i":2147483648}`, `{"i":5.5}`, `{"i":1e30}`, `{"i":true}`, `{"i":[1]}`, `{"f":"1.5"}`, `{"f":true}`, `{"s":5}`, `{"s":5.5}`,
		`{"s":true}`, `{"s":["x"]}`, `{"s":{}}`, `{"b":"true"}`, `{"b":1}`, `{"id":1.5}`, `{"id":true}`, `{"e":"court"}`, `{"e":"OTHER"}`, `{"e":1}`, `{"e":["COURT"]}`,
		`{"o":{"born":"1"}}`, `{"o":{"born":1,"stage":"closed"}}`, `{"o":[{"born":1}]}`, `{"o":{}}`, `{"l":["1"]}`, `{"l":[null]}`, `{"l":[[1]]}`, `{"el":["court"]}`, `{"el":"court"}`} {
		if code := send(bad); code != http.StatusBadRequest {
			t.Errorf("%s answered %d", bad, code)
		}
	}
}

func TestASingleValueStandsForAListWhereverItIsWritten(t *testing.T) {
	schema := newStub("type Query { all(el: [Stage!], o: Filter): Int } enum Stage { COURT CLOSED } input Filter { in: [Stage!] }")
	var got []any
	schema.resolvers["all"] = func(ctx context.Context, _ *ast.Field) any {
		variables := graphql.GetOperationContext(ctx).Variables
		got = append(got, variables["s"], variables["o"])
		return 1
	}
	h := New(testConfig(schema)).Handler()
	ask(h, "query($s: [Stage!], $o: Filter) { all(el: $s, o: $o) }", map[string]any{"s": "COURT", "o": map[string]any{"in": "COURT"}})
	ask(h, "query($s: [Stage!] = COURT, $o: Filter = {in: COURT}) { all(el: $s, o: $o) }", nil)
	want := []any{[]any{"COURT"}, map[string]any{"in": []any{"COURT"}}}
	if diff := cmp.Diff(append(want, want...), got); diff != "" {
		t.Error(diff)
	}
}

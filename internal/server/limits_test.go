package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"korpu/internal/fault"
)

// repeat writes n pieces, each with its number where the piece has a %d.
func repeat(n int, piece string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(piece, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

func TestEachLimitSaysWhatItIs(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for _, limit := range []struct{ inside, beyond, message string }{
		{"{ me }", "{ " + repeat(2000, "me ") + "}", "more than 2000 tokens"},
		{"{ case(number: \"\") { " + repeat(30, "a%d: number ") + "} }", "{ case(number: \"\") { " + repeat(31, "a%d: number ") + "} }", "more than 30 aliases"},
		{"{ case(number: \"\") { number " + strings.TrimSpace(repeat(30, "number ")) + "} }", "{ case(number: \"\") { " + repeat(32, "number ") + "} }", "more than 30 repeated fields"},
		{"{ case(number: \"\") { number " + repeat(10, "...{number} ") + "} }", "{ case(number: \"\") { " + repeat(32, "...{number} ") + "} }", "more than 30 repeated fields"},
		{"{ " + repeat(10, "a%d: me ") + "}", "{ " + repeat(11, "a%d: me ") + "}", "more than 10 root fields"},
		{"{ " + repeat(10, "...F ") + "} fragment F on Query { me }", "{ " + repeat(11, "...F ") + "} fragment F on Query { me }", "more than 10 root fields"},
		{nested(11), nested(12), "more than 12 levels of fields"},
		{nestedByFragments(10), nestedByFragments(11), "more than 12 levels of fields"},
		{"{ me " + repeat(25, "@include(if: true) ") + "}", "{ me " + repeat(51, "@include(if: true) ") + "}", "more than 50 directives"},
		{"{ cases(first: 100) { nodes { parties(first: 48) { number } } } }", "{ cases(first: 100) { nodes { parties(first: 49) { number } } } }", "more than 5000 records"},
	} {
		w := ask(h, limit.inside, nil)
		if strings.Contains(w.Body.String(), "TOO_COSTLY") {
			t.Errorf("%.80s…: answered %s", limit.inside, w.Body)
		}
		r := wantRefusal(t, ask(h, limit.beyond, nil), http.StatusBadRequest, fault.TooCostly)
		if len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Message, limit.message) {
			t.Errorf("%.80s…: said %+v, want %q", limit.beyond, r.Errors, limit.message)
		}
	}
}

// nested is a query of one level more than its number.
func nested(levels int) string {
	return "{ case(number: \"\") { " + repeat(levels-1, "child { ") + "number" + repeat(levels-1, " }") + " } }"
}

// nestedByFragments is a query of two levels more than its number, each in a fragment of its own.
func nestedByFragments(levels int) string {
	return "{ case(number: \"\") { ...F0 } }" + chain(levels, " fragment F%d on Case { child { ...F%n } }") +
		fmt.Sprintf(" fragment F%d on Case { number }", levels)
}

// chain writes n pieces, each with its number where it has a %d and the next one's where it has a %n.
func chain(n int, piece string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.NewReplacer("%d", fmt.Sprint(i), "%n", fmt.Sprint(i+1)).Replace(piece))
	}
	return b.String()
}

func TestDocumentsThatMultiplyAreMeasuredInTheirLength(t *testing.T) {
	c := testConfig(newStub(testSDL))
	c.Limits = DefaultLimits
	c.Limits.Aliases, c.Limits.Repeats, c.Limits.Depth = 1000, 1000, 1000
	h := New(c).Handler()
	records := `{ case(number: "") { ...F0 } }` + chain(60, " fragment F%d on Case { a: parties { ...F%n } b: parties { ...F%n } }") +
		" fragment F60 on Case { number }"
	wantRefusal(t, ask(h, records, nil), http.StatusBadRequest, fault.TooCostly)
	roots := "{ ...F0 }" + chain(100, " fragment F%d on Query { ...F%n ...F%n }") + " fragment F100 on Query { me }"
	wantRefusal(t, ask(h, roots, nil), http.StatusBadRequest, fault.TooCostly)
	circle := `{ case(number: "") { ...A } } fragment A on Case { child { ...B } ...B } fragment B on Case { child { ...A } ...A }`
	wantRefusal(t, ask(h, circle, nil), http.StatusBadRequest, fault.Invalid)
}

func TestAStandardIntrospectionIsWithinTheLimits(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	if w := ask(h, introspection, nil); w.Code != 200 {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}

func TestIntrospectionHasItsOwnDepthAndCost(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	deep := "{ __type(name: \"Case\") { " + repeat(21, "ofType { ") + "name" + repeat(21, " }") + " } }"
	r := wantRefusal(t, ask(h, deep, nil), http.StatusBadRequest, fault.TooCostly)
	if !strings.Contains(r.Errors[0].Message, "levels of introspection") {
		t.Errorf("said %+v", r.Errors)
	}
	lists := "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
	wantRefusal(t, ask(h, lists, nil), http.StatusBadRequest, fault.Invalid)
}

const introspection = `query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
 types { ...FullType } directives { name description locations args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description
 args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
 inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
 enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
 ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`

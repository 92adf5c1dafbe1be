package server

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
	"pgregory.net/rapid"

	"korpu/internal/fault"
)

func costOf(t interface{ Fatal(...any) }, query string, variables map[string]any) (int, *fault.Error) {
	doc, errs := gqlparser.LoadQuery(newStub(testSDL).schema, query)
	if errs != nil {
		t.Fatal(errs)
	}
	m := meter{limits: DefaultLimits, variables: variables}
	return m.set(doc.Operations[0].SelectionSet, 0), m.fault
}

func TestCostIsTheRecordsThatTheAnswerCouldHold(t *testing.T) {
	for query, want := range map[string]int{
		`{ me }`:                          0,
		`{ case(number: "") { number } }`: 1,
		`{ cases { totalCount } }`:        1,
		`{ cases { nodes { number } } }`:  1 + 20,
		`{ cases(first: 50) { nodes { number child { number } withheld { field } } } }`:             1 + 50*(1+1+5),
		`{ cases(first: 50) { edges { cursor node { number } } } }`:                                 1 + 50*(1+1),
		`{ cases(first: 50) { ...C } } fragment C on CaseConnection { nodes { number } }`:           1 + 50,
		`{ case(number: "") { parties(first: 3) { parties(first: 4) { number } } } }`:               1 + 3*(1+4),
		`{ case(number: "") { ...P a: child { ...P } } } fragment P on Case { parties { number } }`: 1 + 20 + 1 + 20,
		`{ __schema { types { fields { name } } } }`:                                                introspectionCost,
	} {
		if got, f := costOf(t, query, nil); f != nil || got != want {
			t.Errorf("%s costs %d (%v), want %d", query, got, f, want)
		}
	}
}

func TestAPageIsAWholeNumberWithinTheLimit(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for _, first := range []string{"0", "-1", "101", "4611686018427387904", "9223372036854775807"} {
		r := wantRefusal(t, ask(h, "{ cases(first: "+first+") { totalCount } }", nil), http.StatusBadRequest, fault.Invalid)
		if strings.Contains(r.Errors[0].Message, first+" ") {
			t.Errorf("said %q", r.Errors[0].Message)
		}
	}
	for _, first := range []any{0, -1, 101, int64(math.MaxInt64), "5", "4611686018427387904", 1.5, 1e30, 5.0001} {
		wantRefusal(t, ask(h, "query($n: Int!) { cases(first: $n) { totalCount } }", map[string]any{"n": first}), http.StatusBadRequest, fault.Invalid)
	}
	for _, first := range []any{1, 20, 100} {
		if w := ask(h, "query($n: Int!) { cases(first: $n) { totalCount } }", map[string]any{"n": first}); w.Code != 200 {
			t.Errorf("first %v answered %s", first, w.Body)
		}
	}
}

func TestAPageThatIsLeftOutHasItsDefault(t *testing.T) {
	for _, c := range []struct {
		query     string
		variables map[string]any
		want      int
	}{
		{"query($n: Int! = 7) { cases(first: $n) { nodes { number } } }", map[string]any{"n": int64(7)}, 1 + 7},
		{`query($n: Int) { case(number: "") { events(first: $n) { nodes { number } } } }`, nil, 1 + 1 + 20},
		{`query($n: Int) { case(number: "") { events(first: $n) { nodes { number } } } }`, map[string]any{"n": nil}, 1 + 1 + 20},
		{`{ case(number: "") { events(first: null) { nodes { number } } } }`, nil, 1 + 1 + 20},
	} {
		if got, f := costOf(t, c.query, c.variables); f != nil || got != c.want {
			t.Errorf("%s costs %d (%v), want %d", c.query, got, f, c.want)
		}
	}
}

func TestCostDoesNotTurnRound(t *testing.T) {
	query := "{ case(number: \"\") { " + repeat(40, "parties(first: 100) { ") + "number" + repeat(40, " }") + " } }"
	if got, _ := costOf(t, query, nil); got != math.MaxInt {
		t.Errorf("costs %d", got)
	}
	if sum(math.MaxInt, 1) != math.MaxInt || product(1<<40, 1<<40) != math.MaxInt || product(0, 5) != 0 || product(5, 0) != 0 {
		t.Error("the arithmetic does not stop at the top")
	}
}

// The cost with fragments remembered is the cost with every fragment written out.
func TestRememberedFragmentsCostWhatTheyHold(t *testing.T) {
	schema := newStub(testSDL).schema
	rules := rules.NewDefaultRules()
	rules.RemoveRule("NoUnusedFragments")
	rules.RemoveRule("OverlappingFieldsCanBeMerged")
	rapid.Check(t, func(t *rapid.T) {
		query := "{ case(number: \"\") { " + drawCase(t, 3, -1) + " } }"
		for i := range 4 {
			query += fmt.Sprintf(" fragment F%d on Case { %s }", i, drawCase(t, 3, i))
		}
		doc, errs := gqlparser.LoadQueryWithRules(schema, query, rules)
		if errs != nil {
			t.Fatal(errs)
		}
		remembering, plain := meter{limits: DefaultLimits}, meter{limits: DefaultLimits}
		set := doc.Operations[0].SelectionSet
		if got, want := remembering.set(set, 0), plain.set(writtenOut(set), 0); got != want {
			t.Fatalf("%s costs %d, written out %d", query, got, want)
		}
	})
}

// writtenOut puts the fragments where they are spread.
func writtenOut(set ast.SelectionSet) (out ast.SelectionSet) {
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			field := *it
			field.SelectionSet = writtenOut(it.SelectionSet)
			out = append(out, &field)
		case *ast.FragmentSpread:
			out = append(out, &ast.InlineFragment{SelectionSet: writtenOut(it.Definition.SelectionSet)})
		}
	}
	return out
}

// drawCase draws the selections of a case, which may spread the fragments after the one given.
func drawCase(t *rapid.T, depth, last int) string {
	var b strings.Builder
	for i := range rapid.IntRange(1, 3).Draw(t, "fields") {
		alias := fmt.Sprintf(" a%d: ", i)
		switch kind := rapid.IntRange(0, 5).Draw(t, "kind"); {
		case kind == 0 && last < 3:
			fmt.Fprintf(&b, " ...F%d", rapid.IntRange(last+1, 3).Draw(t, "fragment"))
		case kind == 1 && depth > 0:
			b.WriteString(alias + "child { " + drawCase(t, depth-1, last) + " }")
		case kind == 2 && depth > 0:
			b.WriteString(alias + "parties(first: 3) { " + drawCase(t, depth-1, last) + " }")
		case kind == 3 && depth > 0:
			b.WriteString(alias + "events(first: 7) { nodes { " + drawCase(t, depth-1, last) + " } }")
		case kind == 4:
			b.WriteString(" withheld { field }")
		default:
			b.WriteString(" number")
		}
	}
	return b.String()
}

func TestANullConditionIsRefusedRatherThanAPanic(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for _, query := range []string{
		"query($c: Boolean = true) { me @include(if: $c) }",
		"query($c: Boolean = true) { ... @skip(if: $c) { me } }",
		"query($c: Boolean = true) { ...F @skip(if: $c) } fragment F on Query { me }",
		"query($c: Boolean = true) { __schema { types { name @include(if: $c) } } }",
	} {
		wantRefusal(t, ask(h, query, map[string]any{"c": nil}), http.StatusBadRequest, fault.Invalid)
	}
}

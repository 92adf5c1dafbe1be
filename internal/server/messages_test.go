package server

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"korpu/internal/fault"
)

func TestNoMessageQuotesAValue(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for query, message := range map[string]string{
		`{ case(number: "secret }`:                             "Unexpected <Invalid>",
		`{ case(number: "secret\q") }`:                         "Unexpected <Invalid>",
		`{ case "secret" }`:                                    "Expected Name, found String",
		`{ me } "secret"`:                                      "Unexpected <EOF>",
		`{ me } secret`:                                        "Unexpected Name",
		`{ note(n: 1secret) }`:                                 "Expected :, found )",
		`{ note(n: 007) }`:                                     "Unexpected <Invalid>",
		`{ note(n: "secret") }`:                                "Int cannot represent non-integer value",
		`{ note(n: "secret, found value: secret") }`:           "Int cannot represent non-integer value",
		`{ note(n: secret) }`:                                  "Int cannot represent non-integer value",
		`{ note(n: 77777777777777777777) }`:                    "Int cannot represent non 32-bit signed integer value",
		`{ note(text: 7777777) }`:                              "String cannot represent a non string value",
		`{ note(text: ["secret"]) }`:                           "String cannot represent a non string value",
		`{ note(stage: "secret") }`:                            `Enum "Stage" cannot represent non-enum value`,
		`{ note(stage: SECRET) }`:                              `Value does not exist in "Stage" enum.`,
		`{ note(filter: "secret, found 7777777") }`:            `Expected value of type "Filter"`,
		`{ note(filter: {number: "secret"}) }`:                 `Field "Filter.born" of required type "Int!" was not provided.`,
		`{ a: note(text: "secret") a: note(text: "Secret") }`:  `Fields "a" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional.`,
		`query($n: Int = "secret") { note(n: $n) }`:            "Int cannot represent non-integer value",
		`query($s: Stage = SECRET) { note(stage: $s) }`:        `Value does not exist in "Stage" enum.`,
		`{ note(text: """secret""", n: """secret, found""") }`: "Int cannot represent non-integer value",
	} {
		w := ask(h, query, nil)
		r := wantRefusal(t, w, http.StatusBadRequest, fault.Invalid)
		if r.Errors[0].Message != message {
			t.Errorf("%s\n  said %q\n  want %q", query, r.Errors[0].Message, message)
		}
		if said := strings.ToLower(w.Body.String()); strings.Contains(said, "secret") || strings.Contains(said, "7777777") {
			t.Errorf("%s: quoted in %s", query, w.Body)
		}
	}
}

func TestNoMessageQuotesAVariable(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	const query = `query($t: String, $s: Stage, $f: Filter, $n: Int, $i: [Filter]) { note(text: $t, stage: $s, filter: $f, n: $n) i: __typename }`
	for _, c := range []struct {
		variables map[string]any
		message   string
	}{
		{map[string]any{"n": "secret"}, "$n has a value that its type does not allow"},
		{map[string]any{"n": 7777777.5}, "$n has a value that its type does not allow"},
		{map[string]any{"t": 7777777}, "$t has a value that its type does not allow"},
		{map[string]any{"s": "secret is not a valid secret"}, "$s has a value that its type does not allow"},
		{map[string]any{"s": true}, "$s has a value that its type does not allow"},
		{map[string]any{"f": "secret"}, "$f must be a Filter, not a string"},
		{map[string]any{"f": map[string]any{"number": "secret"}}, "$f.born must be defined"},
		{map[string]any{"f": map[string]any{"born": nil}}, "$f.born cannot be null"},
		{map[string]any{"f": map[string]any{"born": 1, "nationalId": "secret"}}, "$f.nationalId is an unknown field"},
	} {
		w := ask(h, strings.Replace(query, ", $i: [Filter]", "", 1), c.variables)
		r := wantRefusal(t, w, http.StatusBadRequest, fault.Invalid)
		if r.Errors[0].Message != c.message || len(r.Errors[0].Path) < 2 {
			t.Errorf("%v: said %q at %v", c.variables, r.Errors[0].Message, r.Errors[0].Path)
		}
		if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "7777777") {
			t.Errorf("%v: quoted in %s", c.variables, w.Body)
		}
	}
}

// What the profile's schema lacks answers, byte for byte, as a name that no schema has.
func TestAFieldThatTheProfileLacksAnswersAsAMisspelling(t *testing.T) {
	whole := New(testConfig(newStub(testSDL))).Handler()
	pruned := New(testConfig(newStub(strings.NewReplacer("number: String stage: Stage born", "stage: Stage born", "note(text: String, ", "note(",
		"COURT CLOSED", "COURT", "  cases(first: Int! = 20, after: String): CaseConnection!\n", "", " child: Case withheld", " withheld").Replace(testSDL)))).Handler()
	for _, c := range []struct{ query, variables, hidden, misspelled string }{
		{`{ NAME { totalCount } }`, `{}`, "cases", "casse"},
		{`{ case(number: "") { NAME { number } } }`, `{}`, "child", "chidl"},
		{`{ note(NAME: "") }`, `{}`, "text", "texd"},
		{`{ note(filter: {born: 1, NAME: ""}) }`, `{}`, "number", "numbed"},
		{`{ note(stage: NAME) }`, `{}`, "CLOSED", "CLOSER"},
		{`query($f: Filter) { note(filter: $f) }`, `{"f":{"born":1,"NAME":"x"}}`, "number", "numbed"},
		{`query($f: Filter) { note(filter: $f) }`, `{"f":{"born":1,"stage":"NAME"}}`, "CLOSED", "CLOSER"},
		{`query($s: Stage) { note(stage: $s) }`, `{"s":"NAME"}`, "CLOSED", "CLOSER"},
	} {
		send := func(h http.Handler, name string) string {
			query, _ := json.Marshal(strings.ReplaceAll(c.query, "NAME", name))
			w := post(h, `{"query":`+string(query)+`,"variables":`+strings.ReplaceAll(c.variables, "NAME", name)+`}`)
			return strconv.Itoa(w.Code) + strings.ReplaceAll(w.Body.String(), name, "NAME")
		}
		if a, b := send(pruned, c.hidden), send(pruned, c.misspelled); a != b || !strings.HasPrefix(a, "400") {
			t.Errorf("%s answers\n  %s\nits misspelling\n  %s", c.query, a, b)
		}
		if a := send(whole, c.hidden); !strings.HasPrefix(a, "200") {
			t.Errorf("%s answers %s where it is in the schema", c.query, a)
		}
	}
}

func TestNothingIsSuggested(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	for _, query := range []string{
		"{ mee }", "{ case }", "{ case(number: \"\") }", "{ case(numbr: \"\") { number } }", "{ case(number: \"\") { numbr } }",
		"{ note(filter: {numbr: \"\", born: 1}) }", "{ note(stage: COURTS) }", "{ note(stage: \"COURT\") }", "query($x: Filtr) { me }",
		"{ ...F } fragment F on Quer { me }", "{ me @includ(if: true) }", "{ me @include(iff: true) }", "{ __schema { directive } }",
		"query($x: Filter!) { note(filter: $x) }", "{ cases(frist: 1) { nodes { number } } }", "{ case(number: \"\") { ... on Cas { number } } }",
		"{ __type(nam: \"Case\") { name } }", "subscription { me }", "mutation { opeN(number: \"\") }",
	} {
		for _, body := range []string{ask(h, query, nil).Body.String(), ask(h, query, map[string]any{"x": map[string]any{"numbr": "", "born": 1}}).Body.String()} {
			if !strings.Contains(body, `"code":"INVALID"`) || strings.Contains(body, "Did you mean") || strings.Contains(body, "{ ... }") {
				t.Errorf("%s answered %s", query, body)
			}
		}
	}
}

func TestABadDocumentIsToldAFewOfItsErrors(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	r := wantRefusal(t, ask(h, "{ case(number: \"\") { "+repeat(600, "x%d ")+"} }", nil), http.StatusBadRequest, fault.Invalid)
	if len(r.Errors) != mostErrors || len(r.Errors[0].Locations) != 1 {
		t.Errorf("told %d errors", len(r.Errors))
	}
}

func TestTheDeferredIsUnknown(t *testing.T) {
	schema := newStub(testSDL)
	delete(schema.schema.Directives, "defer") // as every profile's schema is pruned
	h := New(testConfig(schema)).Handler()
	wantRefusal(t, ask(h, "{ ... @defer { me } }", nil), http.StatusBadRequest, fault.Invalid)
}

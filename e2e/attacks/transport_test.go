package attacks

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

// post sends a body as it is, as the officer of Sumgayit.
func post(t *testing.T, h *hubtest.Hub, body string, headers map[string]string) hubtest.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+h.Token(t, hubtest.Persona("officer-sumgayit")))
	for name, v := range headers {
		r.Header.Set(name, v)
	}
	return hubtest.Send(t, h.Hub, r)
}

func TestAttack71AFormOfAnotherSiteIsNotAnswered(t *testing.T) {
	h, _ := open(t)
	const form = "query=%7B+cases+%7B+totalCount+%7D+%7D"
	for _, contentType := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "", "application/graphql", "application/json; charset=utf-16", "text/json"} {
		for _, body := range []string{form, `{"query":"{ cases { totalCount } }"}`, "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"{ cases { totalCount } }\"}\r\n--x--"} {
			if r := post(t, h, body, map[string]string{"Content-Type": contentType}); r.Status != http.StatusUnsupportedMediaType || strings.Contains(string(r.Body), "totalCount") {
				t.Errorf("%q: %d %s", contentType, r.Status, r.Body)
			}
		}
	}
	for _, from := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}} {
		if r := post(t, h, `{"query":"{ cases { totalCount } }"}`, from); r.Status != http.StatusForbidden || r.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%v: %d %s", from, r.Status, r.Body)
		}
	}
}

func TestAttack72ABodyIsReadInOneWayOnly(t *testing.T) {
	h, _ := open(t)
	const good = `"query":"{ cases { totalCount } }"`
	if r := post(t, h, "{"+good+"}", nil); r.Status != http.StatusOK {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	for what, body := range map[string]string{
		"a key twice":                  "{" + good + "," + good + "}",
		"a key twice, once escaped":    "{" + good + `,"qu\u0065ry":"{ me { id } }"}`,
		"a key in capitals":            `{"QUERY":"{ cases { totalCount } }"}`,
		"another key in capitals":      "{" + good + `,"Query":"{ me { id } }"}`,
		"a variable twice":             `{"query":"query($n: Int!) { cases(first: $n) { totalCount } }","variables":{"n":1,"n":2}}`,
		"a variable twice, deeper":     `{"query":"query($f: CaseFilter) { cases(filter: $f) { totalCount } }","variables":{"f":{"number":{"eq":"a","eq":"b"}}}}`,
		"a second document":            "{" + good + "}{" + good + "}",
		"a second document on a line":  "{" + good + "}\n{" + good + "}",
		"a batch":                      "[{" + good + "}]",
		"an unknown member":            "{" + good + `,"id":"1"}`,
		"a byte order mark":            "\ufeff{" + good + "}",
		"broken UTF-8":                 "{\"query\":\"{ cases { totalCount } } # \xff\"}",
		"half a surrogate pair":        `{"query":"{ cases { totalCount } } # \ud800"}`,
		"a comment":                    "/* x */{" + good + "}",
		"a trailing comma":             "{" + good + ",}",
		"single quotes":                "{'query':'{ cases { totalCount } }'}",
		"NaN":                          "{" + good + `,"variables":{"x":NaN}}`,
		"variables as a text":          "{" + good + `,"variables":"{}"}`,
		"a query that is no text":      `{"query":{"a":1}}`,
		"nothing":                      "",
		"null":                         "null",
		"objects ten thousand deep":    "{" + good + `,"variables":` + strings.Repeat(`{"a":`, 10001) + "1" + strings.Repeat("}", 10001) + "}",
		"lists ten thousand deep":      "{" + good + `,"variables":{"a":` + strings.Repeat("[", 10001) + strings.Repeat("]", 10001) + "}}",
		"a number beyond all":          "{" + good + `,"variables":{"x":1e99999}}`,
		"an operation name of no text": "{" + good + `,"operationName":1}`,
	} {
		r := post(t, h, body, nil)
		if r.Status != http.StatusBadRequest || strings.Contains(string(r.Body), "totalCount") {
			t.Errorf("%s: %d %s", what, r.Status, r.Body)
		}
	}
	if r := post(t, h, "{"+good+`,"variables":{"x":"`+strings.Repeat("y", 64<<10)+`"}}`, nil); r.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: %d", r.Status)
	}
}

// levels is a chain of fragments, each of which holds the pattern with the next one's name in it.
func levels(n int, on, pattern, last string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " fragment f%d on %s { %s }", i, on, strings.ReplaceAll(pattern, "NEXT", fmt.Sprintf("...f%d", i+1)))
	}
	fmt.Fprintf(&b, " fragment f%d on %s { %s }", n, on, last)
	return b.String()
}

// bombs are documents that are short and ask for very much. What is permitted has to be cheap; the rest is refused.
func bombs() map[string]string {
	return map[string]string{
		"fragments that spread the next one twice":      "{ cases { nodes { ...f0 } } }" + levels(16, "Case", "NEXT NEXT", "number @skip(if: false)"),
		"inline fragments around it":                    "{ cases { nodes { ...f0 } } }" + levels(16, "Case", "... { NEXT } ... on Case { NEXT }", "number @skip(if: false)"),
		"the same below merged fields":                  "{ cases { nodes { ...f0 } } }" + levels(2, "Case", "diversion { case { NEXT } } diversion { case { NEXT } }", "number"),
		"fragments that spread the root's next twice":   "{ ...f0 }" + levels(13, "Query", "NEXT NEXT", "cases { totalCount }"),
		"joins that multiply":                           "{ cases(first: 1) { nodes { ...f0 } } }" + levels(4, "Case", "a: diversion { case { NEXT } } b: diversion { case { NEXT } } c: diversion { case { NEXT } } d: diversion { case { NEXT } } e: diversion { case { NEXT } }", "number"),
		"lists that multiply":                           "{ cases(first: 100) { nodes { child { cases(first: 100) { nodes { procedure(first: 100) { nodes { id } } } } } } } }",
		"a page of the largest number":                  "{ cases(first: 4611686018427387904) { nodes { parties { id } allegations { id } detentions { id } } } }",
		"ten thousand aliases":                          "{ " + strings.Repeat("a: me { id } ", 4000) + "}",
		"aliases that stay below the limit of tokens":   "{ " + numbered("a%d: me { id } ", 300) + "}",
		"two hundred look-ups":                          "{ " + numbered(`a%d: case(number: "x") { id } `, 200) + "}",
		"one field over and over":                       "{ me { " + strings.Repeat("id ", 1900) + "} }",
		"a hundred levels":                              "{ cases { nodes " + strings.Repeat("{ child { cases { nodes ", 30) + "{ id }" + strings.Repeat("}}}", 30) + "} }",
		"ten thousand brackets":                         strings.Repeat("{a", 20000),
		"lists in lists":                                "{ cases(filter: {number: {in: " + strings.Repeat("[", 900) + strings.Repeat("]", 900) + "}}) { totalCount } }",
		"directives in a flood":                         "{ me { id " + strings.Repeat("@skip(if: false) ", 49) + "} }",
		"directives nobody knows":                       "{ me { id " + strings.Repeat("@x ", 600) + "} }",
		"directives on the operation":                   "query " + strings.Repeat("@x ", 900) + "{ me { id } }",
		"a circle of fragments":                         "{ cases { nodes { ...f0 } } } fragment f0 on Case { ...f1 } fragment f1 on Case { child { cases { nodes { ...f0 } } } }",
		"fragments that nobody uses":                    "{ me { id } }" + numbered(" fragment u%d on Case { number stage child { id } }", 150),
		"variables in a flood":                          "query(" + numbered("$v%d: Int ", 500) + ") { me { id } }",
		"introspection in circles":                      "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }",
		"introspection ten times":                       "{ " + numbered("s%d: __schema { types { name fields { name args { name } } } } ", 11) + "}",
		"fields that conflict in all pairs":             "{ cases { nodes { " + numbered("... on Case { x: number } ... on Case { y%d: stage } ", 130) + "} } }",
		"fragments that conflict in all pairs":          "{ cases { nodes { " + numbered("...c%d ", 160) + "} } }" + numbered(" fragment c%d on Case { number stage }", 160),
		"a text of the whole body":                      `{ cases(filter: {number: {eq: "` + strings.Repeat("9", 60000) + `"}}) { totalCount } }`,
		"a list of the whole body":                      `{ cases(filter: {number: {in: [` + strings.Repeat(`"9",`, 900) + `]}}) { totalCount } }`,
		"block strings":                                 `{ cases(filter: {number: {eq: """` + strings.Repeat("\\n   x", 5000) + `"""}}) { totalCount } }`,
		"an operation for each token":                   numbered("query q%d { me { id } } ", 250),
		"aliases of links that lead back to each other": "{ cases(first: 1) { nodes { " + numbered("d%d: diversion { case { diversion { case { number } } } } ", 15) + "} } }",
	}
}

func numbered(form string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, form, i)
	}
	return b.String()
}

// mostWork is the memory that the hub may take up to answer or refuse one document. It stands for the work: an expansion
// that doubles allocates, and unlike time it does not depend on the machine. The longest permitted document takes a third.
const mostWork = 8 << 20

func TestAttack73AShortDocumentCannotAskForVeryMuchWork(t *testing.T) {
	h, _ := open(t)
	officer := hubtest.Persona("officer-sumgayit")
	h.Ask(t, officer, "{ me { id } }", nil)
	for what, query := range bombs() {
		r := h.Request(t, officer, query, nil)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		answer := hubtest.Send(t, h.Hub, r)
		runtime.ReadMemStats(&after)
		if answer.Status >= http.StatusInternalServerError {
			t.Errorf("%s: %d %.300s", what, answer.Status, answer.Body)
		}
		if work := after.TotalAlloc - before.TotalAlloc; work > mostWork {
			t.Errorf("%s: took %d bytes to answer %.200s", what, work, answer.Body)
		}
		if testing.Verbose() {
			t.Logf("%9d bytes %d %-50s %.160s", after.TotalAlloc-before.TotalAlloc, answer.Status, what, answer.Body)
		}
	}
}

func TestAttack74NothingIsDeferredBeyondTheAnswer(t *testing.T) {
	h, _ := open(t)
	for _, query := range []string{"{ me { ... @defer { id } } }", `{ cases { nodes @stream(initialCount: 1) { id } } }`, "query @live { me { id } }"} {
		r := h.Ask(t, hubtest.Persona("officer-sumgayit"), query, nil)
		if !strings.Contains(string(r.Body), "Unknown directive") || strings.Contains(string(r.Body), `"data"`) {
			t.Errorf("%s: %s", query, r.Body)
		}
	}
	r := post(t, h, `{"query":"{ me { id } }"}`, map[string]string{"Accept": "multipart/mixed; deferSpec=20220824"})
	if r.Status != http.StatusNotAcceptable {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	r = post(t, h, `{"query":"{ me { id } }"}`, map[string]string{"Accept": "text/event-stream"})
	if r.Status != http.StatusNotAcceptable {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

package server

import (
	"encoding/json"
	"net/http"
	"testing"
)

// Whatever arrives, the server answers one JSON object and calls nothing a defect; and what it takes for a request, the
// standard library reads the same way.
func FuzzRequest(f *testing.F) {
	for _, body := range []string{
		`{"query":"{ me }"}`, `{"query":"query($n: Int!) { cases(first: $n) { nodes { number } } }","variables":{"n":5}}`,
		`{"query":"{ ...F } fragment F on Query { a: note(filter: {born: 1}) @include(if: true) }","operationName":null,"extensions":{}}`,
		`{"query":"{ __schema { types { ...T } } } fragment T on __Type { name ofType { ...T } }"}`, `[]`, `{"query":1}`, ``,
		`{"query":"subscription { me }"}`, `{"query":"{ case(number: \"\\u0000\") { number } }"}`,
	} {
		f.Add([]byte(body))
	}
	h := New(testConfig(newStub(testSDL))).Handler()
	f.Fuzz(func(t *testing.T, body []byte) {
		w := post(h, string(body))
		if !json.Valid(w.Body.Bytes()) || w.Code == http.StatusInternalServerError {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
		q, err := decode(body)
		if err != nil {
			return
		}
		var same struct{ Query, OperationName string }
		if err := json.Unmarshal(body, &same); err != nil || same.Query != q.query || same.OperationName != q.operationName {
			t.Errorf("read as %q and %q (%v)", q.query, same.Query, err)
		}
	})
}

package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

// failing is a schema whose root fields fail with the errors given by name.
func failing(failures map[string]error) *stub {
	s := newStub(testSDL)
	for name, err := range failures {
		s.resolvers[name] = func(context.Context, *ast.Field) any { return err }
	}
	return s
}

func TestAFaultOfTheWholeRequestLeavesNoData(t *testing.T) {
	for code, status := range statuses {
		failure := fmt.Errorf("read: %w", fault.New(code, "so it is"))
		h := New(testConfig(failing(map[string]error{"note": failure}))).Handler()
		for _, accept := range []string{"application/json", "application/graphql-response+json"} {
			w := post(h, `{"query":"{ me note again: note }"}`, "Accept", accept)
			r := wantRefusal(t, w, status, code)
			if len(r.Errors) != 1 || r.Errors[0].Message != "so it is" || r.Errors[0].Path != nil {
				t.Errorf("told %+v", r.Errors)
			}
		}
	}
}

func TestTheWorstFaultIsToldWhicheverComesFirst(t *testing.T) {
	h := New(testConfig(failing(map[string]error{
		"me": fault.New(fault.RateLimited, ""), "case": fault.New(fault.Internal, ""), "note": fault.New(fault.Invalid, ""),
	}))).Handler()
	for _, query := range []string{`{ me note case(number: "") { number } }`, `{ note case(number: "") { number } me }`} {
		wantRefusal(t, ask(h, query, nil), http.StatusInternalServerError, fault.Internal)
	}
}

func TestAFaultOfOneFieldStandsBesideTheData(t *testing.T) {
	h := New(testConfig(failing(map[string]error{"note": fault.New(fault.Invalid, "no such cursor")}))).Handler()
	for _, query := range []string{"{ b: note me a: note }", "{ a: note b: note me }"} {
		w := ask(h, query, nil)
		want := `{"errors":[{"message":"no such cursor","path":["a"],"extensions":{"code":"INVALID"}},` +
			`{"message":"no such cursor","path":["b"],"extensions":{"code":"INVALID"}}],"data":{"a":null,"b":null,"me":"me"}}`
		if w.Code != 200 || w.Body.String() != want {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
	}
}

type databaseError struct{}

func (databaseError) Error() string {
	return `ERROR: duplicate key (national_id)=(5ABCDEF) violates "child_national_id"`
}
func (databaseError) SQLState() string { return "23505" }

func TestTheTextOfAnUnknownErrorStaysInside(t *testing.T) {
	for _, unknown := range []error{
		errors.New("secret"), fmt.Errorf("read child: %w", databaseError{}), gqlerror.Errorf("secret"),
		&gqlerror.Error{Message: "secret", Extensions: map[string]any{"code": "OK", "secret": 1}},
	} {
		w := ask(New(testConfig(failing(map[string]error{"me": unknown}))).Handler(), "{ me }", nil)
		wantRefusal(t, w, http.StatusInternalServerError, fault.Internal)
		if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "child") {
			t.Errorf("told %s", w.Body)
		}
	}
}

func TestAPanicAnswersAsADefect(t *testing.T) {
	schema := newStub(testSDL)
	schema.resolvers["me"] = func(context.Context, *ast.Field) any { panic("secret") }
	c := testConfig(schema)
	w := ask(New(c).Handler(), "{ me }", nil)
	wantRefusal(t, w, http.StatusInternalServerError, fault.Internal)
	if strings.Contains(w.Body.String(), "secret") || w.Header().Get("Korpu-Request-Id") == "" {
		t.Errorf("told %s", w.Body)
	}
	c.Authenticate = func(context.Context, http.Header) (identity.Subject, error) { panic("secret") }
	wantRefusal(t, ask(New(c).Handler(), "{ me }", nil), http.StatusInternalServerError, fault.Internal)
}

func TestAnAnswerInPartsIsADefect(t *testing.T) {
	h := New(testConfig(parts{newStub(testSDL)})).Handler()
	wantRefusal(t, ask(h, "{ me }", nil), http.StatusInternalServerError, fault.Internal)
}

// parts is a schema that answers as with @defer.
type parts struct{ *stub }

func (p parts) Exec(context.Context) graphql.ResponseHandler {
	more := true
	return graphql.OneShot(&graphql.Response{Data: []byte(`{}`), HasNext: &more})
}

func TestARequestThatTakesTooLongIsGivenUp(t *testing.T) {
	schema := newStub(testSDL)
	schema.resolvers["me"] = func(ctx context.Context, _ *ast.Field) any {
		<-ctx.Done()
		return ctx.Err()
	}
	c := testConfig(schema)
	c.Timeout = 1
	wantRefusal(t, ask(New(c).Handler(), "{ me }", nil), http.StatusGatewayTimeout, fault.Timeout)
}

func TestNothingLeavesThatCannotBeRecorded(t *testing.T) {
	c := testConfig(newStub(testSDL))
	var seen []string
	var failure error
	c.Finish = func(_ context.Context, o Outcome) error {
		name := "refused"
		if o.Run != nil && o.Run.Operation != nil {
			name = o.Run.Operation.Name
		}
		seen = append(seen, fmt.Sprint(o.Subject.Role, " ", name, " ", o.HasData, " ", o.Code, " ", len(o.Operation), " ", o.Version, " ", o.Source))
		return failure
	}
	h := New(c).Handler()
	ask(h, "query q { me }", nil)
	ask(h, "query q { nothing }", nil)
	ask(h, "query q { cases(first: 0) { totalCount } }", nil)
	post(h, `{"query":"{ me }"}`, "Authorization", "")
	want := []string{
		"court_clerk q true  32 1 192.0.2.1", "court_clerk refused false INVALID 0 1 192.0.2.1", "court_clerk q false INVALID 32 1 192.0.2.1",
		" refused false UNAUTHENTICATED 0  192.0.2.1",
	}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("saw %q, want %q", seen, want)
	}
	failure = errors.New("disk full")
	w := ask(h, "{ me }", nil)
	wantRefusal(t, w, http.StatusServiceUnavailable, fault.Unavailable)
}

func TestWhatIsAnsweredIsWhatIsRecorded(t *testing.T) {
	c := testConfig(failing(map[string]error{"note": fault.New(fault.Unavailable, "")}))
	var recorded string
	c.Finish = func(_ context.Context, o Outcome) error {
		recorded = string(o.Body)
		return nil
	}
	for _, query := range []string{"{ me note }", "{ me }", "{"} {
		if w := ask(New(c).Handler(), query, nil); w.Body.String() != recorded {
			t.Errorf("%s: answered %s, recorded %s", query, w.Body, recorded)
		}
	}
}

func TestAPanicInRecordingLetsNothingLeave(t *testing.T) {
	c := testConfig(newStub(testSDL))
	c.Finish = func(context.Context, Outcome) error { panic("a defect") }
	wantRefusal(t, ask(New(c).Handler(), "{ me }", nil), http.StatusInternalServerError, fault.Internal)
}

func TestTheSourceIsWhatTheProxyInFrontSays(t *testing.T) {
	c := testConfig(newStub(testSDL))
	c.SourceHeader = "X-Real-Ip"
	var source string
	c.Finish = func(_ context.Context, o Outcome) error { source = o.Source; return nil }
	post(New(c).Handler(), `{"query":"{ me }"}`, "X-Real-IP", "198.51.100.7")
	if source != "198.51.100.7" {
		t.Errorf("the source is %q", source)
	}
}

var errChanged = errors.New("another policy")

func TestARequestThatThePolicyOvertookIsAnsweredUnderTheNewOne(t *testing.T) {
	tries := 0
	schema := newStub(testSDL)
	schema.resolvers["me"] = func(context.Context, *ast.Field) any {
		if tries++; tries == 1 {
			return fmt.Errorf("read: %w", errChanged)
		}
		return "new"
	}
	c := testConfig(schema)
	c.PolicyChanged = func(err error) bool { return errors.Is(err, errChanged) }
	recorded := 0
	c.Finish = func(context.Context, Outcome) error {
		recorded++
		return nil
	}
	h := New(c).Handler()
	if w := ask(h, "{ me }", nil); w.Body.String() != `{"data":{"me":"new"}}` || recorded != 1 {
		t.Errorf("answered %s, recorded %d times", w.Body, recorded)
	}
	schema.resolvers["me"] = func(context.Context, *ast.Field) any { return errChanged }
	wantRefusal(t, ask(h, "{ me }", nil), http.StatusServiceUnavailable, fault.Unavailable)
}

func TestACommandIsNotRepeated(t *testing.T) {
	tries := 0
	schema := newStub(testSDL)
	schema.resolvers["open"] = func(context.Context, *ast.Field) any {
		tries++
		return errChanged
	}
	c := testConfig(schema)
	c.PolicyChanged = func(err error) bool { return errors.Is(err, errChanged) }
	wantRefusal(t, ask(New(c).Handler(), `mutation { open(number: "") }`, nil), http.StatusServiceUnavailable, fault.Unavailable)
	if tries != 1 {
		t.Errorf("tried %d times", tries)
	}
}

func TestTheNamedOperationRuns(t *testing.T) {
	h := New(testConfig(newStub(testSDL))).Handler()
	const query = `"query":"query a { me } query b { b: me }"`
	if w := post(h, `{`+query+`,"operationName":"b"}`); w.Body.String() != `{"data":{"b":"me"}}` {
		t.Errorf("answered %s", w.Body)
	}
	for _, name := range []string{``, `,"operationName":""`, `,"operationName":"secret"`, `,"operationName":null`} {
		w := post(h, `{`+query+name+`}`)
		wantRefusal(t, w, http.StatusBadRequest, fault.Invalid)
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("told %s", w.Body)
		}
	}
}

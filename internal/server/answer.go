package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"korpu/internal/fault"
)

// Status codes. The rule follows the draft of GraphQL over HTTP that graphql-http 1.23.1 audits:
//
//   - what is no GraphQL request answers 400, 405 (with Allow), 406, 413 or 415, under both media types;
//   - what the hub refuses or fails to do answers by its code, as below, under both media types and without data: all
//     root fields are one snapshot, so it is all or nothing;
//   - a well-formed request whose document or variables are wrong or too costly answers 400, and 200 under
//     application/json, as that media type wants it; there is no member data either;
//   - what was run answers 200, also where a single field has an error beside the data. The 294 and 422 of the draft of
//     2026 are not used yet: neither the audits nor clients know them.
var statuses = map[fault.Code]int{
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.RateLimited:     http.StatusTooManyRequests,
	fault.Timeout:         http.StatusGatewayTimeout,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

func statusOf(resp *graphql.Response, m *media) int {
	if resp.Data != nil {
		return http.StatusOK
	}
	if status, ok := statuses[codeOf(resp)]; ok {
		return status
	}
	if m.lenient {
		return http.StatusOK
	}
	return http.StatusBadRequest
}

// codeOf is the code of the first error; empty when there is none.
func codeOf(resp *graphql.Response) fault.Code {
	if len(resp.Errors) == 0 {
		return ""
	}
	code, _ := resp.Errors[0].Extensions["code"].(fault.Code)
	return code
}

// httpError is a fault with a status of HTTP's own.
type httpError struct {
	status int
	fault  error
}

func (e *httpError) Error() string { return e.fault.Error() }
func (e *httpError) Unwrap() error { return e.fault }

func refuse(status int, code fault.Code, format string, args ...any) error {
	return &httpError{status: status, fault: fault.New(code, format, args...)}
}

func tooLarge(err error) bool {
	var large *http.MaxBytesError
	return errors.As(err, &large)
}

// failure is the answer to a request that failed as a whole.
func (s *Server) failure(ctx context.Context, err error) *graphql.Response {
	f := s.told(ctx, err)
	return &graphql.Response{Errors: gqlerror.List{faulty(f)}}
}

// faulty is the one shape of an error.
func faulty(f *fault.Error) *gqlerror.Error {
	extensions := map[string]any{"code": f.Code}
	if len(f.Choices) > 0 {
		extensions["choices"] = f.Choices
	}
	return &gqlerror.Error{Message: f.Message, Extensions: extensions}
}

// send writes the answer in one piece with its length; nothing has left before.
func (x *exchange) send(w http.ResponseWriter, status int, body *bytes.Buffer) {
	h := w.Header()
	h["Content-Type"] = x.media.header
	h["Content-Length"] = []string{strconv.Itoa(body.Len())}
	h["Korpu-Request-Id"] = []string{x.id}
	switch status {
	case http.StatusUnauthorized:
		h["Www-Authenticate"] = []string{"Bearer"}
	case http.StatusTooManyRequests:
		h["Retry-After"] = []string{x.retryAfter}
	}
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the client may have gone
}

// render copies data as it is: gqlgen and records have made it JSON, and parsing it again would cost more than making it.
func render(b *bytes.Buffer, resp *graphql.Response) {
	b.WriteByte('{')
	if len(resp.Errors) > 0 {
		member(b, "errors", resp.Errors)
	}
	if resp.Data != nil {
		name(b, "data")
		b.Write(resp.Data)
	}
	if len(resp.Extensions) > 0 {
		member(b, "extensions", resp.Extensions)
	}
	b.WriteByte('}')
}

func name(b *bytes.Buffer, text string) {
	if b.Len() > 1 {
		b.WriteByte(',')
	}
	b.WriteByte('"')
	b.WriteString(text)
	b.WriteString(`":`)
}

func member(b *bytes.Buffer, text string, v any) {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err) // a defect; nothing has left yet, and the safety net answers
	}
	name(b, text)
	b.Write(encoded)
}

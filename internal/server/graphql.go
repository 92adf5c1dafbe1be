package server

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

// serveGraphQL takes one request through its stations: method, origin, media types and size; who asks; how often; the
// document; the run; the answer. Each station can refuse, and all refusals have the one error shape.
func (s *Server) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	x := newExchange()
	body := buffers.Get().(*bytes.Buffer)
	defer recycle(body)
	status, code := s.answer(x, body, w, r)
	x.send(w, status, body)
	s.observe(r.Context(), x, status, code)
}

// answer renders into body what will leave; a panic on the way leaves nothing of it but the error.
func (s *Server) answer(x *exchange, body *bytes.Buffer, w http.ResponseWriter, r *http.Request) (status int, code fault.Code) {
	ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), exchangeKey{}, x), s.config.Timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			body.Reset()
			status, code = s.refuse(ctx, body, s.recovered(ctx, p))
		}
	}()
	q, err := s.admit(ctx, x, w, r)
	if err != nil {
		return s.refuse(ctx, body, err)
	}
	resp := s.run(identity.With(ctx, x.subject), x, q)
	render(body, resp)
	return statusOf(resp, x.media), codeOf(resp)
}

// refuse answers an error that stopped the request before its document was looked at.
func (s *Server) refuse(ctx context.Context, body *bytes.Buffer, err error) (int, fault.Code) {
	resp := s.failure(ctx, err)
	render(body, resp)
	var h *httpError
	if errors.As(err, &h) {
		return h.status, codeOf(resp)
	}
	return statusOf(resp, graphqlMedia), codeOf(resp)
}

// admit reads a request that may go on to the executor.
func (s *Server) admit(ctx context.Context, x *exchange, w http.ResponseWriter, r *http.Request) (q request, err error) {
	if x.media, err = s.checkHead(w, r); err != nil {
		x.media = jsonMedia
		return q, err
	}
	body := buffers.Get().(*bytes.Buffer)
	defer recycle(body)
	if err := read(body, w, r, s.config.Limits.Body); err != nil {
		return q, err
	}
	if x.subject, err = s.config.Authenticate(ctx, r.Header); err != nil {
		return q, err
	}
	if !s.callers.admit(x.subject) {
		x.retryAfter = "1"
		return q, fault.New(fault.RateLimited, "too many requests; slow down")
	}
	return decode(body.Bytes())
}

func (s *Server) checkHead(w http.ResponseWriter, r *http.Request) (*media, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, refuse(http.StatusMethodNotAllowed, fault.Invalid, "send GraphQL requests by POST")
	}
	if err := s.origins.Check(r); err != nil {
		return nil, fault.New(fault.Forbidden, "pages of other sites may not ask the hub")
	}
	if r.URL.RawQuery != "" {
		return nil, refuse(http.StatusBadRequest, fault.Invalid, "send the request in the body; addresses are logged on the way")
	}
	if err := checkContentType(r.Header); err != nil {
		return nil, err
	}
	return negotiate(r.Header)
}

// read fills body with the request's, as far as the limit.
func read(body *bytes.Buffer, w http.ResponseWriter, r *http.Request, limit int64) error {
	if _, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, limit)); err != nil {
		if tooLarge(err) {
			return refuse(http.StatusRequestEntityTooLarge, fault.TooCostly, "the request is larger than %d bytes", limit)
		}
		return refuse(http.StatusBadRequest, fault.Invalid, "the request broke off")
	}
	return nil
}

// buffers hold request bodies and answers; an answer of a full page is some 20 kB.
var buffers = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 4096)) }}

// recycle keeps a buffer for the next request, unless a rare large answer made it too big to keep.
func recycle(b *bytes.Buffer) {
	if b.Cap() <= 256<<10 {
		b.Reset()
		buffers.Put(b)
	}
}

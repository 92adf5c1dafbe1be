package server

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

// serveGraphQL takes one request through its stations: method, origin, media types and size; who asks; how often; the
// document; the run; the record; the answer. Each station can refuse, and all refusals have the one error shape.
func (s *Server) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	x := newExchange()
	body := buffers.Get().(*bytes.Buffer)
	defer recycle(body)
	ctx := context.WithValue(r.Context(), exchangeKey{}, x)
	a := s.answer(ctx, x, body, w, r)
	a = s.finish(ctx, x, body, r, a)
	x.send(w, a.status, body)
	s.observe(r.Context(), x, a.status, a.code)
}

// answer is what will leave, beside its body.
type answer struct {
	status int
	code   fault.Code
	data   bool
}

// answer renders into body what will leave; a panic on the way leaves nothing of it but the error.
func (s *Server) answer(ctx context.Context, x *exchange, body *bytes.Buffer, w http.ResponseWriter, r *http.Request) (a answer) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	defer s.rescue(ctx, body, &a)
	q, err := s.admit(ctx, x, w, r)
	if err != nil {
		return s.refuse(ctx, body, err)
	}
	resp := s.run(identity.With(ctx, x.subject), x, q)
	render(body, resp)
	return answer{status: statusOf(resp, x.media), code: codeOf(resp), data: resp.Data != nil}
}

// rescue makes an error of a panic.
func (s *Server) rescue(ctx context.Context, body *bytes.Buffer, a *answer) {
	if p := recover(); p != nil {
		body.Reset()
		*a = s.refuse(ctx, body, s.recovered(ctx, p))
	}
}

// finish lets the wiring record the answer; what it cannot record does not leave.
func (s *Server) finish(ctx context.Context, x *exchange, body *bytes.Buffer, r *http.Request, given answer) (a answer) {
	if s.config.Finish == nil {
		return given
	}
	defer s.rescue(ctx, body, &a)
	err := s.config.Finish(context.WithoutCancel(ctx), Outcome{
		RequestID: x.id, Source: s.source(r), Subject: x.subject, Operation: x.operation, Version: x.version, Run: x.run,
		Code: given.code, HasData: given.data, Body: body.Bytes(),
	})
	if err == nil {
		return given
	}
	s.logError(ctx, "the answer could not be recorded", err)
	body.Reset()
	return s.refuse(ctx, body, fault.New(fault.Unavailable, "the answer could not be recorded, so it is not given; try again later"))
}

// source is the address that a request came from, as far as the proxy in front tells it.
func (s *Server) source(r *http.Request) string {
	if s.config.SourceHeader != "" {
		return r.Header.Get(s.config.SourceHeader)
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host
}

// refuse answers an error that stopped the request before its document was looked at.
func (s *Server) refuse(ctx context.Context, body *bytes.Buffer, err error) answer {
	resp := s.failure(ctx, err)
	render(body, resp)
	a := answer{status: statusOf(resp, graphqlMedia), code: codeOf(resp)}
	var h *httpError
	if errors.As(err, &h) {
		a.status = h.status
	}
	return a
}

// admit reads a request that may go on to the executor.
func (s *Server) admit(ctx context.Context, x *exchange, w http.ResponseWriter, r *http.Request) (q request, err error) {
	if x.media, err = s.checkHead(w, r); err != nil {
		x.media = jsonMedia
		return q, err
	}
	body := buffers.Get().(*bytes.Buffer)
	defer recycle(body)
	if err = read(body, w, r, s.config.Limits.Body); err != nil {
		return q, err
	}
	err = s.authenticate(ctx, x, r.Header)
	if x.subject.Known() && !s.callers.admit(x.subject) {
		x.retryAfter = "1"
		return q, fault.New(fault.RateLimited, "too many requests; slow down")
	}
	if err != nil {
		return q, err
	}
	return decode(body.Bytes())
}

// authenticate notes who asks, or who is refused.
func (s *Server) authenticate(ctx context.Context, x *exchange, h http.Header) (err error) {
	x.subject, err = s.config.Authenticate(ctx, h)
	var refused *identity.RefusedError
	if errors.As(err, &refused) {
		x.subject = refused.Who
	}
	return err
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

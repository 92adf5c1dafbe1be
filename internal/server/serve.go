package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// Serve answers on the listener, and with the metrics on theirs (nil: nowhere), until ctx ends. Then it takes no more
// connections, gives the requests that run the time to drain, and cancels those that are left.
func (s *Server) Serve(ctx context.Context, api, metrics net.Listener) error {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	servers := []*http.Server{s.httpServer(running, s.handler), s.httpServer(running, s.MetricsHandler())}
	failed := make(chan error, 2)
	for i, listener := range []net.Listener{api, metrics} {
		if listener != nil {
			go func() { failed <- servers[i].Serve(listener) }()
		}
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	return errors.Join(err, s.stop(ctx, servers, cancel))
}

// stop drains; what runs on after that is cancelled, which ends its statements too.
func (s *Server) stop(ctx context.Context, servers []*http.Server, cancel context.CancelFunc) error {
	s.draining.Store(true)
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), s.config.Drain)
	defer done()
	var errs []error
	for _, server := range servers {
		if err := server.Shutdown(ctx); err != nil {
			cancel()
			errs = append(errs, err, server.Close())
		}
	}
	return errors.Join(errs...)
}

// httpServer bounds every phase of a connection, so that slow clients hold nothing for long.
func (s *Server) httpServer(ctx context.Context, h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          quiet(s.config.Log),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      s.config.Timeout + 20*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

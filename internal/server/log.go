package server

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"korpu/internal/fault"
)

// The log holds no personal data: no addresses, headers, texts, variables or names, and of an error the words of our own
// wrapping only, since the innermost error is a library's and may quote a value.

// observe writes the one line that each request has, and counts it.
func (s *Server) observe(ctx context.Context, x *exchange, status int, code fault.Code) {
	took := time.Since(x.started)
	if errors.Is(ctx.Err(), context.Canceled) {
		status, code = statusGone, "GONE"
	}
	s.metrics.observe(x.subject, code, took)
	s.config.Log.LogAttrs(ctx, slog.LevelInfo, "request",
		slog.String("request", x.id),
		slog.String("role", x.subject.Role),
		slog.String("purpose", x.subject.Purpose),
		slog.String("agency", x.subject.Agency.String()),
		slog.String("operation", x.operation),
		slog.Int("status", status),
		slog.String("code", string(code)),
		slog.Int64("microseconds", took.Microseconds()),
	)
}

// statusGone marks, in the log only, a client that did not wait.
const statusGone = 499

func (s *Server) logError(ctx context.Context, message string, err error) {
	s.config.Log.LogAttrs(ctx, slog.LevelError, message,
		slog.String("request", RequestID(ctx)), slog.String("error", describe(err)))
}

// describe keeps of an error its wrapping, the type of what is inside, and the state where a database told one. Of several
// errors in one it keeps each so, and not the words between them.
func describe(err error) string {
	inner := err
	for next := errors.Unwrap(inner); next != nil; next = errors.Unwrap(inner) {
		inner = next
	}
	text, _ := strings.CutSuffix(err.Error(), inner.Error())
	if several := joined(inner); several != nil {
		var parts []string
		for _, one := range several {
			parts = append(parts, describe(one))
		}
		return text + strings.Join(parts, "; ")
	}
	text += fmt.Sprintf("%T", inner)
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		text += " " + state.SQLState()
	}
	return text
}

// joined returns the errors that stand side by side inside an error, nil where there is only one.
func joined(err error) []error {
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		return several.Unwrap()
	}
	return nil
}

// recovered turns a panic into an error, and writes where it happened, without the value that it was thrown with.
func (s *Server) recovered(ctx context.Context, _ any) error {
	s.config.Log.LogAttrs(ctx, slog.LevelError, "panic",
		slog.String("request", RequestID(ctx)), slog.Any("stack", stack()))
	return fault.Of(nil)
}

// stack names the functions and lines of the running goroutine; a printed stack would hold arguments too.
func stack() []string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	var lines []string
	for frame, more := frames.Next(); more; frame, more = frames.Next() {
		lines = append(lines, fmt.Sprintf("%s:%d", frame.Function, frame.Line))
	}
	return lines
}

// quiet takes net/http's own complaints, which quote addresses and headers, and keeps only that there was one.
func quiet(l *slog.Logger) *log.Logger {
	return log.New(complaints{l}, "", 0)
}

type complaints struct{ log *slog.Logger }

func (c complaints) Write(p []byte) (int, error) {
	c.log.Debug("a connection failed")
	return len(p), nil
}

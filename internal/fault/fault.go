// Package fault holds the few error codes that a client may see; every other error stays inside and is told as INTERNAL.
package fault

import (
	"errors"
	"fmt"
)

// Code is a stable, documented error code (docs/reference/errors.md).
type Code string

// The codes. A record that the caller may not see has none: it answers as one that does not exist.
const (
	Unauthenticated Code = "UNAUTHENTICATED" // no valid token, or its holder is no longer admitted
	Forbidden       Code = "FORBIDDEN"       // a valid token asks for a role or purpose that it does not hold
	Invalid         Code = "INVALID"         // the request is wrong; the message says what to change
	NotFound        Code = "NOT_FOUND"       // there is no such record for this command and caller
	Conflict        Code = "CONFLICT"        // the record has changed, or the key was used for something else
	RateLimited     Code = "RATE_LIMITED"    // too many requests or failed look-ups; try later
	TooCostly       Code = "TOO_COSTLY"      // over a limit of size, depth or cost
	Timeout         Code = "TIMEOUT"         // the answer took too long
	Unavailable     Code = "UNAVAILABLE"     // the hub cannot answer now; the same request may succeed later
	Internal        Code = "INTERNAL"        // a defect; the request id finds it in the log
)

// Error is an error whose message may leave the hub.
type Error struct {
	Code    Code
	Message string
	Choices []string // among which the caller has to choose, where that is what is wrong
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// New makes an error that may leave the hub.
func New(code Code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Of returns what may be told of err: the fault inside it, else INTERNAL with a neutral text.
func Of(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return &Error{Code: Internal, Message: "the hub failed to answer; quote the request id when you report it"}
}

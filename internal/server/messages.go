package server

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"korpu/internal/fault"
)

// The parser's and validator's messages are good, but quote pieces of what was sent, and those pieces may name a person
// in somebody's error log. Below they are told without the pieces: types and fields are named, values never.

// unparsed tells where a text is wrong.
func unparsed(err error, l Limits) *gqlerror.Error {
	var e *gqlerror.Error
	switch {
	case !errors.As(err, &e):
		return faulty(wrong("the document cannot be parsed"))
	case strings.HasPrefix(e.Message, "exceeded token limit"):
		return faulty(over("tokens", l.Tokens))
	case strings.HasPrefix(e.Message, "exceeded maximum nesting depth"):
		return faulty(over("levels of fields", l.Depth))
	}
	message, _, _ := strings.Cut(e.Message, `"`)
	message, _, _ = strings.Cut(message, `\`)
	return located(strings.TrimRight(message, " :."), e)
}

// mostErrors are told of one document: enough to mend it, too few to amplify a bad one.
const mostErrors = 5

// invalidated tells what is wrong with a document.
func invalidated(errs gqlerror.List) gqlerror.List {
	told := make(gqlerror.List, 0, mostErrors)
	for _, e := range errs[:min(len(errs), mostErrors)] {
		message := e.Message
		if e.Rule == "ValuesOfCorrectType" {
			message = quotedEnd.ReplaceAllString(quotedStart.ReplaceAllString(message, "Value does"), "")
		}
		told = append(told, located(message, e))
	}
	return told
}

var (
	quotedStart = regexp.MustCompile(`^Value "[^"]*" does`)
	quotedEnd   = regexp.MustCompile(`(?s)(, found|:) .*`)
)

// uncoerced tells which variable has a wrong value, or which field inside it.
func uncoerced(err error) *gqlerror.Error {
	e := &gqlerror.Error{}
	_ = errors.As(err, &e)
	message := "has a value that its type does not allow"
	if plainCoercion.MatchString(e.Message) {
		message = strings.Replace(e.Message, "unknown field", "is an unknown field", 1)
	}
	return located("$"+strings.TrimPrefix(e.Path.String(), "variable.")+" "+message, e)
}

var plainCoercion = regexp.MustCompile(`^(must be defined|cannot be null|unknown field|must be a \w+, not a \w+)$`)

func located(message string, e *gqlerror.Error) *gqlerror.Error {
	told := faulty(wrong(message))
	told.Path, told.Locations = slices.Clone(e.Path), e.Locations
	return told
}

func wrong(message string) *fault.Error {
	return &fault.Error{Code: fault.Invalid, Message: message}
}

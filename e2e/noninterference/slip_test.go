package noninterference

import (
	"bytes"
	"fmt"
)

// slip is a step of a visit that shows different pages, or one that is broken.
type slip struct {
	*visit
	step step
	a, b answer
}

// shows takes the step again, and keeps the pages where they still differ.
func (s *slip) shows() bool {
	_, again := s.both(s.step)
	if again != nil {
		s.a, s.b = again.a, again.b
	}
	return again != nil
}

// shrink looks for fewer changes that show the same.
func (s *slip) shrink() {
	if s.shows() {
		s.shrinkChanges(s.shows)
		s.shows()
	}
}

// String is the report: who takes which step, after which changes, and where the pages begin to differ.
func (s *slip) String() string {
	if s == nil {
		return ""
	}
	at := 0
	for at < min(len(s.a.body), len(s.b.body)) && s.a.body[at] == s.b.body[at] {
		at++
	}
	return fmt.Sprintf("%s, staff %s of agency %s\n%s %v\n%sunchanged: %d %v\n%s\nchanged:   %d %v\n%s\n", s.profile, s.who.staff, s.who.agency,
		s.step.path, s.step.form, s.changes(), s.a.status, s.a.header, around(s.a.body, at), s.b.status, s.b.header, around(s.b.body, at))
}

// around is what stands about a place of a page.
func around(body []byte, at int) []byte {
	return bytes.TrimSpace(body[max(0, at-300):min(len(body), at+300)])
}

package records_test

import (
	"strings"
	"testing"
)

// What is committed between two root fields of an operation is seen by none of them: here while the second waits.
func TestAllRootFieldsSeeOneSnapshot(t *testing.T) {
	c := openCounter(t)
	const document = "{ before: agencies { totalCount } between: cases { totalCount } after: agencies { totalCount nodes { name } } later: cases { totalCount } }"
	first := c.prepare(t, document)
	if err := first.Finish(t.Context()); err != nil { // prepares the statements, which would wait for the lock too
		t.Fatal(err)
	}
	lock := c.lock(t, "korpu.case_file")
	ended := make(chan error)
	second := c.prepare(t, document)
	go func() { ended <- second.Finish(t.Context()) }()
	c.awaitBlocked(t, 1)
	lock.do(t, "insert into korpu.agency (code, name, kind, district_id) select 'NEW', 'NEW', 'SCHOOL', id from korpu.district")
	lock.do(t, "update korpu.case_file set sealed_at = now()")
	lock.release(t)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(second.Answers(), "\n"), strings.Join(first.Answers(), "\n"); got != want {
		t.Errorf("the answers are\n%s\ninstead of\n%s", got, want)
	}
	third := c.prepare(t, document)
	if err := third.Finish(t.Context()); err != nil || !strings.Contains(third.Answers()[2], "NEW") || third.Answers()[1] != `{"totalCount":0}` {
		t.Errorf("the next request is answered %v, error %v", third.Answers(), err)
	}
}

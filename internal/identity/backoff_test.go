package identity

import (
	"errors"
	"testing"
	"time"
)

func TestAFetchThatSucceedsMeanwhileDoesNotBreakARequestThatIsTurnedAway(t *testing.T) {
	down := errors.New("down")
	k := &keys{}
	k.retry.Store(&backOff{until: time.Unix(1, 0), cause: down})
	k.now = func() time.Time {
		k.retry.Store(nil) // as a fetch that another request waits for does
		return time.Unix(0, 0)
	}
	if _, err := k.fetch(t.Context()); !errors.Is(err, down) {
		t.Errorf("the error is %v", err)
	}
}

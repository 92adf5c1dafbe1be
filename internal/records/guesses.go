package records

import (
	"context"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

// Guesses are the failed look-ups that a person and client may make at once.
const Guesses = 10

const forgiveness = time.Minute // of one failed look-up

// guesses limits look-ups that find nothing, so that case numbers cannot be tried out. It counts nothing else: whether a
// record is absent or hidden is the same to it.
type guesses struct {
	free    int
	mutex   sync.Mutex
	byAsker *lru.Cache[string, *account]
}

// account is what one asker may still try. Look-ups that have no answer yet count against it until they find something,
// so that many requests at once try no more than one after another.
type account struct {
	left    *rate.Limiter
	open    int
	settled chan struct{} // closed when look-ups have ended
}

func newGuesses(free int) (*guesses, error) {
	cache, err := lru.New[string, *account](10_000)
	if err != nil {
		return nil, fmt.Errorf("make the look-up limiter: %w", err)
	}
	return &guesses{free: free, byAsker: cache}, nil
}

// begin waits until n look-ups may be made, or refuses them. They end when the function that it returns is told how many
// found nothing.
func (g *guesses) begin(ctx context.Context, s identity.Subject, n int) (end func(failed int), err error) {
	for n > 0 {
		a, wait := g.try(asker(s), n)
		if wait == nil && a == nil {
			return nil, fault.New(fault.RateLimited, "too many look-ups found nothing; try again in some minutes")
		}
		if wait == nil {
			return func(failed int) { g.end(a, n, failed) }, nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return func(int) {}, nil
}

// try opens n look-ups on the asker's account; or it returns what to wait for, where those under way may leave room for
// them; or neither.
func (g *guesses) try(asker string, n int) (*account, <-chan struct{}) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	a, ok := g.byAsker.Get(asker)
	if !ok {
		a = &account{left: rate.NewLimiter(rate.Every(forgiveness), g.free), settled: make(chan struct{})}
		g.byAsker.Add(asker, a)
	}
	left := int(a.left.Tokens())
	switch {
	case a.open+n <= left:
		a.open += n
		return a, nil
	case n <= left:
		return nil, a.settled
	}
	return nil, nil
}

func (g *guesses) end(a *account, n, failed int) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	a.open -= n
	a.left.AllowN(time.Now(), failed)
	close(a.settled)
	a.settled = make(chan struct{})
}

func asker(s identity.Subject) string { return s.Staff.String() + " " + s.Client }

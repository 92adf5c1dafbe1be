package records

import (
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"korpu/internal/identity"
)

// Failed look-ups that a person and client may make at once, and how long one takes to be forgiven.
const (
	freeGuesses = 10
	forgiveness = time.Minute
)

// guesses limits look-ups that find nothing, so that case numbers cannot be tried out. It counts nothing else: whether a
// record is absent or hidden is the same to it.
type guesses struct {
	byAsker *lru.Cache[string, *rate.Limiter]
}

func newGuesses() (*guesses, error) {
	cache, err := lru.New[string, *rate.Limiter](10_000)
	if err != nil {
		return nil, fmt.Errorf("make the look-up limiter: %w", err)
	}
	return &guesses{byAsker: cache}, nil
}

// allow tells whether the nth look-up of an operation may be made.
func (g *guesses) allow(s identity.Subject, n int) bool {
	l, ok := g.byAsker.Get(asker(s))
	return !ok && n <= freeGuesses || ok && l.Tokens() >= float64(n)
}

// failed counts a look-up that found nothing.
func (g *guesses) failed(s identity.Subject) {
	l, ok := g.byAsker.Get(asker(s))
	if !ok {
		l = rate.NewLimiter(rate.Every(forgiveness), freeGuesses)
		g.byAsker.Add(asker(s), l)
	}
	l.Allow()
}

func asker(s identity.Subject) string { return s.Staff.String() + " " + s.Client }

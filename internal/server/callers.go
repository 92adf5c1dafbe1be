package server

import (
	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"korpu/internal/identity"
)

// Rate is how many requests a person may make with one client: a burst, and how fast it fills again.
type Rate struct {
	PerSecond float64
	Burst     int
}

// DefaultRate is far above what a page or a partner system needs, and far below what would slow the others; Unlimited is
// for measuring.
var (
	DefaultRate = Rate{PerSecond: 100, Burst: 300}
	Unlimited   = Rate{PerSecond: float64(rate.Inf)}
)

// caller is a person with a client, whose id is unique within its issuer only.
type caller struct {
	staff          uuid.UUID
	issuer, client string
}

// callers keeps a limiter for each caller of late; the one not seen longest gives way.
type callers struct {
	rate  Rate
	known *lru.Cache[caller, *rate.Limiter]
}

const mostCallers = 10_000

func newCallers(r Rate) *callers {
	known, err := lru.New[caller, *rate.Limiter](mostCallers)
	if err != nil {
		panic(err) // the size is a constant
	}
	return &callers{rate: r, known: known}
}

func (c *callers) admit(s identity.Subject) bool {
	key := caller{s.Staff, s.Issuer, s.Client}
	limiter, ok := c.known.Get(key)
	if !ok {
		limiter = rate.NewLimiter(rate.Limit(c.rate.PerSecond), c.rate.Burst)
		if earlier, found, _ := c.known.PeekOrAdd(key, limiter); found {
			limiter = earlier
		}
	}
	return limiter.Allow()
}

// Package crash breaks a running hub, its database and its disk at random moments under load, and looks at what is left.
package crash

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var (
	rounds = flag.Int("crash.n", 5, "how often something is broken")
	seed   = flag.Uint64("crash.seed", 0, "seed of moments and kinds; drawn where it is 0")
)

// Whatever breaks: every command that was answered is there once, one that was not is done once when it is sent again, every
// answer that a client has received has its record, and the chains of the audit hold.
func TestWhatWasAnsweredIsThereAfterACrash(t *testing.T) {
	if *seed == 0 {
		*seed = 1 + rand.Uint64N(1_000_000_000)
	}
	rng := rand.New(rand.NewPCG(*seed, 0))
	s := newSite(t)
	breaks := map[string]func(){"the hub": s.killHub, "PostgreSQL": s.killPostgres, "a connection of PostgreSQL": s.killBackend}
	if s.small {
		breaks["a full disk"] = s.fillDisk
	}
	kinds := slices.Sorted(maps.Keys(breaks))
	answers, commands, unheard := 0, 0, 0
	for n := range *rounds {
		kind := kinds[n%len(kinds)]
		l := s.load(fmt.Sprintf("crash %d", n))
		time.Sleep(time.Duration(300+rng.IntN(1500)) * time.Millisecond)
		breaks[kind]()
		l.end()
		s.start()
		lost := l.repeat()
		s.check(l)
		t.Logf("round %d, %s: %d answers, %d commands, of which %d were sent again", n, kind, len(l.answers), len(l.sent), lost)
		answers, commands, unheard = answers+len(l.answers), commands+len(l.sent), unheard+lost
	}
	t.Logf("seed %d: %d rounds, %d answers, %d commands, of which %d were sent again; nothing is lost, doubled or without its record", *seed, *rounds, answers, commands, unheard)
	if *rounds >= len(kinds) && unheard == 0 {
		t.Error("nothing was broken off: the rounds show little")
	}
}

package noninterference

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"korpu/internal/portal"
)

const (
	stepsOfAKind = 2 // pages of a kind that a person opens, and forms of a kind that are sent
	turns        = 8 // in one of so many runs of the slice a profile has its turn, by the seed: a round takes seconds
)

// TestNoPageTellsOfWhatIsHidden has people of every profile go through the portal of two countries that differ by what they may
// not see: from the menu along the links, and with every form that they meet on the way.
func TestNoPageTellsOfWhatIsHidden(t *testing.T) {
	if *seed == 0 {
		*seed = 1 + rand.Uint64N(1_000_000_000)
	}
	w := newWorld(t)
	d := w.door()
	for number, s := range w.subjects() {
		if *wanted <= slice && (uint64(number)+*seed)%turns != 0 {
			continue
		}
		for i := range uint64(max(1, *wanted/slice)) {
			if found := s.goThrough(d, *seed+uint64(number)<<32+i<<48); found != nil {
				found.shrink()
				t.Fatalf("seed %d: %s", *seed, found)
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(d.met)) {
		t.Logf("seed %d: %5d %s", *seed, d.met[kind], kind)
	}
	for _, path := range portal.Paths() {
		if *wanted > slice && d.met[path+" 200"] == 0 {
			t.Errorf("nobody has come to %s", path)
		}
	}
}

// goThrough has somebody go through the portal in a round, and returns what shows a leak.
func (s *subject) goThrough(d *door, seed uint64) *slip {
	s.people = slices.DeleteFunc(s.people, func(p *person) bool { return p.client != "" || p.subject == p.staff }) // who can sign in at the issuer
	r := s.newRound(seed, 0)
	v := &visit{round: r, door: d, rng: rand.New(rand.NewPCG(seed, 1)), planned: map[string]int{}}
	v.signIn()
	for _, path := range portal.Paths() {
		v.plan(step{path: braces.ReplaceAllString(path, madeUp)})
	}
	for len(v.todo) > 0 {
		next := v.todo[0]
		v.todo = v.todo[1:]
		page, found := v.both(next)
		if found != nil && found.shows() { // an hour that passed between the two does not pass again
			return found
		}
		_, main, _ := strings.Cut(page, "<main")
		v.planFrom(main)
	}
	return nil
}

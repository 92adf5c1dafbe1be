package noninterference

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var (
	wanted = flag.Int("leak.n", slice, "operations that count, over all profiles together")
	seed   = flag.Uint64("leak.seed", 0, "seed of the run; drawn where it is 0")
	only   = flag.Int("leak.round", -1, "the round to run alone, to reproduce a failure")
)

const (
	changesPerRound = 500
	longestRound    = 3000    // operations that count
	workers         = 3       // keep two databases and this process busy on two cores
	complete        = 100_000 // operations after which every place of every schema has to have been reached
	attempts        = 40      // rounds for places that were not
)

// TestLeaks asks random operations of every profile of two countries that differ by what the person who asks may not see.
func TestLeaks(t *testing.T) {
	if *seed == 0 {
		*seed = 1 + rand.Uint64N(1_000_000_000)
	}
	fmt.Printf("seed %d\n", *seed)
	w := newWorld(t)
	subjects := w.subjects()
	share := (*wanted + len(subjects) - 1) / len(subjects)
	lacking := func(s *subject) bool { return s.tally.counted < share }
	started := time.Now()
	told := started
	for number := 0; slices.ContainsFunc(subjects, lacking); number++ {
		s := subjects[number%len(subjects)]
		if !lacking(s) || *only >= 0 && number != *only {
			continue
		}
		r := s.newRound(*seed+uint64(number)<<32, min(longestRound, share-s.tally.counted))
		r.run()
		if r.leak != nil {
			r.leak.shrink()
			t.Fatalf("seed %d, round %d: %s", *seed, number, r.leak)
		}
		if number == *only {
			return
		}
		if s.tally.rounds > 20 && s.tally.counted == 0 {
			t.Fatalf("%s: nothing that is asked returns a record", s.profile)
		}
		if time.Since(told) > time.Minute {
			told = time.Now()
			fmt.Printf("%s  %d operations count\n", time.Since(started).Round(time.Second), sum(subjects).counted)
		}
	}
	if *wanted >= complete {
		for _, s := range subjects {
			s.seek(t)
			fmt.Printf("%s  %s: %d places left to reach\n", time.Since(started).Round(time.Second), s.profile, len(s.missing()))
		}
	}
	report(t, subjects, time.Since(started))
}

// seek goes on for the places that nothing has reached, with other persons and changes each time.
func (s *subject) seek(t *testing.T) {
	t.Helper()
	for attempt := uint64(1); attempt <= attempts && len(s.missing()) > 0; attempt++ {
		r := s.newRound(*seed+attempt<<48, math.MaxInt)
		r.places, r.most = s.missing(), 4*timesAsked*len(s.missing())
		r.run()
		if r.leak != nil {
			r.leak.shrink()
			t.Fatalf("seed %d, seeking %v: %s", *seed, r.places, r.leak)
		}
	}
}

func sum(subjects []*subject) tally {
	total := tally{places: map[string]int{}}
	for _, s := range subjects {
		total.add(s.tally)
	}
	return total
}

// report prints what was asked and reached.
func report(t *testing.T, subjects []*subject, took time.Duration) {
	t.Helper()
	fmt.Printf("%-44s %9s %9s %8s %7s  %s\n", "profile", "asked", "counted", "refused", "places", "of them not reached")
	for _, s := range subjects {
		missing := s.missing()
		fmt.Printf("%-44s %9d %9d %8d %7d  %d %v\n", s.profile, s.tally.asked, s.tally.counted, s.tally.refused, len(s.atlas.places), len(missing), missing[:min(4, len(missing))])
		if *wanted >= complete && len(missing) > 0 {
			t.Errorf("%s: no operation that counts reached %v", s.profile, missing)
		}
	}
	total := sum(subjects)
	fmt.Printf("%d operations, of which %d count; %d rounds; %.0f s; %.0f operations a second; seed %d; no leak\n",
		total.asked, total.counted, total.rounds, took.Seconds(), float64(total.asked)/took.Seconds(), *seed)
}

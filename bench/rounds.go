package main

import (
	"context"
	"fmt"
)

// connections of the load generator.
const (
	usual = 16
	many  = 64
)

// enter has contestants answer a kind of question; the first of them is the one that the others' answers are compared with.
func (b *bench) enter(ctx context.Context, k kind, entries ...entry) error {
	var first *lane
	for _, e := range entries {
		l, err := newLane(e.p, k, e.r)
		if err != nil {
			return err
		}
		if err := l.learn(ctx, e.compare, first); err != nil {
			return err
		}
		if first == nil {
			first = l
		}
		b.lanes = append(b.lanes, l)
	}
	return nil
}

// entry is a contestant, how it is asked, and how its answers are compared with the first one's.
type entry struct {
	p       *process
	r       render
	compare func(answer, first []byte) error
}

// rounds asks every contestant for a while in each round. Contestants on the same question follow one another, each round in
// another order, so that a machine that slows down slows them alike.
func (b *bench) rounds(ctx context.Context, lanes []*lane) error {
	for round := range b.options.rounds {
		for _, group := range groups(lanes) {
			for i := range group {
				l := group[(i+round)%len(group)]
				r, err := l.window(ctx, usual, b.span, b.server)
				if err != nil {
					return err
				}
				l.results = append(l.results, r)
			}
		}
		note("round %d of %d, load %s", round+1, b.options.rounds, load())
	}
	return nil
}

// groups puts the lanes of the same question together.
func groups(lanes []*lane) [][]*lane {
	var all [][]*lane
	for _, l := range lanes {
		if n := len(all); n > 0 && all[n-1][0].kind.group == l.kind.group {
			all[n-1] = append(all[n-1], l)
			continue
		}
		all = append(all, []*lane{l})
	}
	return all
}

func (b *bench) lane(name, kind string) *lane {
	for _, l := range b.lanes {
		if l.name == name && l.kind.name == kind {
			return l
		}
	}
	panic(fmt.Sprintf("no lane of %s on %s", name, kind)) // a mistake in this program
}

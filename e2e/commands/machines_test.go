package commands

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

var (
	steps    = flag.Int("machines.n", 1500, "random steps of the state machines")
	stepSeed = flag.Uint64("machines.seed", 0, "seed of the steps; drawn where it is 0")
)

// Random persons take random steps on a few files. Each is answered as the model says, changes what the model says and
// nothing else, and is announced once where it was carried out.
func TestEveryMachineMovesAsItsModelAndInNoOtherWay(t *testing.T) {
	if *stepSeed == 0 {
		*stepSeed = 1 + rand.Uint64N(1_000_000_000)
	}
	t.Logf("seed %d", *stepSeed)
	m := &machinery{place: openTo(t, 1<<20), rng: rand.New(rand.NewPCG(*stepSeed, 0)), counted: map[string]int{}}
	m.prepare()
	for range *steps {
		m.step()
	}
	m.report()
}

// Every step of a state machine has a place in the model.
func TestTheModelKnowsEveryTransition(t *testing.T) {
	for _, c := range hubtest.Policy().Catalog.Commands {
		known := slices.ContainsFunc(moves(), func(m move) bool { return m.command == c.Name })
		if c.Action == "transition" && !known {
			t.Errorf("the model does not know %s", c.Name)
		}
	}
}

// step has somebody do something: half of the time a step that leads on, else one that mostly does not.
func (m *machinery) step() {
	m.t.Helper()
	for len(m.files) < 4 || m.rng.IntN(40) == 0 {
		m.start()
	}
	f := m.files[len(m.files)-1-m.rng.IntN(4)]
	leads := m.rng.IntN(2) == 0
	for range 200 {
		next, person := m.draw()
		verdict, _ := next.judgement(f.paper, person, true)
		beside := next.makes && !next.onlyOnce && next.machine != "stay" && !slices.Contains(next.from, f.state(next.machine))
		beside = beside || next.command == "takeMandate" && person == "lawyer-two"
		if !beside && (!leads || verdict == carriedOut) { // a second record beside the first, or a second lawyer, would be another machine
			m.take(f, next, person, m.rng.IntN(8) > 0)
			return
		}
	}
}

// draw takes a command, seldom one that ends much, and mostly one of those who take it at times.
func (m *machinery) draw() (move, string) {
	next := pick(m.rng, m.moves)
	for next.seldom && m.rng.IntN(8) > 0 {
		next = pick(m.rng, m.moves)
	}
	if m.rng.IntN(4) == 0 {
		return next, pick(m.rng, m.people)
	}
	return next, pick(m.rng, slices.Sorted(maps.Keys(next.by)))
}

func (m *machinery) take(f *file, next move, person string, seen bool) {
	m.t.Helper()
	before := f.paper
	wanted, after := next.judgement(f.paper, person, seen)
	events := value[int](m.place, "select count(*)::int from korpu.outbox")
	got := m.do(person, next.command, "id version", m.input(f, next, seen))
	what := fmt.Sprintf("%s %s %s (seen %t) on %+v", person, next.command, next.stage, seen, before)
	if !next.agrees(got, wanted, person) {
		m.t.Fatalf("%s: %d %s, where the model says %q", what, got.Status, got.Body, wanted)
	}
	if wanted == carriedOut {
		if next.machine != "expungement" {
			events++
		}
		m.keep(f, next)
	}
	f.paper = after
	if found := m.read(f); found != after {
		m.t.Fatalf("%s:\n%+v\nwhere the model says\n%+v", what, found, after)
	}
	if now := value[int](m.place, "select count(*)::int from korpu.outbox"); now != events {
		m.t.Fatalf("%s: %d events, where the model says %d", what, now, events)
	}
	m.counted[next.command+" "+string(wanted)]++
}

// notInSchema is how texts begin that say that the caller's schema has no such command.
var notInSchema = []string{"Unknown type", "Cannot query field", "Schema does not support operation type"}

// agrees tells whether the answer is the one that the model expects. Who has no part in a machine may also find that the
// command is not in the schema.
func (m move) agrees(got outcome, wanted verdict, person string) bool {
	if m.by[person] == nil && got.Code == "INVALID" && slices.ContainsFunc(notInSchema, func(text string) bool { return strings.HasPrefix(got.Text, text) }) {
		return wanted == notOpen
	}
	return verdict(got.Code) == wanted
}

// report tells what was tried, and fails where a step was never carried out or never refused: then the run shows little.
func (m *machinery) report() {
	m.t.Helper()
	for _, k := range slices.Sorted(maps.Keys(m.counted)) {
		m.t.Logf("%6d %s", m.counted[k], k)
	}
	for _, next := range m.moves {
		if *steps >= 10_000 && next.from != nil && m.counted[next.command+" "] == 0 {
			m.t.Errorf("%s was never carried out", next.command)
		}
		if *steps >= 10_000 && m.counted[next.command+" "+string(notOpen)] == 0 {
			m.t.Errorf("%s was never refused", next.command)
		}
	}
}

package noninterference

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/postgres/pgtest"
)

// sameNames has both databases give the same identifiers to what triggers make.
const sameNames = `
create sequence leak.made;
create function leak.name() returns uuid language sql as $$ select md5('made' || nextval('leak.made'))::uuid $$;
do $$ declare c record; begin
  for c in select table_name, column_name from information_schema.columns where table_schema = 'korpu' and column_default = 'gen_random_uuid()' loop
    execute format('alter table korpu.%I alter %I set default leak.name()', c.table_name, c.column_name);
  end loop;
end $$;
grant usage on schema leak to public;
grant usage on sequence leak.made to public`

// What the proof meets with. It has to meet with all but the last, which few commands do.
const (
	carriedOut   = "carried out"
	repeated     = "the same once more"
	anotherOne   = "another under its key"
	notFound     = `"NOT_FOUND"`
	conflict     = `"CONFLICT"`
	invalid      = `"INVALID"`
	announcement = "an event"
	opensHidden  = "what was hidden is opened"
)

// commandsPerRound are those of a profile, about what it sees and what it does not.
const commandsPerRound = 20

// TestACommandTellsAlikeWhateverIsHidden has every profile do things in two countries that differ by what it may not see. What is
// refused is refused in the same words, what is carried out in one is in the other; its payload, its events, the same command
// once more and another one under its key are alike.
func TestACommandTellsAlikeWhateverIsHidden(t *testing.T) {
	if *seed == 0 {
		*seed = 1 + rand.Uint64N(1_000_000_000)
	}
	w := newCommanded(t)
	met := map[string]int{}
	for number, s := range w.subjects() {
		if found := s.payloads(*seed+uint64(number)<<32, met); found != "" {
			t.Fatalf("seed %d: %s", *seed, found)
		}
	}
	t.Logf("seed %d: %v", *seed, met)
	for _, what := range []string{carriedOut, repeated, anotherOne, announcement, notFound, conflict, invalid} {
		if met[what] == 0 {
			t.Errorf("never met with: %s", what)
		}
	}
}

// newCommanded is a world in which commands are carried out, and taken back.
func newCommanded(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, sameNames)
	w.commands = true
	exec(t, w.still.admin, machinery)
	exec(t, w.still.admin, unpublished)
	exec(t, w.moved.admin, unpublished)
	return w
}

// TestACommandThatTellsOfAHiddenRecordAsItIsCarriedOutIsFound has events tell whether lawyers have written an even number of notes.
func TestACommandThatTellsOfAHiddenRecordAsItIsCarriedOutIsFound(t *testing.T) {
	w := newCommanded(t)
	w.tell("outbox", "new.event := new.event || ' today'")
	police := w.subject("police_officer", "CASE_PROCEEDINGS")
	found(t, func(seed uint64) string { return police.payloads(seed, map[string]int{}) })
}

// payloads has commands done in a round, and returns what shows a leak.
func (s *subject) payloads(seed uint64, met map[string]int) string {
	if s.profile.Schema().Mutation == nil {
		return ""
	}
	r := s.newRound(seed, 0)
	for _, side := range []*side{s.world.still, s.world.moved} {
		exec(s.world.t, side.admin, "select leak.keep('round')")
	}
	for n := range uint64(commandsPerRound) {
		d := r.drawer(n)
		f, input := d.command(fmt.Sprint(carriedOut, seed, n))
		did := &deed{round: r, met: met, operation: d.mutation(f, input), input: input}
		if found := did.examine(); found != "" {
			return found
		}
	}
	return ""
}

// mutation asks a command for a payload that is left to chance.
func (d *drawer) mutation(f *ast.FieldDefinition, input map[string]any) *operation {
	v := &variable{name: "input", typ: f.Arguments[0].Type, now: &given{leaf: input}}
	d.vars = append(d.vars, v)
	n := d.field(hop{"Mutation", f}, 1, 3, nil)
	n.key, n.must, n.args = f.Name, true, []argument{{"input", &given{variable: v}}}
	return &operation{command: true, nodes: []*node{n}, vars: d.vars}
}

// deed is a command that both sides are told to do.
type deed struct {
	*round
	operation *operation
	input     map[string]any
	met       map[string]int
}

// examine sends the command and what can follow it, takes back what it has done, and returns what shows a leak.
func (d *deed) examine() string {
	done, found := d.send()
	if !done || found != "" {
		return found
	}
	defer d.takeBack()
	d.met[carriedOut]++
	if a, b := d.world.still.events(d.world.t), d.world.moved.events(d.world.t); a != b {
		return fmt.Sprintf("%s: %s\nthe events differ\nunchanged: %s\nchanged:   %s", d.profile, d.operation.text(), a, b)
	} else if a != "" {
		d.met[announcement]++
	}
	if _, found := d.send(); found != "" {
		return found
	}
	d.met[repeated]++
	return d.sendAnother()
}

// sendAnother uses the key of the command for another one.
func (d *deed) sendAnother() string {
	for _, name := range sorted(d.input) {
		if text, isText := d.input[name].(string); isText && name != "idempotencyKey" && uuid.Validate(text) == nil {
			d.input[name] = uuid.Nil.String()
			d.met[anotherOne]++
			_, found := d.send()
			return found
		}
	}
	return ""
}

// send asks both sides, and returns whether it was done and what shows a leak.
func (d *deed) send() (done bool, found string) {
	body := encode(d.operation.text(), d.operation.variables())
	a, b := d.ask(d.world.still, body), d.ask(d.world.moved, body)
	for _, code := range []string{notFound, conflict, invalid} {
		if bytes.Contains(a.body, []byte(code)) {
			d.met[code]++
		}
	}
	done = !bytes.Contains(a.body, []byte(`"errors":`))
	switch {
	case bytes.Contains(a.body, []byte(`"INTERNAL"`)):
	case a.same(b), (&leak{operation: d.operation, a: a, b: b}).onlyIn("cursor"): // those of new records hold the time
		return done, ""
	case done && d.opened():
		d.met[opensHidden]++
		return done, ""
	}
	return done, fmt.Sprintf("%s, staff %s of agency %s\n%s\nunchanged: %d %s\nchanged:   %d %s\n",
		d.profile, d.who.staff, d.who.agency, body, a.status, a.body, b.status, b.body)
}

// ask has a side call what it makes by the names that the other side has for it, and leaves out the time.
func (d *deed) ask(s *side, body []byte) answer {
	uuid.SetRand(rand.NewChaCha8(sha256.Sum256(body)))
	defer uuid.SetRand(nil)
	a := s.ask(d.header, body)
	a.body = []byte(settled(string(a.body)))
	return a
}

func settled(text string) string { return momentary.ReplaceAllString(text, "now") }

// momentary is a time at which the test may run.
var momentary = regexp.MustCompile(time.Now().UTC().Format("2006-01-02") + `[T ][0-9:.]+(Z|\+00(:00)?)?`)

// opened tells whether the command has let the person see more, and all that differs now is among it.
func (d *deed) opened() (more bool) {
	still, moved := d.look(d.world.still.admin, d.who), d.look(d.world.moved.admin, d.who)
	for _, at := range still.differences(moved) {
		a, b := still[at.record][at.id], moved[at.record][at.id]
		is, was := cmp.Or(a, b), cmp.Or(d.before[at.record][at.id], d.after[at.record][at.id])
		switch {
		case a != nil && b != nil && !a.seen && !b.seen, a != nil && b != nil && settled(a.shown) == settled(b.shown):
		case was == nil, was.seen == is.seen && slices.Equal(was.open, is.open):
			return false
		default:
			more = true
		}
	}
	return more
}

// events are those that were announced.
func (s *side) events(t testing.TB) string {
	t.Helper()
	return fmt.Sprint(pgtest.Column[string](t, s.admin, "select (event, record, record_id, child_id, case_id, agency_id)::text from korpu.outbox order by id"))
}

// takeBack has both sides as they were before the command.
func (d *deed) takeBack() {
	d.world.t.Helper()
	for _, s := range []*side{d.world.still, d.world.moved} {
		exec(d.world.t, s.admin, "select leak.restore('round')")
		exec(d.world.t, s.admin, "truncate korpu.outbox, korpu.command_receipt")
	}
}

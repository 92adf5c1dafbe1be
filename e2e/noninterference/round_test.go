package noninterference

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
)

// round is one person who asks many questions, of a country and of one in which much is otherwise that the person may
// not see.
type round struct {
	*subject
	who         *person
	seed        uint64
	header      http.Header
	made        []change
	changed     map[string]bool // tables
	pool, shown map[string][]*row
	before      sight // of the side that stays
	after       sight // of the other, once it is changed

	next   atomic.Int64
	places []string // of the schema, to which the questions lead
	enough int      // counted operations
	most   int      // operations
	mutex  sync.Mutex
	tally  tally
	leak   *leak

	channel string // the only field in which a leak is looked for; empty for any
}

// timesAsked is how often a document is asked, with other values each time: it is cheaper than a new one.
const timesAsked = 24

// newRound changes what the person may not see.
func (s *subject) newRound(seed uint64, enough int) *round {
	w := s.world
	w.t.Helper()
	rng := rand.New(rand.NewPCG(seed, 0))
	r := &round{subject: s, who: s.anyone(rng), seed: seed, places: s.atlas.places, enough: enough, most: max(500, 4*min(enough, longestRound)), changed: map[string]bool{}}
	r.tally = tally{rounds: 1, places: map[string]int{}}
	r.header = w.tokens.Request(w.t, w.asker(s, r.who), "", nil).Header
	r.before, r.after, r.made = s.hide(rng, r.who, changesPerRound)
	for _, c := range r.made {
		r.changed[c.table] = true
	}
	r.fill(r.before, r.after)
	return r
}

// fill keeps the rows of both sides, from which values for arguments are drawn.
func (r *round) fill(sides ...sight) {
	r.pool, r.shown = map[string][]*row{}, map[string][]*row{}
	for _, side := range sides {
		for record, rows := range side {
			for _, id := range sorted(rows) {
				r.pool[record] = append(r.pool[record], rows[id])
				if rows[id].seen {
					r.shown[record] = append(r.shown[record], rows[id])
				}
			}
		}
	}
}

// run asks until enough operations count, or one shows a difference.
func (r *round) run() {
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for !r.over() {
				r.ask(uint64(r.next.Add(1)))
			}
		})
	}
	group.Wait()
	r.subject.tally.add(r.tally)
}

func (r *round) over() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.leak != nil || r.tally.counted >= r.enough || r.tally.asked >= r.most
}

// ask draws a document and asks it several times.
func (r *round) ask(number uint64) {
	d := r.drawer(number)
	o := d.operation(r.places[(r.seed+number)%uint64(len(r.places))])
	text := o.text()
	asked := map[string]bool{}
	for range timesAsked {
		body := encode(text, o.variables())
		if asked[string(body)] {
			d.vary(o)
			continue
		}
		asked[string(body)] = true
		found := r.compare(o, body)
		if found == nil || len(o.vars) == 0 {
			return
		}
		d.goOn(o, found)
	}
}

// compare asks both sides, and returns what the answer holds unless there is something wrong with it.
func (r *round) compare(o *operation, body []byte) *contents {
	a, b := r.world.still.ask(r.header, body), r.world.moved.ask(r.header, body)
	found := r.world.examine(o, a)
	if !a.same(b) || found.defect != "" {
		r.report(&leak{round: r, operation: o, a: a, b: b, defect: found.defect})
		return nil
	}
	r.count(found)
	return found
}

func encode(text string, variables map[string]any) []byte {
	body, err := json.Marshal(map[string]any{"query": text, "variables": variables})
	if err != nil {
		panic(err) // variables are made of texts, numbers and flags
	}
	return body
}

func (r *round) report(l *leak) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.leak == nil && (r.channel == "" || l.onlyIn(r.channel)) {
		r.leak = l
	}
}

// count counts an operation that returned a record, where a table that it reads was changed.
func (r *round) count(c *contents) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.tally.asked++
	if c.refused {
		r.tally.refused++
	}
	if c.records == 0 || !r.touches(c) {
		return
	}
	r.tally.counted++
	for _, place := range c.places {
		r.tally.places[place]++
	}
}

func (r *round) touches(c *contents) bool {
	for record := range c.readings {
		if slices.ContainsFunc(r.world.read[record], func(table string) bool { return r.changed[table] }) {
			return true
		}
	}
	return false
}

// goOn turns pages where the answer told where they end; else it varies.
func (d *drawer) goOn(o *operation, found *contents) {
	turned := false
	for _, v := range o.vars {
		if cursors := found.cursors[v]; len(cursors) > 0 && d.rng.IntN(2) == 0 {
			v.now, turned = &given{leaf: pick(d.rng, cursors)}, true
		}
	}
	if !turned {
		d.vary(o)
	}
}

// vary begins all lists anew and draws other values for the other variables.
func (d *drawer) vary(o *operation) {
	for _, a := range d.looks {
		d.choose(a)
	}
	for _, v := range o.vars {
		switch {
		case !v.fixed:
			d.redraw(v)
		case v.typ.Name() == "String":
			v.now = nil
			if d.rng.IntN(30) == 0 {
				v.now = &given{leaf: pick(d.rng, []string{"", "x", "AAAA", fmt.Sprint(d.rng.Uint64())})}
			}
		}
	}
}

package audit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Refusal is a kind of request that was turned away before anything was looked at, and is counted rather than recorded one by
// one: a flood of them must not become a flood of writes.
type Refusal struct {
	Source string    // the address as Keys.Source hides it, where nobody was authenticated
	Staff  uuid.UUID // who asked too often
	Code   string
}

const (
	countedFor    = time.Minute
	mostRefusals  = 10_000 // kinds of refusal that are told apart in a minute
	refusalsBatch = 200    // in one record
)

// refusals are counts since the last were written.
type refusals struct {
	mutex  sync.Mutex
	since  time.Time
	counts map[Refusal]int
}

func newRefusals() *refusals {
	return &refusals{since: time.Now(), counts: map[Refusal]int{}}
}

// Count counts a request that was turned away. It is written within a minute.
func (w *Writer) Count(r Refusal) { w.refused.count(r, 1) }

func (f *refusals) count(r Refusal, n int) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if _, known := f.counts[r]; !known && len(f.counts) >= mostRefusals {
		r = Refusal{Code: r.Code} // of whom is not told any more
	}
	f.counts[r] += n
}

// take returns the counts so far, and since when, and begins anew.
func (f *refusals) take(now time.Time) (map[Refusal]int, time.Time) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	counts, since := f.counts, f.since
	f.counts, f.since = map[Refusal]int{}, now
	return counts, since
}

func (w *Writer) tellRefusals() {
	tick := time.NewTicker(countedFor)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			w.writeRefusals(now)
		case <-w.stopped:
			return
		}
	}
}

// writeRefusals adds the counts to the chain. What cannot be added is kept and counted on.
func (w *Writer) writeRefusals(now time.Time) {
	counts, since := w.refused.take(now)
	kinds := slices.SortedFunc(maps.Keys(counts), func(a, b Refusal) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Staff.String(), b.Staff.String()), cmp.Compare(a.Code, b.Code))
	})
	for part := range slices.Chunk(kinds, refusalsBatch) {
		it := items.Get().(*item)
		it.body, it.at, it.command = refusalsBody(it.body[:0], now, since, part, counts), now, uuid.Nil
		if w.add(it) != nil {
			for _, kind := range part {
				w.refused.count(kind, counts[kind])
			}
		}
	}
}

func refusalsBody(out []byte, now, since time.Time, kinds []Refusal, counts map[Refusal]int) []byte {
	out = member(open(out, "refusals", now, uuid.Nil), "since", since.UTC().Format(moment))
	out = append(out, `,"counts":`...)
	out = list(out, len(kinds), '[', ']', func(out []byte, i int) []byte {
		out = member(quote(append(out, `{"code":`...), kinds[i].Code), "source", kinds[i].Source)
		if kinds[i].Staff != uuid.Nil {
			out = member(out, "staff", kinds[i].Staff.String())
		}
		return fmt.Appendf(out, `,"count":%d}`, counts[kinds[i]])
	})
	return append(out, '}')
}

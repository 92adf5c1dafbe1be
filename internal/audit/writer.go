package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
)

// Writer adds to a chain of its own, over a connection of its own. Whatever waits is added in one transaction, so that under
// load many requests share one wait for the disk.
type Writer struct {
	Keys    *Keys
	session *session
	metrics *metrics
	refused *refusals

	mutex   sync.Mutex
	arrived *sync.Cond
	waiting []*item
	closed  bool

	down    atomic.Bool // the last attempt failed
	stopped chan struct{}
}

// item is a record that is to be added, and who waits for it. One without a body has it where its command was written; one of
// no command either only finds out whether records can be added.
type item struct {
	body    []byte
	at      time.Time
	command uuid.UUID
	done    chan error
}

var items = sync.Pool{New: func() any { return &item{done: make(chan error, 1)} }}

var errClosed = errors.New("the audit is closed")

const (
	patience = 5 * time.Second // of one attempt to add what waits
	mostAdds = 500             // records in one transaction
)

// Open begins a chain and links what a crash has left. The connection is that of a role which may add to the audit.
func Open(ctx context.Context, config *pgx.ConnConfig, keys *Keys, registry prometheus.Registerer) (*Writer, error) {
	w := &Writer{
		Keys: keys, session: &session{config: config, key: keys.ID}, metrics: newMetrics(registry), refused: newRefusals(),
		stopped: make(chan struct{}),
	}
	w.arrived = sync.NewCond(&w.mutex)
	if err := w.session.begin(ctx); err != nil {
		return nil, fmt.Errorf("begin an audit chain: %w", err)
	}
	go w.run(context.WithoutCancel(ctx))
	go w.tellRefusals()
	return w, nil
}

// Write adds the entry of a request, after those of the commands that it carried out, and returns when all are durable or
// cannot be made so.
func (w *Writer) Write(e *Entry, done ...Command) error {
	all := make([]*item, 0, 1+len(done))
	for _, c := range done {
		all = append(all, c.item())
	}
	it := items.Get().(*item)
	it.body, it.at, it.command = e.appendBody(it.body[:0]), e.At, uuid.Nil
	return w.add(append(all, it)...)
}

// Ready tells whether records can be added. After a failure it tries, since nobody else may be asking any more.
func (w *Writer) Ready(context.Context) error {
	if !w.down.Load() {
		return nil
	}
	it := items.Get().(*item)
	it.body, it.command = it.body[:0], uuid.Nil
	return w.add(it)
}

// add hands the items over, waits for them, and gives them back to the others.
func (w *Writer) add(all ...*item) (err error) {
	w.mutex.Lock()
	if w.closed {
		w.mutex.Unlock()
		return errClosed
	}
	w.waiting = append(w.waiting, all...)
	w.mutex.Unlock()
	w.arrived.Signal()
	for _, it := range all {
		err = errors.Join(err, <-it.done)
		if cap(it.body) <= 64<<10 {
			items.Put(it)
		}
	}
	return err
}

// Close adds what still waits, and gives the connection back.
func (w *Writer) Close() {
	w.writeRefusals(time.Now())
	w.mutex.Lock()
	w.closed = true
	w.mutex.Unlock()
	w.arrived.Signal()
	<-w.stopped
}

func (w *Writer) run(ctx context.Context) {
	defer close(w.stopped)
	defer w.session.close(ctx)
	var batch []*item
	for {
		if batch = w.take(batch[:0]); len(batch) == 0 {
			return
		}
		err := w.attempt(ctx, batch)
		release(batch, err)
		if err != nil {
			w.refuseWaiting(err)
		}
	}
}

// take waits for items; none means that there will be no more.
func (w *Writer) take(batch []*item) []*item {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for len(w.waiting) == 0 && !w.closed {
		w.arrived.Wait()
	}
	n := min(len(w.waiting), mostAdds)
	batch = append(batch, w.waiting[:n]...)
	w.waiting = append(w.waiting[:0], w.waiting[n:]...)
	return batch
}

func (w *Writer) attempt(ctx context.Context, batch []*item) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := w.session.add(ctx, batch)
	w.metrics.observe(batch, err)
	if failed := err != nil; w.down.Swap(failed) != failed {
		if failed {
			slog.ErrorContext(ctx, "the audit cannot be written, so nothing is answered", "kind", fmt.Sprintf("%T", err), "sqlstate", sqlState(err))
		} else {
			slog.InfoContext(ctx, "the audit can be written again")
		}
	}
	return err
}

// refuseWaiting tells those who came meanwhile, who would otherwise each wait for an attempt of their own.
func (w *Writer) refuseWaiting(err error) {
	w.mutex.Lock()
	late := w.waiting
	w.waiting = nil
	w.mutex.Unlock()
	w.session.refuse(late)
	w.metrics.failures.Add(float64(len(late)))
	release(late, err)
}

func release(batch []*item, err error) {
	for _, it := range batch {
		it.done <- err
	}
}

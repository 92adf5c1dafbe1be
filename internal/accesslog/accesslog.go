// Package accesslog draws from the audit who has read a child's file, in words that the child can be told. The audit stays
// what counts: the log holds nothing else, and can be drawn anew.
package accesslog

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/policy"
)

const (
	every    = 5 * time.Second
	patience = 10 * time.Second // of one drawing
	mostRead = 1000             // records of the audit at a time: under load the log lags rather than slow down those who read
)

// Drawer draws the log over a connection of its own, that of a role which may read the audit and write the log.
type Drawer struct {
	config  *pgx.ConnConfig
	catalog *policy.Catalog
	conn    *pgx.Conn
	waiting atomic.Bool
	stop    context.CancelFunc
	stopped chan struct{}
}

// Start begins to draw, first what other instances have left.
func Start(ctx context.Context, config *pgx.ConnConfig, catalog *policy.Catalog) *Drawer {
	ctx, stop := context.WithCancel(ctx)
	d := &Drawer{config: config, catalog: catalog, stop: stop, stopped: make(chan struct{})}
	d.Wake()
	go d.run(ctx)
	return d
}

// Wake tells that the audit has grown.
func (d *Drawer) Wake() { d.waiting.Store(true) }

// Close ends the drawing. What is left is drawn by whoever starts next.
func (d *Drawer) Close() {
	d.stop()
	<-d.stopped
}

func (d *Drawer) run(ctx context.Context) {
	defer close(d.stopped)
	defer d.disconnect(ctx)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !d.waiting.Swap(false) {
			continue
		}
		more, err := d.draw(ctx)
		if err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "the access log lags behind the audit", "kind", fmt.Sprintf("%T", err))
			d.disconnect(ctx)
		}
		if more || err != nil {
			d.Wake()
		}
	}
}

func (d *Drawer) disconnect(ctx context.Context) {
	if d.conn != nil {
		_ = d.conn.Close(context.WithoutCancel(ctx)) // it may be broken already
		d.conn = nil
	}
}

// draw draws what is next, and tells whether there may be more.
func (d *Drawer) draw(ctx context.Context) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if d.conn == nil {
		if d.conn, err = pgx.ConnectConfig(ctx, d.config.Copy()); err != nil {
			return false, fmt.Errorf("connect to draw the access log: %w", err)
		}
	}
	err = pgx.BeginFunc(ctx, d.conn, func(tx pgx.Tx) error {
		more, err = d.drawIn(ctx, tx)
		return err
	})
	return more, err
}

func (d *Drawer) drawIn(ctx context.Context, tx pgx.Tx) (more bool, err error) {
	var mine bool
	if err := tx.QueryRow(ctx, "select pg_try_advisory_xact_lock(hashtext('korpu access log'))").Scan(&mine); err != nil {
		return false, fmt.Errorf("take turns at the access log: %w", err)
	}
	if !mine {
		return true, nil // another instance draws
	}
	p := &page{catalog: d.catalog, entries: map[string]*entry{}, positions: map[string]int64{}}
	if err := p.read(ctx, tx); err != nil || len(p.positions) == 0 {
		return false, err
	}
	return p.records == mostRead, p.write(ctx, tx)
}

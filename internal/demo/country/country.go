// Package country fills an empty hub with a synthetic country: its agencies, their people and the children they work for. One
// seed and one day always give the same rows. Nobody in it exists, and identifiers and telephones have forms that no
// real one has.
package country

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/vault"
)

// DefaultChildren is the size of the country where no other is asked for: 450 children a year over five years.
const DefaultChildren = 2250

// Options say which country.
type Options struct {
	Children int        // 0 means DefaultChildren; the children of the brief are always among them
	Seed     uint64     // decides everything that is left to chance
	Now      time.Time  // its day (UTC) is the country's today
	Issuer   string     // URL of the issuer at which the personas sign in
	Keys     *vault.KEK // in which the keys of agencies are wrapped
}

// Summary counts what was loaded.
type Summary struct {
	Children int
	Cases    int
	Rows     int64
}

// ErrNotEmpty says that the database holds children already; a synthetic country never joins real ones.
var ErrNotEmpty = errors.New("the database holds children already")

// Load fills the hub in one transaction, so that it is there whole or not at all. The connection is a superuser's: triggers
// are off meanwhile, since the rows come with what the triggers would compute.
func Load(ctx context.Context, conn *pgx.Conn, opts Options) (Summary, error) {
	if opts.Issuer == "" || opts.Now.IsZero() || opts.Keys == nil {
		return Summary{}, errors.New("a country needs an issuer, a day and a key")
	}
	if opts.Children == 0 {
		opts.Children = DefaultChildren
	}
	var sum Summary
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) (err error) {
		if err := prepare(ctx, tx, opts); err != nil {
			return err
		}
		err = withoutIndexes(ctx, tx, func() error {
			sum, err = fill(ctx, tx, opts)
			return err
		})
		if err != nil {
			return err
		}
		return addOutcomes(ctx, tx, opts.Now.UTC().Truncate(day))
	})
	if err != nil {
		return Summary{}, fmt.Errorf("load the synthetic country: %w", err)
	}
	return sum, settleStorage(ctx, conn)
}

// prepare refuses a hub that is in use, and marks this one for all who look at it.
func prepare(ctx context.Context, tx pgx.Tx, opts Options) error {
	var inUse bool
	if err := tx.QueryRow(ctx, "select exists (select from korpu.child)").Scan(&inUse); err != nil {
		return fmt.Errorf("look for children: %w", err)
	}
	if inUse {
		return ErrNotEmpty
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`
		set local session_replication_role = replica;
		set local maintenance_work_mem = '256MB';
		do $$ begin execute format('comment on database %%I is %%L', current_database(),
			'SYNTHETIC: no person, case or number in it is real (%d children, seed %d, %s)'); end $$`,
		opts.Children, opts.Seed, opts.Now.UTC().Format(time.DateOnly)))
	if err != nil {
		return fmt.Errorf("mark as synthetic: %w", err)
	}
	return nil
}

func fill(ctx context.Context, tx pgx.Tx, opts Options) (Summary, error) {
	r, aside, today := newRandom(opts.Seed), newAside(opts.Seed), opts.Now.UTC().Truncate(day)
	w, err := newWorld(r, aside, today, opts.Children)
	if err != nil {
		return Summary{}, err
	}
	g := &generator{random: r, aside: aside, world: w, rows: w.rows(opts.Issuer), numbers: map[string]int{}, incidents: map[*place]string{}, locks: newLocks(opts.Keys)}
	g.addVisits()
	g.addCapacities()
	g.addOffers()
	g.beside(g.planMissions)
	var sum Summary
	err = g.grow(opts.Children, func(b batch) error {
		if err := g.locks.seal(b); err != nil {
			return err
		}
		n, err := b.copyInto(ctx, tx)
		sum.Children += len(b[children])
		sum.Cases += len(b[caseFiles])
		sum.Rows += n
		return err
	})
	if err != nil {
		return sum, err
	}
	if err := addEmergencies(ctx, tx, today); err != nil {
		return sum, err
	}
	return sum, addExpungements(ctx, tx, today)
}

// settleStorage lets the planner know the tables, and spares the first readers what a bulk load leaves undone.
func settleStorage(ctx context.Context, conn *pgx.Conn) error {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = "korpu." + t.name
	}
	if _, err := conn.Exec(ctx, "vacuum (analyze) "+strings.Join(names, ", ")); err != nil {
		return fmt.Errorf("analyze the synthetic country: %w", err)
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres"
)

// bench is a run: its databases, its contestants, and what was measured.
type bench struct {
	options
	people    *people
	store     *store
	server    int // process id of PostgreSQL
	processes []*process
	lanes     []*lane
	figures   []figure
}

func measure(ctx context.Context, o options) (err error) {
	b := &bench{options: o}
	if b.people, err = openIssuer(ctx); err != nil {
		return err
	}
	if b.store, err = openStore(ctx, o.dir, b.people.url); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stop(), b.store.close()) }()
	if b.server, err = b.store.pid(ctx); err != nil {
		return err
	}
	return b.run(ctx)
}

// run is the whole measurement. What starts other programs comes last, when nothing else is measured.
func (b *bench) run(ctx context.Context) error {
	began := load()
	database, err := b.store.cases(ctx, b.cases)
	if err != nil {
		return err
	}
	hub, err := b.enterAll(ctx, database)
	if err != nil {
		return err
	}
	if err := b.rounds(ctx, b.lanes); err != nil {
		return err
	}
	b.compare()
	if err := b.measureMemory(ctx, hub, "hub.megabytes_at_64_connections"); err != nil {
		return err
	}
	audited, err := b.measureAudit(ctx, database)
	if err != nil {
		return err
	}
	if err := b.measureCommands(ctx, database, audited); err != nil {
		return err
	}
	if err := b.measureVerification(ctx, database); err != nil {
		return err
	}
	if b.demo {
		if err := b.measureStart(ctx); err != nil {
			return err
		}
	}
	return b.report(ctx, began)
}

// enterAll starts the contestants; it returns the hub.
func (b *bench) enterAll(ctx context.Context, database string) (hub *process, err error) {
	// First, since PostgreSQL copies a database only while nobody is connected to it.
	var peer *process
	if b.peers {
		if peer, err = b.openPeer(ctx, b.cases); err != nil {
			return nil, err
		}
	}
	if hub, err = b.openHub(ctx, "K", database); err != nil {
		return nil, err
	}
	if err := b.enterQuestions(ctx, database, hub, peer); err != nil {
		return nil, err
	}
	list, one, err := roleKinds(ctx, database)
	if err != nil {
		return nil, err
	}
	for _, k := range append(list, one...) {
		if err := b.enter(ctx, k, entry{p: hub, r: asGraphQL(b.people)}); err != nil {
			return nil, err
		}
	}
	return hub, nil
}

// enterQuestions has all contestants answer the two questions, and a second hub over the large database its own.
func (b *bench) enterQuestions(ctx context.Context, database string, hub, peer *process) error {
	entries, err := b.opponents(ctx, database, hub)
	if err != nil {
		return err
	}
	if peer != nil {
		entries = append(entries, entry{peer, asPeer, sameRecords})
	}
	kinds, err := questions(ctx, database)
	if err != nil {
		return err
	}
	large, largeKinds, err := b.openLarge(ctx)
	if err != nil {
		return err
	}
	for i, k := range kinds {
		if err := b.enter(ctx, k, entries...); err != nil {
			return err
		}
		if large == nil {
			continue
		}
		if err := b.enter(ctx, largeKinds[i], entry{p: large, r: asGraphQL(b.people)}); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) opponents(ctx context.Context, database string, hub *process) ([]entry, error) {
	byHand, err := b.openOwn(ctx, "L3", "byhand", assignment{Database: database})
	if err != nil {
		return nil, err
	}
	inPostgres, err := b.openOwn(ctx, "L", "inpostgres", assignment{Database: database})
	if err != nil {
		return nil, err
	}
	return []entry{{p: byHand, r: asPath}, {hub, asGraphQL(b.people), sameValues}, {inPostgres, asPath, sameValues}}, nil
}

func (b *bench) openLarge(ctx context.Context) (*process, []kind, error) {
	if b.large == 0 {
		return nil, nil, nil
	}
	database, err := b.store.cases(ctx, b.large)
	if err != nil {
		return nil, nil, err
	}
	kinds, err := questions(ctx, database)
	if err != nil {
		return nil, nil, err
	}
	hub, err := b.openHub(ctx, "K large", database)
	return hub, kinds, err
}

// openHub starts a hub over a database.
func (b *bench) openHub(ctx context.Context, name, database string) (*process, error) {
	login, err := postgres.LoginURL(database)
	if err != nil {
		return nil, err
	}
	a := assignment{Database: login, Issuer: b.people.url, Audit: name == auditedName}
	if name == "K" {
		a.Profile = b.profile
	}
	err = connected(ctx, database, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, "select code from korpu.agency order by code")
		if err != nil {
			return fmt.Errorf("list agencies: %w", err)
		}
		a.Agencies, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		return nil, err
	}
	return b.openOwn(ctx, name, "hub", a)
}

// openOwn starts a contestant that this program plays itself.
func (b *bench) openOwn(ctx context.Context, name, player string, a assignment) (*process, error) {
	command, err := own(player)
	if err != nil {
		return nil, err
	}
	return b.open(ctx, name, command, a)
}

func (b *bench) open(ctx context.Context, name string, command []string, a assignment) (*process, error) {
	p, err := launch(ctx, name, command, a)
	if err != nil {
		return nil, err
	}
	b.processes = append(b.processes, p)
	return p, nil
}

func (b *bench) stop() error {
	var errs []error
	for _, p := range b.processes {
		errs = append(errs, p.stop())
	}
	return errors.Join(errs...)
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// opener is who opens cases, and where. No court is named, so that no list that is measured grows.
type opener struct{ Staff, Agency, District uuid.UUID }

const (
	openCase = `mutation Open($input: OpenCaseInput!) { openCase(input: $input) { id number } }`
	anyone   = `select s.id as staff, a.id as agency, a.district_id as district from korpu.staff s join korpu.staff_role r on r.staff_id = s.id join korpu.agency a on a.id = s.agency_id
		 where a.code = 'SUM-POLICE' and r.role = 'police_officer' and r.ended_at is null and s.left_at is null order by s.id limit 1`
)

// measureCommands has the audited hub open cases over one, some and many connections, and the same rows written by hand.
func (b *bench) measureCommands(ctx context.Context, database string, hub *process) error {
	var who opener
	err := connected(ctx, database, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, anyone)
		if err != nil {
			return fmt.Errorf("look for who opens cases: %w", err)
		}
		who, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[opener])
		return err
	})
	if err != nil {
		return err
	}
	config, err := pgxpool.ParseConfig(database)
	if err != nil {
		return fmt.Errorf("read the database's address: %w", err)
	}
	config.MaxConns = conns
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer pool.Close()
	for _, connections := range []int{1, usual, many} {
		if err := b.compareCommands(ctx, connections, b.byCommand(hub, who), byInserts(pool, who)); err != nil {
			return err
		}
	}
	return nil
}

// writer makes a worker of its own connection, which does one thing each time it is called.
type writer func(ctx context.Context) (func() error, error)

func (b *bench) compareCommands(ctx context.Context, connections int, command, inserts writer) error {
	var ratios, rates, middle []float64
	for range b.options.rounds {
		mine, p50, err := drive(ctx, connections, b.span, command)
		if err != nil {
			return err
		}
		other, _, err := drive(ctx, connections, b.span, inserts)
		if err != nil {
			return err
		}
		ratios, rates, middle = append(ratios, mine/other), append(rates, mine), append(middle, p50.Seconds()*1000)
	}
	name := fmt.Sprintf("commands_at_%d.", connections)
	b.figures = append(b.figures, spread(figure{name: name + "hub/by_hand", no: true}, ratios), spread(figure{name: name + "a_second", no: true}, rates),
		spread(figure{name: name + "p50_ms", no: true}, middle))
	return nil
}

// drive has workers do the same over and over, and tells how often a second, and in which time half of it was done.
func drive(ctx context.Context, connections int, span time.Duration, w writer) (rate float64, p50 time.Duration, err error) {
	var group sync.WaitGroup
	var mutex sync.Mutex
	var all []time.Duration
	until := time.Now().Add(span)
	began := time.Now()
	for range connections {
		work, failed := w(ctx)
		if failed != nil {
			return 0, 0, failed
		}
		group.Go(func() {
			var mine []time.Duration
			for now := time.Now(); now.Before(until); {
				if failed := work(); failed != nil {
					mutex.Lock()
					err = failed
					mutex.Unlock()
					return
				}
				after := time.Now()
				mine, now = append(mine, after.Sub(now)), after
			}
			mutex.Lock()
			all = append(all, mine...)
			mutex.Unlock()
		})
	}
	group.Wait()
	if err != nil || len(all) == 0 {
		return 0, 0, fmt.Errorf("nothing was written: %w", err)
	}
	slices.Sort(all)
	return float64(len(all)) / time.Since(began).Seconds(), all[len(all)/2], nil
}

func (b *bench) byCommand(hub *process, who opener) writer {
	return func(ctx context.Context) (func() error, error) {
		link, err := dial(ctx, hub.addr)
		if err != nil {
			return nil, err
		}
		token, err := b.people.token(who.Staff)
		if err != nil {
			return nil, err
		}
		return func() error {
			body, err := link.ask(openRequest(hub.addr, token, who))
			if err == nil && !strings.Contains(string(body), `"number":"`) {
				err = fmt.Errorf("a command was answered with %.300s", body)
			}
			return err
		}, nil
	}
}

func openRequest(addr, token string, who opener) []byte {
	now := time.Now().UTC()
	body, err := json.Marshal(map[string]any{"query": openCase, "variables": map[string]any{"input": map[string]any{
		"idempotencyKey": uuid.NewString(), "district": who.District, "allegedFacts": "A bicycle was taken.",
		"newChild":    map[string]any{"givenName": "Orxan", "familyName": "Sınaqlı", "bornOn": now.AddDate(-17, 0, -2).Format(time.DateOnly), "sex": "MALE", "district": who.District},
		"allegations": []any{map[string]any{"article": "CC 177.1", "actOn": now.AddDate(0, 0, -3).Format(time.DateOnly)}},
	}}})
	if err != nil {
		panic(err) // texts only
	}
	return fmt.Appendf(nil, "%s /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nKorpu-Role: police_officer\r\nContent-Length: %d\r\n\r\n%s",
		http.MethodPost, addr, token, len(body), body)
}

// byInserts writes the rows of such a command, and its event, in one transaction: no checks, no receipt, no audit.
func byInserts(pool *pgxpool.Pool, who opener) writer {
	return func(ctx context.Context) (func() error, error) {
		return func() error {
			child, file := uuid.New(), uuid.New()
			return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
				batch := &pgx.Batch{}
				batch.Queue(`insert into korpu.child (id, agency_id, author_id, district_id, given_name, family_name, born_on, sex) values ($1, $2, $3, $4, 'Orxan', 'Sınaqlı', current_date - 6211, 'MALE')`, child, who.Agency, who.Staff, who.District)
				batch.Queue(`insert into korpu.case_file (id, child_id, agency_id, author_id, district_id, number, opened_on, stage, alleged_facts) values ($1, $2, $3, $4, $5, $6, current_date, 'INVESTIGATION', 'A bicycle was taken.')`, file, child, who.Agency, who.Staff, who.District, file.String())
				batch.Queue(`insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since) values ($1, $2, $3, $4, 'INVESTIGATION', current_date)`, child, file, who.Agency, who.Staff)
				batch.Queue(`insert into korpu.allegation (child_id, case_id, agency_id, author_id, article, act_on, age_at_act) values ($1, $2, $3, $4, 'CC 177.1', current_date - 3, 16)`, child, file, who.Agency, who.Staff)
				batch.Queue(`insert into korpu.outbox (event, record, record_id, child_id, case_id, agency_id) values ('openCase', 'Case', $1, $2, $1, $3)`, file, child, who.Agency)
				return tx.SendBatch(ctx, batch).Close()
			})
		}, nil
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// lane is one contestant on one kind of question: the requests in their order, and the answers that they must have.
type lane struct {
	name     string // of the contestant
	kind     kind
	on       *process
	requests [][]byte
	answers  [][]byte
	results  []result
}

// render makes the bytes of a request as the contestant understands it.
type render func(addr string, q question) ([]byte, error)

func newLane(p *process, k kind, r render) (*lane, error) {
	l := &lane{name: p.name, kind: k, on: p}
	for _, q := range k.all {
		request, err := r(p.addr, q)
		if err != nil {
			return nil, err
		}
		l.requests = append(l.requests, request)
	}
	return l, nil
}

// learn asks every question once, which also warms the contestant, checks the answers and keeps them.
func (l *lane) learn(ctx context.Context, compare func(answer, first []byte) error, first *lane) error {
	link, err := dial(ctx, l.on.addr)
	if err != nil {
		return err
	}
	defer link.close()
	for i, request := range l.requests {
		body, err := link.ask(request)
		if err == nil && len(identifiers(body)) < l.kind.least {
			err = fmt.Errorf("an answer holds too few records: %.300s", body)
		}
		if err == nil && first != nil {
			err = compare(body, first.answers[i])
		}
		if err != nil {
			return fmt.Errorf("%s on %s: %w", l.name, l.kind.name, err)
		}
		l.answers = append(l.answers, bytes.Clone(body))
	}
	return nil
}

// size is the mean length of an answer.
func (l *lane) size() int {
	sum := 0
	for _, a := range l.answers {
		sum += len(a)
	}
	return sum / len(l.answers)
}

// result is what a window measured.
type result struct {
	rate     float64 // answers a second
	p50, p99 time.Duration
	own, pg  float64 // microseconds of processor time for each answer, of the contestant and of PostgreSQL
}

// window asks over a number of connections, each the next question as soon as it has its answer. Every answer is compared.
func (l *lane) window(ctx context.Context, connections int, span time.Duration, server int) (result, error) {
	links := make([]*link, connections)
	for i := range links {
		var err error
		if links[i], err = dial(ctx, l.on.addr); err != nil {
			return result{}, err
		}
		defer links[i].close()
	}
	var next atomic.Int64
	var group sync.WaitGroup
	times, faults := make([][]time.Duration, connections), make([]error, connections)
	hub, pg, began := cpuOf(l.on.pid), cpuBelow(server), time.Now()
	for i, link := range links {
		times[i] = make([]time.Duration, 0, 1<<16)
		group.Go(func() { times[i], faults[i] = l.drive(link, &next, began.Add(span), times[i]) })
	}
	group.Wait()
	took := time.Since(began)
	for _, err := range faults {
		if err != nil {
			return result{}, fmt.Errorf("%s on %s: %w", l.name, l.kind.name, err)
		}
	}
	all := slices.Concat(times...)
	slices.Sort(all)
	n := float64(len(all))
	return result{
		rate: n / took.Seconds(), p50: all[len(all)/2], p99: all[len(all)*99/100],
		own: (cpuOf(l.on.pid) - hub).Seconds() * 1e6 / n, pg: (cpuBelow(server) - pg).Seconds() * 1e6 / n,
	}, nil
}

func (l *lane) drive(link *link, next *atomic.Int64, until time.Time, times []time.Duration) ([]time.Duration, error) {
	for now := time.Now(); now.Before(until); {
		i := int(next.Add(1)-1) % len(l.requests)
		body, err := link.ask(l.requests[i])
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(body, l.answers[i]) {
			return nil, fmt.Errorf("question %d has got another answer than before: %.300s", i, body)
		}
		after := time.Now()
		times = append(times, after.Sub(now))
		now = after
	}
	return times, nil
}

// asGraphQL is a request to the hub.
func asGraphQL(tokens *people) render {
	return func(addr string, q question) ([]byte, error) {
		body := map[string]any{"query": q.text}
		if q.number != "" {
			body["variables"] = map[string]any{"number": q.number}
		}
		text, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("write a question: %w", err)
		}
		token, err := tokens.token(q.staff)
		if err != nil {
			return nil, err
		}
		return fmt.Appendf(nil, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nKorpu-Role: %s\r\nContent-Length: %d\r\n\r\n%s",
			addr, token, q.role, len(text), text), nil
	}
}

// asPath is a request to a hand-written contestant.
func asPath(addr string, q question) ([]byte, error) {
	path := "/list?court=" + q.agency.String()
	if q.number != "" {
		path = "/case?number=" + q.number
	}
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, addr), nil
}

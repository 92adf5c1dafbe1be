package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// byHand is contestant L3: what one would write for these two questions and no others, as fast as we could make it. Flat
// SQL over the tables, PostgreSQL's binary rows written as JSON by hand; no GraphQL, no token, no policy.
func byHand(ctx context.Context, a assignment) (serve, error) {
	pool, err := openPool(ctx, a.Database)
	if err != nil {
		return nil, err
	}
	keys, err := readRing(ctx, pool)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /list", func(w http.ResponseWriter, r *http.Request) {
		court, err := uuid.Parse(r.URL.Query().Get("court"))
		if err != nil {
			http.Error(w, "court", http.StatusBadRequest)
			return
		}
		respond(w, func(out []byte) ([]byte, error) { return writeList(r.Context(), pool, court, out) })
	})
	mux.HandleFunc("GET /case", func(w http.ResponseWriter, r *http.Request) {
		number := r.URL.Query().Get("number")
		respond(w, func(out []byte) ([]byte, error) { return writeCase(r.Context(), pool, keys, number, out) })
	})
	return plain(mux), nil
}

// openPool opens the connections of a contestant other than the hub. Plans are made once, as the hub's are.
func openPool(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read the database's address: %w", err)
	}
	config.MaxConns = conns
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return pool, nil
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 64<<10); return &b }}

func respond(w http.ResponseWriter, write func([]byte) ([]byte, error)) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	out, err := write((*buffer)[:0])
	if err != nil {
		http.Error(w, "failed", http.StatusInternalServerError)
		return
	}
	*buffer = out
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Content-Length"] = []string{strconv.Itoa(len(out))}
	_, _ = w.Write(out) // the client may have gone
}

const listSQL = `
select c.id, c.number, c.opened_on, c.stage, c.alleged_facts,
       k.id, k.given_name, k.patronymic, k.family_name, k.born_on,
       d.id, d.status, d.status_since, d.next_review_on, d.compliance, d.legal_ground, d.legal_advice_taken, d.agreement
  from korpu.case_file c
  join korpu.child k on k.id = c.child_id
  left join korpu.diversion d on d.case_id = c.id
 where c.court_id = $1 and c.sealed_at is null
 order by c.opened_on desc, c.id desc limit 50`

func writeList(ctx context.Context, pool *pgxpool.Pool, court uuid.UUID, out []byte) ([]byte, error) {
	rows, err := pool.Query(ctx, listSQL, court)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out = append(out, `{"data":{"cases":{"nodes":[`...)
	for first := true; rows.Next(); first = false {
		v := rows.RawValues()
		if !first {
			out = append(out, ',')
		}
		out = writeListed(out, v)
	}
	return append(out, `]}}}`...), rows.Err()
}

func writeListed(out []byte, v [][]byte) []byte {
	out = writeUUID(append(out, `{"id":`...), v[0])
	out = writeText(append(out, `,"number":`...), v[1])
	out = writeDate(append(out, `,"openedOn":`...), v[2])
	out = writeText(append(out, `,"stage":`...), v[3])
	out = writeText(append(out, `,"allegedFacts":`...), v[4])
	out = writeUUID(append(out, `,"child":{"id":`...), v[5])
	out = writeText(append(out, `,"givenName":`...), v[6])
	out = writeText(append(out, `,"patronymic":`...), v[7])
	out = writeText(append(out, `,"familyName":`...), v[8])
	out = writeDate(append(out, `,"bornOn":`...), v[9])
	out = append(out, `,"withheld":[]},"diversion":`...)
	if v[10] == nil {
		return append(out, `null,"withheld":[]}`...)
	}
	out = writeUUID(append(out, `{"id":`...), v[10])
	out = writeText(append(out, `,"status":`...), v[11])
	out = writeDate(append(out, `,"statusSince":`...), v[12])
	out = writeDate(append(out, `,"nextReviewOn":`...), v[13])
	out = writeText(append(out, `,"compliance":`...), v[14])
	out = writeText(append(out, `,"legalGround":`...), v[15])
	out = writeBool(append(out, `,"legalAdviceTaken":`...), v[16])
	out = writeText(append(out, `,"agreement":`...), v[17])
	return append(out, `,"withheld":[]},"withheld":[]}`...)
}

const (
	caseSQL = `
select c.id, c.number, c.opened_on, c.stage, c.alleged_facts,
       k.id, k.given_name, k.family_name, k.born_on, k.school_status
  from korpu.case_file c join korpu.child k on k.id = c.child_id
 where c.number = $1 and c.sealed_at is null`
	notesSQL = `
select n.id, n.written_at, n.signed_at, n.title, n.body, n.agency_id
  from korpu.legal_note n
 where n.case_id = (select c.id from korpu.case_file c where c.number = $1 and c.sealed_at is null)
 order by n.written_at desc, n.id desc limit 10`
	eventsSQL = `
select e.id, e.kind, e.at, e.place, e.outcome, e.reason
  from korpu.procedure_event e
 where e.case_id = (select c.id from korpu.case_file c where c.number = $1 and c.sealed_at is null)
 order by e.at desc, e.id desc limit 10`
)

func writeCase(ctx context.Context, pool *pgxpool.Pool, keys ring, number string, out []byte) ([]byte, error) {
	batch := &pgx.Batch{}
	batch.Queue(caseSQL, number)
	batch.Queue(notesSQL, number)
	batch.Queue(eventsSQL, number)
	results := pool.SendBatch(ctx, batch)
	defer results.Close()
	out = append(out, `{"data":{"case":`...)
	out, err := each(results, out, writeOneCase)
	if err != nil {
		return nil, err
	}
	out = append(out, `,"legalNotes":{"nodes":[`...)
	if out, err = each(results, out, keys.writeNote); err != nil {
		return nil, err
	}
	out = append(out, `]},"procedure":{"nodes":[`...)
	if out, err = each(results, out, writeEvent); err != nil {
		return nil, err
	}
	return append(out, `]},"withheld":[]}}}`...), nil
}

func each(results pgx.BatchResults, out []byte, write func([]byte, [][]byte) ([]byte, error)) ([]byte, error) {
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for first := true; rows.Next(); first = false {
		if !first {
			out = append(out, ',')
		}
		if out, err = write(out, rows.RawValues()); err != nil {
			return nil, err
		}
	}
	return out, rows.Err()
}

func writeOneCase(out []byte, v [][]byte) ([]byte, error) {
	out = writeUUID(append(out, `{"id":`...), v[0])
	out = writeText(append(out, `,"number":`...), v[1])
	out = writeDate(append(out, `,"openedOn":`...), v[2])
	out = writeText(append(out, `,"stage":`...), v[3])
	out = writeText(append(out, `,"allegedFacts":`...), v[4])
	out = writeUUID(append(out, `,"child":{"id":`...), v[5])
	out = writeText(append(out, `,"givenName":`...), v[6])
	out = writeText(append(out, `,"familyName":`...), v[7])
	out = writeDate(append(out, `,"bornOn":`...), v[8])
	out = writeText(append(out, `,"schoolStatus":`...), v[9])
	return append(out, `,"withheld":[]}`...), nil
}

func (r ring) writeNote(out []byte, v [][]byte) ([]byte, error) {
	key, id := r[uuid.UUID(v[5])], uuid.UUID(v[0])
	title, err := key.Open("legal_note.title", id, v[3])
	if err != nil {
		return nil, err
	}
	body, err := key.Open("legal_note.body", id, v[4])
	if err != nil {
		return nil, err
	}
	out = writeUUID(append(out, `{"id":`...), v[0])
	out = writeMoment(append(out, `,"writtenAt":`...), v[1])
	out = writeMoment(append(out, `,"signedAt":`...), v[2])
	out = writeText(append(out, `,"title":`...), title)
	out = writeText(append(out, `,"body":`...), body)
	return append(out, `,"withheld":[]}`...), nil
}

func writeEvent(out []byte, v [][]byte) ([]byte, error) {
	out = writeUUID(append(out, `{"id":`...), v[0])
	out = writeText(append(out, `,"kind":`...), v[1])
	out = writeMoment(append(out, `,"at":`...), v[2])
	out = writeText(append(out, `,"place":`...), v[3])
	out = writeText(append(out, `,"outcome":`...), v[4])
	out = writeText(append(out, `,"reason":`...), v[5])
	return append(out, `,"withheld":[]}`...), nil
}

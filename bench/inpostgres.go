package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"net/http"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

// inPostgres is contestant L: PostgreSQL builds the JSON, the handler passes it on.
func inPostgres(ctx context.Context, a assignment) (serve, error) {
	pool, err := openPool(ctx, a.Database)
	if err != nil {
		return nil, err
	}
	keys, err := readRing(ctx, pool)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /list", func(w http.ResponseWriter, r *http.Request) { pass(w, r, pool, listJSON, "court", copyJSON) })
	mux.HandleFunc("GET /case", func(w http.ResponseWriter, r *http.Request) { pass(w, r, pool, caseJSON, "number", keys.unlock) })
	return plain(mux), nil
}

func pass(w http.ResponseWriter, r *http.Request, pool *pgxpool.Pool, sql, parameter string, write func(out, text []byte) ([]byte, error)) {
	respond(w, func(out []byte) ([]byte, error) {
		rows, err := pool.Query(r.Context(), sql, r.URL.Query().Get(parameter))
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			if out, err = write(out, rows.RawValues()[0]); err != nil {
				return nil, err
			}
		}
		return out, rows.Err()
	})
}

func copyJSON(out, text []byte) ([]byte, error) { return append(out, text...), nil }

// PostgreSQL cannot decrypt. It marks where a note's title and body belong, with all that is needed: column, agency, id, ciphertext.
var locked = []byte(`"locked:`)

// unlock writes what PostgreSQL has built, with the texts in the place of what is locked.
func (r ring) unlock(out, text []byte) ([]byte, error) {
	for {
		before, rest, found := bytes.Cut(text, locked)
		out = append(out, before...)
		if !found {
			return out, nil
		}
		value, after, _ := bytes.Cut(rest, []byte{'"'})
		opened, err := r.open(bytes.Split(value, []byte{':'}))
		if err != nil {
			return nil, err
		}
		out, text = writeText(out, opened), after
	}
}

func (r ring) open(parts [][]byte) ([]byte, error) {
	agency, err := uuid.ParseBytes(parts[1])
	if err != nil {
		return nil, err
	}
	id, err := uuid.ParseBytes(parts[2])
	if err != nil {
		return nil, err
	}
	sealed, err := hex.DecodeString(string(parts[3]))
	if err != nil {
		return nil, err
	}
	return r[agency].Open("legal_note."+string(parts[0]), id, sealed)
}

const (
	listJSON = `
select json_build_object('data', json_build_object('cases', json_build_object('nodes', json_agg(json_build_object(
         'id', q.id, 'number', q.number, 'openedOn', q.opened_on, 'stage', q.stage, 'allegedFacts', q.alleged_facts,
         'child', json_build_object('id', k.id, 'givenName', k.given_name, 'patronymic', k.patronymic, 'familyName', k.family_name,
           'bornOn', k.born_on, 'withheld', '[]'::json),
         'diversion', case when d.id is not null then json_build_object('id', d.id, 'status', d.status, 'statusSince', d.status_since,
           'nextReviewOn', d.next_review_on, 'compliance', d.compliance, 'legalGround', d.legal_ground,
           'legalAdviceTaken', d.legal_advice_taken, 'agreement', d.agreement, 'withheld', '[]'::json) end,
         'withheld', '[]'::json) order by q.opened_on desc, q.id desc))))::text
  from (select * from korpu.case_file c where c.court_id = $1::uuid and c.sealed_at is null
         order by c.opened_on desc, c.id desc limit 50) q
  join korpu.child k on k.id = q.child_id
  left join korpu.diversion d on d.case_id = q.id`

	caseJSON = `
select json_build_object('data', json_build_object('case', json_build_object(
         'id', c.id, 'number', c.number, 'openedOn', c.opened_on, 'stage', c.stage, 'allegedFacts', c.alleged_facts,
         'child', json_build_object('id', k.id, 'givenName', k.given_name, 'familyName', k.family_name, 'bornOn', k.born_on,
           'schoolStatus', k.school_status, 'withheld', '[]'::json),
         'legalNotes', json_build_object('nodes', (select json_agg(json_build_object('id', n.id, 'writtenAt', n.written_at,
             'signedAt', n.signed_at, 
             'title', 'locked:title:' || n.agency_id || ':' || n.id || ':' || encode(n.title, 'hex'),
             'body', 'locked:body:' || n.agency_id || ':' || n.id || ':' || encode(n.body, 'hex'), 'withheld', '[]'::json))
           from (select * from korpu.legal_note n where n.case_id = c.id order by n.written_at desc, n.id desc limit 10) n)),
         'procedure', json_build_object('nodes', (select json_agg(json_build_object('id', e.id, 'kind', e.kind, 'at', e.at,
             'place', e.place, 'outcome', e.outcome, 'reason', e.reason, 'withheld', '[]'::json))
           from (select * from korpu.procedure_event e where e.case_id = c.id order by e.at desc, e.id desc limit 10) e)),
         'withheld', '[]'::json)))::text
  from korpu.case_file c join korpu.child k on k.id = c.child_id
 where c.number = $1 and c.sealed_at is null`
)

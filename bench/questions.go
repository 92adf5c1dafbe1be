package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// The two questions of the benchmark. For the judge allegedFacts, legalGround, legalAdviceTaken and agreement depend on a
// condition; for the lawyer schoolStatus, title and body do.
const (
	listText = `query Latest { cases(first: 50) { nodes {
  id number openedOn stage allegedFacts
  child { id givenName patronymic familyName bornOn withheld { field reason } }
  diversion { id status statusSince nextReviewOn compliance legalGround legalAdviceTaken agreement withheld { field reason } }
  withheld { field reason } } } }`

	caseText = `query OneCase($number: String!) { case(number: $number) {
  id number openedOn stage allegedFacts
  child { id givenName familyName bornOn schoolStatus withheld { field reason } }
  legalNotes(first: 10) { nodes { id writtenAt signedAt title body withheld { field reason } } }
  procedure(first: 10) { nodes { id kind at place outcome reason withheld { field reason } } }
  withheld { field reason } } }`
)

// question is one request as every contestant gets it: in the name of a person, about a court's list or one case.
type question struct {
	text   string
	staff  uuid.UUID
	role   string
	agency uuid.UUID
	number string // of the case; empty asks for a list
}

// kind is a question with all its occasions, in the order in which they are asked.
type kind struct {
	name  string
	group string // kinds that are compared with one another
	least int    // records in an answer
	all   []question
}

// lists are the courts' lists, each asked for by a judge of the court. A court needs sixty cases, which the supplement has
// given each.
func lists(ctx context.Context, conn *pgx.Conn) (kind, error) {
	return gather(ctx, conn, kind{name: "Q1", group: "Q1", least: 100}, `
		select $1 as text, min(s.id::text)::uuid as staff, r.role, a.id as agency, '' as number
		  from korpu.agency a join korpu.staff s on s.agency_id = a.id join korpu.staff_role r on r.staff_id = s.id
		 where a.kind = 'COURT' and r.role = 'judge' and r.ended_at is null and s.left_at is null and a.suspended_at is null
		 group by r.role, a.id`, listText)
}

// cases are cases with at least ten notes and ten events, each asked for by the clinic's lawyer of the child.
func cases(ctx context.Context, conn *pgx.Conn) (kind, error) {
	return gather(ctx, conn, kind{name: "Q2", group: "Q2", least: 22}, `
		select $1 as text, s.id as staff, 'clinic_lawyer' as role, s.agency_id as agency, c.number
		  from (select case_id from korpu.legal_note where case_id is not null group by case_id having count(*) >= 10) n
		  join korpu.case_file c on c.id = n.case_id
		  join korpu.child k on k.id = c.child_id
		  join korpu.staff s on k.counsel @> array[s.id]
		  join korpu.agency a on a.id = s.agency_id
		 where a.kind = 'LEGAL_CLINIC' and c.sealed_at is null and k.sealed_at is null and s.left_at is null
		   and (select count(*) from korpu.procedure_event e where e.case_id = c.id) >= 10
		 order by c.id limit 4000`, caseText)
}

// gather reads the occasions of a question and puts them into an order that is the same for every contestant and run.
func gather(ctx context.Context, conn *pgx.Conn, k kind, sql string, args ...any) (kind, error) {
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return k, fmt.Errorf("look for occasions of %s: %w", k.name, err)
	}
	k.all, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (q question, err error) {
		return q, row.Scan(&q.text, &q.staff, &q.role, &q.agency, &q.number)
	})
	if err != nil {
		return k, fmt.Errorf("look for occasions of %s: %w", k.name, err)
	}
	if len(k.all) == 0 {
		return k, fmt.Errorf("the database has no occasion for %s", k.name)
	}
	rand.New(rand.NewPCG(seed, 2)).Shuffle(len(k.all), func(i, j int) { k.all[i], k.all[j] = k.all[j], k.all[i] })
	return k, nil
}

// questions are the two, with their occasions in a database.
func questions(ctx context.Context, database string) (both []kind, err error) {
	err = connected(ctx, database, func(conn *pgx.Conn) error {
		for _, find := range []func(context.Context, *pgx.Conn) (kind, error){lists, cases} {
			k, err := find(ctx, conn)
			if err != nil {
				return err
			}
			both = append(both, k)
		}
		return nil
	})
	return both, err
}

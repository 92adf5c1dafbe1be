// Package commands asks the whole hub to change records, over HTTP and with real tokens.
package commands

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
)

// place is a hub over a synthetic country of the test's own.
type place struct {
	*hubtest.Hub
	t     *testing.T
	admin *pgx.Conn
}

func open(t *testing.T) *place {
	t.Helper()
	dsn, admin := hubtest.Country(t, 50, 1)
	return &place{Hub: hubtest.Open(t, dsn), t: t, admin: admin}
}

// openTo is open with a hub that lets so many look-ups find nothing at once.
func openTo(t *testing.T, guesses int) *place {
	t.Helper()
	p := open(t)
	p.Config.Guesses = guesses
	p.Hub.Hub = p.Instance(t)
	return p
}

// outcome is what a command answered, by the key under which it was sent.
type outcome struct {
	hubtest.Outcome
	place *place
	key   any
}

// do has a persona do a command with an input and a key of its own, and asks for fields of the result.
func (p *place) do(who, command, fields string, input map[string]any) outcome {
	p.t.Helper()
	o := outcome{Outcome: p.Do(p.t, asker(who), command, fields, input), place: p}
	o.key = input["idempotencyKey"]
	return o
}

// id is that of the request.
func (o outcome) id() string { return o.Header.Get("Korpu-Request-Id") }

// asker is a persona by its name, which " for " and a purpose may follow.
func asker(who string) hubtest.Asker {
	name, purpose, _ := strings.Cut(who, " for ")
	a := hubtest.Persona(name)
	a.Purpose = purpose
	return a
}

// done fails the test unless the command was carried out, announced and recorded, and returns what it answered with.
func (o outcome) done() map[string]any {
	o.place.t.Helper()
	record := o.Done()
	linked := value[int](o.place, `select count(*)::int from korpu.command_receipt c join korpu.audit_command a on a.id = c.command_id
	  join korpu.audit_record r on r.command = a.id and r.body = a.body where c.key = $1 and c.staff_id::text = (select body::jsonb ->> 'staff'
	    from korpu.audit_record where body::jsonb ->> 'kind' = 'request' and body::jsonb ->> 'request' = $2)`, o.key, o.id())
	if linked != 1 {
		o.place.t.Fatalf("%s is answered, and the audit holds its command %d times", o.Body, linked)
	}
	return record
}

// value reads one value as a superuser.
func value[T any](p *place, sql string, args ...any) T {
	p.t.Helper()
	rows, err := p.admin.Query(p.t.Context(), sql, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		p.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func (p *place) agency(code string) string {
	return value[string](p, "select id::text from korpu.agency where code = $1", code)
}

func (p *place) district(code string) string {
	return value[string](p, "select d.id::text from korpu.district d join korpu.agency a on a.district_id = d.id where a.code = $1", code)
}

func (p *place) person(who string) string {
	return value[string](p, "select staff_id::text from korpu.staff_identity where subject = $1", hubtest.Persona(who).Subject)
}

// opened is a new case of a new child, opened by the officer in Sumgayit.
func (p *place) opened() map[string]any {
	p.t.Helper()
	return p.do("officer-sumgayit", "openCase", "id number stage version child { id familyName } parties { agency { code } } allegations { article ageAtAct }", p.newCase()).done()
}

func (p *place) newCase() map[string]any {
	return map[string]any{
		"district": p.district("SUM-POLICE"), "court": p.agency("SUM-COURT"), "allegedFacts": "A bicycle was taken.",
		"newChild": map[string]any{
			"givenName": "Orxan", "familyName": "Sınaqlı", "bornOn": value[string](p, "select (current_date - interval '17 years 2 days')::date::text"), "sex": "MALE",
			"district": p.district("SUM-POLICE"),
		},
		"allegations": []any{map[string]any{"article": "CC 177.1", "actOn": value[string](p, "select (current_date - 3)::text")}},
	}
}

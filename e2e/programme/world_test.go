// Package programme tells the stories of the programme over HTTP and with real tokens: a child's way through diversion.
package programme

import (
	"bytes"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
)

// story is a hub over a synthetic country of the test's own.
type story struct {
	*hubtest.Hub
	t     *testing.T
	admin *pgx.Conn
}

func tell(t *testing.T) *story {
	t.Helper()
	return tellOf(t, 50)
}

// tellOf is over a country of so many children.
func tellOf(t *testing.T, children int) *story {
	t.Helper()
	dsn, admin := hubtest.Country(t, children, 1)
	return &story{Hub: hubtest.Open(t, dsn), t: t, admin: admin}
}

// do has a persona do something.
func (s *story) do(who, command, fields string, input map[string]any) hubtest.Outcome {
	s.t.Helper()
	return s.Do(s.t, hubtest.Persona(who), command, fields, input)
}

// asks has a persona ask something, and returns the one root field of the answer.
func (s *story) asks(who, query string, variables map[string]any) any {
	s.t.Helper()
	for _, v := range s.Ask(s.t, hubtest.Persona(who), query, variables).Data(s.t) {
		return v
	}
	s.t.Fatalf("%s is answered nothing", query)
	return nil
}

// nodes has a persona ask for a list, and returns the records that hold these values.
func (s *story) nodes(who, query string, holding map[string]any) []map[string]any {
	s.t.Helper()
	var all []map[string]any
	for _, n := range s.asks(who, query, nil).(map[string]any)["nodes"].([]any) {
		node, fits := n.(map[string]any), true
		for name, value := range holding {
			fits = fits && node[name] == value
		}
		if fits {
			all = append(all, node)
		}
	}
	return all
}

// hasNo fails the test unless the persona's schema lacks what the query asks for, as it lacks a misspelling.
func (s *story) hasNo(who, query string) {
	s.t.Helper()
	r := s.Ask(s.t, hubtest.Persona(who), query, nil)
	if r.Status != 400 && r.Status != 200 || !bytes.Contains(r.Body, []byte("Cannot query field")) {
		s.t.Fatalf("%s asks %s: %d %s", who, query, r.Status, r.Body)
	}
}

// value reads one value as a superuser.
func value[T any](s *story, sql string, args ...any) T {
	s.t.Helper()
	rows, err := s.admin.Query(s.t.Context(), sql, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// run changes something past the hub: what only time would bring, or what another story is about.
func (s *story) run(sql string, args ...any) {
	s.t.Helper()
	if _, err := s.admin.Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) agency(code string) string {
	return value[string](s, "select id::text from korpu.agency where code = $1", code)
}

func (s *story) person(who string) string {
	return value[string](s, "select staff_id::text from korpu.staff_identity where subject = $1", hubtest.Persona(who).Subject)
}

func (s *story) district(code string) string {
	return value[string](s, "select id::text from korpu.district where code = $1", code)
}

// child is a new child of Sumgayit with a case before the commission, whose secretary has opened it.
type child struct{ id, file string }

func (s *story) child() child {
	s.t.Helper()
	opened := s.do("secretary-sumgayit", "openCommissionCase", "id child { id }", map[string]any{
		"district": s.district("SUM"), "court": s.agency("SUM-COURT"), "allegedFacts": "A bicycle was taken.",
		"newChild": map[string]any{
			"givenName": "Orxan", "familyName": "Sınaqlı", "bornOn": time.Now().UTC().AddDate(-15, 0, -2).Format(time.DateOnly), "sex": "MALE", "district": s.district("SUM"),
		},
		"allegations": []any{map[string]any{"article": "CC 177.1", "actOn": day(-3)}},
	}).Done()
	return child{id: opened["child"].(map[string]any)["id"].(string), file: opened["id"].(string)}
}

// ward is such a child whom the centre in Baku has taken on, with whom the social worker and the psychologist work.
func (s *story) ward() child {
	s.t.Helper()
	c := s.child()
	sent := s.do("secretary-sumgayit", "referToCentre", "id", map[string]any{"child": c.id, "receiver": s.agency("BAK-CENTRE"), "need": "A way back to school."}).Done()
	s.do("manager", "acceptReferral", "id", map[string]any{"id": sent["id"], "expectedVersion": 1}).Done()
	s.do("manager", "recordIntake", "id", map[string]any{"referral": sent["id"], "source": "COMMISSION", "presentingProblem": "Misses school."}).Done()
	for _, who := range []string{"social-worker", "psychologist"} {
		s.do("manager", "joinCareTeam", "id", map[string]any{"child": c.id, "staff": s.person(who), "task": "Programme.", "responsible": who == "social-worker", "explained": "They work with you."}).Done()
	}
	return c
}

// day is a day so many days from now.
func day(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }

// moment is a moment so many hours from now.
func moment(hours int) string {
	return time.Now().UTC().Add(time.Duration(hours) * time.Hour).Format(time.RFC3339)
}

// list are the records of a list within a record.
func list(of map[string]any, name string) []map[string]any {
	var all []map[string]any
	nodes, _ := of[name].([]any)
	for _, n := range nodes {
		all = append(all, n.(map[string]any))
	}
	return all
}

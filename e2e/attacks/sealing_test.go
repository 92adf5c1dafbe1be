package attacks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
	"korpu/internal/postgres/pgtest"
	"korpu/internal/sealing"
)

// asked is a question of a persona, whole.
type asked struct {
	who, query string
	variables  map[string]any
}

// commanded are commands on a case to which Sumgayit's police, prosecution and court are parties. Each has its key, so that it can be
// sent once more.
func commanded(conn *pgx.Conn, t testing.TB, id string, n int) []asked {
	one := func(who, command, input string, values map[string]any) asked {
		values["idempotencyKey"] = fmt.Sprintf("%s %d", command, n)
		return asked{who, fmt.Sprintf("mutation($input: %s!) { %s(input: $input) { id } }", input, command), map[string]any{"input": values}}
	}
	agency := value[string](t, conn, "select id::text from korpu.agency where code = 'BAK-CENTRE'")
	return []asked{
		one("officer-sumgayit", "addParty", "AddPartyInput", map[string]any{"case": id, "agency": agency, "capacity": "DIVERSION"}),
		one("officer-sumgayit", "moveCase", "MoveCaseInput", map[string]any{"id": id, "expectedVersion": 1, "stage": "COURT"}),
		one("judge-sumgayit", "recordDecision", "RecordDecisionInput", map[string]any{"case": id, "at": "2026-01-01T10:00:00Z", "outcome": "x", "legalGround": "x", "reason": "x"}),
		one("judge-sumgayit", "moveCase", "MoveCaseInput", map[string]any{"id": id, "expectedVersion": 2, "stage": "CLOSED"}),
		one("judge-sumgayit", "orderSealing", "OrderSealingInput", map[string]any{"case": id, "reference": "x", "reason": "x", "sealOn": value[string](t, conn, "select current_date::text")}),
	}
}

// lookedUp are questions of those who had the case, by what they know of it.
func lookedUp(number string, born int) []asked {
	var all []asked
	for _, who := range []string{"judge-sumgayit", "prosecutor-sumgayit", "officer-sumgayit"} {
		all = append(all, asked{who, "query($n: String!) { case(number: $n) { id stage child { id } } }", map[string]any{"n": number}},
			asked{who, "query($n: String!) { cases(filter: {number: {eq: $n}}) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }", map[string]any{"n": number}})
	}
	return append(all,
		asked{"clerk-sumgayit", "query($n: String!, $y: Int!) { statusCard(caseNumber: $n, yearOfBirth: $y) { id status } }", map[string]any{"n": number, "y": born}},
		asked{"dpo", "query($n: String!) { sealingsDue(filter: {caseNumber: {eq: $n}}) { totalCount nodes { id } } }", map[string]any{"n": number}})
}

func TestAttack32WhatARunHasSealedIsAnsweredByEveryRoleAsIfItHadNeverBeen(t *testing.T) {
	h, conn := open(t)
	undue(t, conn)
	parties := `select array_agg(id) from korpu.agency where code in ('SUM-POLICE', 'SUM-COURT')`
	cases := pgtest.Column[string](t, conn, `select id::text from (select distinct on (c.child_id) c.id, c.number from korpu.case_file c join korpu.diversion d on d.case_id = c.id
	   join korpu.child k on k.id = c.child_id where c.sealed_at is null and k.holders = '{}' and c.parties @> (`+parties+`) and c.court_id = (select id from korpu.agency where code = 'SUM-COURT') order by c.child_id, c.number) one order by number limit 3`)
	// One of the children has another case, which stays open, and so stays the child.
	change(t, conn, `insert into korpu.case_file (child_id, agency_id, author_id, number, district_id, court_id, opened_on, stage)
	  select child_id, agency_id, author_id, 'SUM-2026-99999', district_id, court_id, opened_on, 'COURT' from korpu.case_file where id = $1`, cases[0])
	change(t, conn, `insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since)
	  select child_id, id, court_id, author_id, 'COURT', opened_on from korpu.case_file where number = 'SUM-2026-99999'`)
	var again []asked
	for n, id := range cases {
		change(t, conn, "update korpu.case_file set stage = 'INVESTIGATION', version = 1 where id = $1", id)
		commands := commanded(conn, t, id, n)
		for _, c := range commands {
			h.Ask(t, hubtest.Persona(c.who), c.query, c.variables).Data(t)
		}
		again = append(again, commands...)
		again = append(again, lookedUp(value[string](t, conn, "select number from korpu.case_file where id = $1", id),
			value[int](t, conn, "select year_of_birth from korpu.child k join korpu.case_file c on c.child_id = k.id where c.id = $1", id))...)
	}
	before := answers(t, h, everything)
	if n, err := sealing.Run(t.Context(), conn); err != nil || n < len(cases) || len(cases) < 3 {
		t.Fatalf("%d cases were sealed, %d of them chosen, error %v", n, len(cases), err)
	}
	askAgain := func() (all []hubtest.Response) {
		for _, a := range again {
			all = append(all, h.Ask(t, hubtest.Persona(a.who), a.query, a.variables))
		}
		return all
	}
	sealed, sealedAgain := answers(t, h, everything, further), askAgain()
	erase(t, conn)
	change(t, conn, "truncate korpu.command_receipt, korpu.outbox")
	never, neverAgain := answers(t, h, everything, further), askAgain()
	changed := 0
	for question, r := range sealed {
		alike(t, question, r, never[question])
		if was, had := before[question]; had && seen(r) != seen(was) {
			changed++
		}
	}
	for i, r := range sealedAgain {
		alike(t, again[i].who+": "+again[i].query, r, neverAgain[i])
	}
	if changed < 10 {
		t.Fatalf("sealing changed %d answers: what was sealed was hardly seen before", changed)
	}
}

// Sealed is absent already, so that nobody learns of a destruction but the officers who decide on it.
func TestAttack32WhatIsDestroyedChangesNoAnswerButWhatTheOfficersDecideOn(t *testing.T) {
	h, conn := open(t)
	change(t, conn, "update korpu.case_file set sealed_at = sealed_at - interval '10 years' where sealed_at is not null")
	change(t, conn, "delete from korpu.expungement where status <> 'EXPUNGED'")
	change(t, conn, "delete from korpu.legal_hold")
	change(t, conn, `insert into korpu.expungement (agency_id, author_id, status, case_id, decider_id, decided_at)
	  select o.agency_id, o.staff_id, 'APPROVED', d.id, s.staff_id, now() from korpu.expungement_due d, korpu.admission o, korpu.admission s where o.subject = 'dpo' and s.subject = 'dpo-two'`)
	sealed := answers(t, h, everything, further)
	if n, err := sealing.Expunge(t.Context(), conn); err != nil || n < 3 {
		t.Fatalf("%d cases were destroyed, error %v", n, err)
	}
	destroyed, changed := answers(t, h, everything, further), 0
	for question, r := range destroyed {
		if strings.HasPrefix(question, "dpo for DATA_PROTECTION: { expungements") {
			changed++
			continue
		}
		alike(t, question, r, sealed[question])
	}
	if changed == 0 {
		t.Error("the officers were not asked")
	}
}

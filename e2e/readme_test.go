package e2e

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

const readmeNumber = "SUM-2026-00057"

// What the README's question asks about, whatever the day: a case before the court of Sumgayit of a child whom the lawyer of
// the clinic defends, with a note, and no consent.
var readmeCase = []string{
	"update korpu.case_file set number = '" + readmeNumber + "x' where number = '" + readmeNumber + "'",
	"update korpu.case_file set number = '" + readmeNumber + `', stage = 'COURT', court_id = (select id from korpu.agency where code = 'SUM-COURT')
	  where id = (select n.case_id from korpu.legal_note n join korpu.case_file c on c.id = n.case_id join korpu.child k on k.id = c.child_id
	               where c.sealed_at is null and cardinality(k.counsel) > 0 order by c.number limit 1)`,
	`insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since)
	  select child_id, id, court_id, author_id, 'COURT', opened_on from korpu.case_file where number = '` + readmeNumber + "'",
	`insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since)
	  select c.child_id, s.agency_id, s.id, s.id, 'S', c.opened_on from korpu.case_file c, korpu.staff s join korpu.staff_identity i on i.staff_id = s.id
	   where c.number = '` + readmeNumber + "' and i.subject = 'lawyer'",
	"update korpu.legal_note set signed_at = now() where case_id = (select id from korpu.case_file where number = '" + readmeNumber + "')",
	"delete from korpu.consent where child_id = (select child_id from korpu.case_file where number = '" + readmeNumber + "')",
}

func TestTheReadmesQuestionIsAnsweredAsItSays(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	question := regexp.MustCompile("(?s)```graphql\n(.*?)```").FindStringSubmatch(string(text))[1]
	answers := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(answers) != 2 || !strings.Contains(question, readmeNumber) {
		t.Fatalf("%d answers to %s", len(answers), question)
	}
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	if _, err := conn.Exec(t.Context(), strings.Join(readmeCase, ";")); err != nil {
		t.Fatal(err)
	}
	for i, role := range []string{"clinic_lawyer", "judge"} {
		got := invented.ReplaceAllString(compact(t, h.Ask(t, hubtest.OfRole(role), question, nil).Body), `"$1":"…"`)
		want := invented.ReplaceAllString(compact(t, []byte(answers[i][1])), `"$1":"…"`)
		if got != want {
			t.Errorf("the %s is answered\n%s\nand the README says\n%s", role, got, want)
		}
	}
}

// invented is what chance decides.
var invented = regexp.MustCompile(`"(familyName|title)":"[^"]+"`)

func compact(t *testing.T, text []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Package e2e asks a whole hub, as its users do: over its handler, with signed tokens, on real PostgreSQL.
package e2e

import (
	"bytes"
	"testing"

	"korpu/internal/hubtest"
)

func TestACourtClerkGetsTheStatusCardAndNothingElse(t *testing.T) {
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	var number string
	var year int
	err := conn.QueryRow(t.Context(), `select c.number, k.year_of_birth from korpu.case_file c join korpu.child k on k.id = c.child_id
	    join korpu.diversion d on d.case_id = c.id join korpu.agency a on a.id = any(c.parties)
	   where a.code = 'SUM-COURT' and c.sealed_at is null order by c.number limit 1`).Scan(&number, &year)
	if err != nil {
		t.Fatal(err)
	}
	clerk := hubtest.Persona("clerk-sumgayit")
	const card = `query($n: String!, $y: Int!) { statusCard(caseNumber: $n, yearOfBirth: $y) { caseNumber initials yearOfBirth status since responsibleAgency nextReviewOn compliance validUntil } }`
	found := h.Ask(t, clerk, card, map[string]any{"n": number, "y": year}).Data(t)["statusCard"]
	if found == nil {
		t.Fatalf("no card for %s", number)
	}
	if other := h.Ask(t, clerk, card, map[string]any{"n": number, "y": year + 1}).Data(t)["statusCard"]; other != nil {
		t.Fatalf("the year of birth was not compared: %v", other)
	}
	for _, forbidden := range []string{"{ cases { nodes { number } } }", "{ children { nodes { id } } }", `{ case(number: "x") { number } }`, "{ hearings { nodes { case { number } } } }", "{ hearings { nodes { reason } } }"} {
		if r := h.Ask(t, clerk, forbidden, nil); !bytes.Contains(r.Body, []byte("Cannot query field")) || bytes.Contains(r.Body, []byte(`"data"`)) {
			t.Errorf("%s: status %d %s", forbidden, r.Status, r.Body)
		}
	}
}

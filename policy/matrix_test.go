package policy

import (
	"strings"
	"testing"
)

func TestTheAccessMatrixIsThatOfTheRules(t *testing.T) {
	golden(t, "../docs/reference/access-matrix.md", Matrix(ours()))
}

func TestTheMatrixOfASmallPolicyReadsAsItsRules(t *testing.T) {
	c := built(t, `g, role:prosecutor, role:anyone
p, role:prosecutor, rows:Case, read, any, party, allow, flagged, "B"
p, role:prosecutor, class:case, read, any, always, allow, flagged, "B"
p, role:anyone, class:alleged, read, any, protected, deny, silent, "C"
`)
	_, text, _ := strings.Cut(Matrix(c), "\n## Case\n")
	text, _, _ = strings.Cut(text, "\nNot seen by")
	wanted := `
A case.

| Field | Class | Prosecutor | Judge (CASE_PROCEEDINGS) |
| --- | --- | :-: | :-: |
| *which records* |  | ◐ᵃ | ◐ᵇ |
| ` + "`id`" + ` | REFERENCE | ● | ● |
| ` + "`number`" + ` | CASE | ● | ● |
| ` + "`allegedFacts`" + ` | ALLEGED |  | ◐ᶜ |
| ` + "`child`" + ` | LINK |  | ● |

- ᵃ Only when the caller's agency is a live party to the case; not while the record is sealed (which the caller is not told).
- ᵇ Only when the case is for the caller's court, which is a live party to it; not while the record is sealed (which the caller is not told).
- ᶜ Only when the case is before the court; not while a protection order stands, or it is not known whether one does (which the caller is not told).

Articles:

- A: every role in the table.
- B: Prosecutor.
- C: Judge (CASE_PROCEEDINGS).
`
	if text != wanted {
		t.Errorf("the matrix is\n%s", text)
	}
}

func TestNotesAreLetteredOnAfterTheAlphabet(t *testing.T) {
	if letters(0) != "ᵃ" || letters(24) != "ᶻ" || letters(25) != "ᵃᵃ" || letters(26) != "ᵃᵇ" {
		t.Errorf("%s %s %s %s", letters(0), letters(24), letters(25), letters(26))
	}
}

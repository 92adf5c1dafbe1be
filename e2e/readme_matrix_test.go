package e2e

import (
	"os"
	"strings"
	"testing"

	"korpu/internal/hubtest"
	"korpu/policy"
)

// The columns and lines of the README's excerpt, as the policy names them.
var (
	readmeRoles = map[string]string{
		"police inspector": "police_inspector", "judge": "judge", "court clerk": "court_clerk", "social worker": "social_worker", "clinic lawyer": "clinic_lawyer", "school": "school_focal_point",
	}
	readmeFields = map[string]string{
		"Child: given and family name": "Child.familyName", "Child: safety need": "Child.safetyNeed", "Case: alleged facts": "Case.allegedFacts",
		"Diversion: acknowledgement": "Diversion.acknowledgement", "Status card": "StatusCard.status", "Legal note: text": "LegalNote.body",
	}
)

func TestTheReadmesMatrixIsThatOfTheRules(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, excerpt, found := strings.Cut(string(text), "| | police inspector |")
	if !found {
		t.Fatal("the README has no excerpt of the matrix")
	}
	excerpt, _, _ = strings.Cut("| | police inspector |"+excerpt, "\n\n")
	lines := strings.Split(excerpt, "\n")
	roles := cells(lines[0])
	seen := 0
	for _, line := range lines[2:] {
		row := cells(line)
		for i, cell := range row[1:] {
			seen++
			if want := sign(t, readmeRoles[roles[i+1]], readmeFields[row[0]]); !strings.HasPrefix(cell, want) || want == "" && cell != "" {
				t.Errorf("%s for the %s: the README has %q, the rules %q", row[0], roles[i+1], cell, want)
			}
		}
	}
	if seen != len(readmeRoles)*len(readmeFields) {
		t.Errorf("%d cells", seen)
	}
}

func cells(line string) []string {
	all := strings.Split(strings.Trim(line, "|"), "|")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// sign is how the matrix writes that a role may see a field, for the role's default purpose.
func sign(t *testing.T, role, field string) string {
	t.Helper()
	purpose, known := policy.DefaultPurpose(role)
	record, name, _ := strings.Cut(field, ".")
	if !known || name == "" {
		t.Fatalf("the README speaks of role %q and field %q", role, field)
	}
	seen := hubtest.Policy().Profile(role, purpose).Types[record]
	if seen == nil {
		return ""
	}
	access, open := seen.Fields[name]
	switch {
	case !open:
		return ""
	case access.Kind == policy.AlwaysOpen:
		return "●"
	}
	return "◐"
}

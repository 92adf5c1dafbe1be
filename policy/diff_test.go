package policy

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"korpu/schema"
)

// with are our rules with one text in a file replaced.
func with(t *testing.T, file, before, after string) *Compiled {
	t.Helper()
	files := Embedded()
	if !strings.Contains(files[file], before) {
		t.Fatalf("%s has no %q", file, before)
	}
	files[file] = strings.ReplaceAll(files[file], before, after)
	c, err := Salvage(schema.FS, files)
	if c == nil {
		t.Fatal(err)
	}
	return c
}

func lines(changes []Change) []string {
	all := make([]string, len(changes))
	for i, c := range changes {
		all[i] = c.String()
	}
	return all
}

func expectDiff(t *testing.T, before, after *Compiled, wanted ...string) {
	t.Helper()
	if got := lines(Diff(before, after)); !slices.Equal(got, wanted) {
		t.Errorf("the changes are\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(wanted, "\n"))
	}
}

func TestTheSamePolicyDiffersInNothing(t *testing.T) {
	expectDiff(t, ours(), ours())
}

func TestRulesInAnotherOrderDifferInNothing(t *testing.T) {
	files := Embedded()
	for name, text := range files {
		all := strings.Split(strings.TrimSpace(text), "\n")
		slices.Reverse(all)
		files[name] = strings.Join(all, "\n")
	}
	c, err := Build(schema.FS, files)
	if err != nil {
		t.Fatal(err)
	}
	expectDiff(t, ours(), c)
}

func TestRulesThatAreWrittenOtherwiseAndDecideTheSameDifferInNothing(t *testing.T) {
	before := built(t, `p, role:judge, Child.nationalId, read, CASE_PROCEEDINGS, party & counsel, deny, flagged, "B"`+"\n")
	after := built(t, `p, role:judge, Child.nationalId, read, any, counsel, deny, flagged, "C"`+"\n")
	expectDiff(t, before, after)
}

func TestARoleThatGainsAFieldIsNamed(t *testing.T) {
	expectDiff(t, ours(), with(t, "rules/court.csv", "class:alleged, read, CASE_PROCEEDINGS, court_open", "class:alleged, read, CASE_PROCEEDINGS, always"),
		"judge for CASE_PROCEEDINGS gains Allegation.article, actOn, ageAtAct: always (before: only when the case is before the court)",
		"judge for CASE_PROCEEDINGS gains Case.allegedFacts, incident: always (before: only when the case is before the court)")
}

func TestADenialThatIsDroppedIsAGainForAll(t *testing.T) {
	changes := Diff(ours(), with(t, "rules/everyone.csv", "class:contact, read, any, protected, deny", "class:contact, read, any, sealed, deny"))
	roles := map[string]bool{}
	for _, c := range changes {
		roles[c.Profile] = true
		if !c.Gains {
			t.Errorf("no gain: %s", c)
		}
	}
	if len(roles) < 8 {
		t.Errorf("only %d profiles gain: %v", len(roles), lines(changes))
	}
}

func TestARecordThatIsLostIsNamedOnce(t *testing.T) {
	expectDiff(t, ours(), with(t, "rules/defence.csv", "p, role:clinic_lawyer, rows:LegalNote,", "# "),
		"clinic_lawyer for LEGAL_DEFENCE loses Case.legalNotes: never (before: always)",
		"clinic_lawyer for LEGAL_DEFENCE loses Child.legalNotes: never (before: always)",
		"clinic_lawyer for LEGAL_DEFENCE loses LegalNote: never (before: only when the caller is the child's lawyer under a live mandate and the caller's agency entered the record, or the caller wrote the entry and the caller's agency entered the record; not while the record is sealed (which the caller is not told))",
		"clinic_lawyer for LEGAL_DEFENCE loses NoteRelease.note: never (before: always)",
		"clinic_lawyer for LEGAL_DEFENCE loses Mutation.writeNote: never (before: only when the caller is the child's lawyer under a live mandate; not while the record is sealed (which the caller is not told))",
		"clinic_lawyer for LEGAL_DEFENCE loses Mutation.rewriteNote: never (before: only when the caller wrote the entry and the caller is the child's lawyer under a live mandate; not while the record is sealed (which the caller is not told))",
		"clinic_lawyer for LEGAL_DEFENCE loses Mutation.signNote: never (before: only when the caller wrote the entry and the caller is the child's lawyer under a live mandate; not while the record is sealed (which the caller is not told))",
		"clinic_lawyer for LEGAL_DEFENCE loses Mutation.reviewNote: never (before: only when the caller is the child's lawyer under a live mandate and the caller's agency entered the record and the note is signed; not while the record is sealed (which the caller is not told))")
}

func TestAPurposeThatAppearsOrVanishesIsNamed(t *testing.T) {
	without := with(t, "rules/centre.csv", "CHILD_PROTECTION", "REHABILITATION")
	for _, name := range []string{"appears", "vanishes"} {
		before, after := without, ours()
		if name == "vanishes" {
			before, after = after, before
		}
		found := slices.ContainsFunc(Diff(before, after), func(c Change) bool {
			return c.Profile == "social_worker for CHILD_PROTECTION" && c.Record == "Child" && len(c.Fields) == 0 && c.Gains == (name == "appears")
		})
		if !found {
			t.Errorf("that the purpose %s is not told", name)
		}
	}
}

func TestARefusalThatIsToldFromNowOnIsNamed(t *testing.T) {
	before := built(t, `p, role:judge, Child.nationalId, read, any, counsel, deny, silent, "B"`+"\n")
	after := built(t, `p, role:judge, Child.nationalId, read, any, counsel, deny, flagged, "B"`+"\n")
	expectDiff(t, before, after,
		"judge for CASE_PROCEEDINGS is told otherwise of refusals of Child.nationalId: not while the caller is the child's lawyer under a live mandate (before: not while the caller is the child's lawyer under a live mandate (which the caller is not told))")
}

func TestAPolicyOfAnotherReleaseIsComparedAsFarAsItFits(t *testing.T) {
	files := Embedded()
	files["rules/court.csv"] += `p, role:judge, Case.colour, read, any, always, allow, flagged, "A field that is gone"` + "\n"
	c, err := Salvage(schema.FS, files)
	if c == nil || err == nil {
		t.Fatalf("compiled %v, error %v", c, err)
	}
	expectDiff(t, c, ours())
}

// Attack 80: a field that is dropped and made again has no more than its new class gives it.
func TestAFieldThatIsMadeAgainInheritsNothing(t *testing.T) {
	again, err := Build(small(t, txtar.File{Name: "replace schema/contract.graphqls", Data: []byte(`  nationalId: String @data(class: IDENTITY)
=>
  nationalId: String @data(class: LEGAL_PRIVILEGE)
`)}))
	if err != nil {
		t.Fatal(err)
	}
	before, err := Build(small(t))
	if err != nil {
		t.Fatal(err)
	}
	expectDiff(t, before, again, "judge for CASE_PROCEEDINGS loses Child.nationalId: never (before: always)")
}

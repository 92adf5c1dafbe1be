package policy

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anyFormula draws few conditions, so that terms often meet.
func anyFormula(t *rapid.T, label string) Formula {
	condition := rapid.SampledFrom([]string{"party", "assigned", "sealed", "protected", "consented"})
	terms := func(label string, deny bool) []Term {
		var all []Term
		for range rapid.IntRange(0, 3).Draw(t, label+" terms") {
			names := rapid.SliceOfNDistinct(condition, 0, 3, rapid.ID).Draw(t, label)
			all = append(all, Term{Conditions: names, Rules: []*Rule{{Deny: deny, Silent: deny && rapid.Bool().Draw(t, label+" silent")}}})
		}
		return all
	}
	return Formula{Allow: terms(label+" allow", false), Deny: terms(label+" deny", true)}
}

func TestWhatRemainsOfAFormulaOnSeenRowsDecidesThereAsTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row, field := anyFormula(t, "row"), anyFormula(t, "field")
		rest := field.given(row)
		for _, facts := range assignments(conditionsOf(row, field)) {
			if row.Holds(facts) && rest.Holds(facts) != field.Holds(facts) {
				t.Fatalf("where %s, the field is %t and what remains of it %t", words(facts), field.Holds(facts), rest.Holds(facts))
			}
		}
	})
}

func TestTheKindOfAFormulaIsThatOfItsTruthTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFormula(t, "formula").given(Formula{Allow: []Term{{}}})
		open, all := 0, assignments(conditionsOf(f))
		for _, facts := range all {
			if f.Holds(facts) {
				open++
			}
		}
		kind := When
		switch open {
		case 0:
			kind = Never
		case len(all):
			kind = AlwaysOpen
		}
		if kindOf(f) != kind {
			t.Fatalf("kind %d of a formula that holds in %d of %d assignments", kindOf(f), open, len(all))
		}
	})
}

// A denial that is silent is told by no other rule: where only silent denials close a field, nothing is told.
func TestASilentDenialIsNeverTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row, field := anyFormula(t, "row"), anyFormula(t, "field")
		guard := field.given(row)
		a := Access{Kind: kindOf(guard), Guard: guard, Withheld: withholding(kindOf(guard), guard)}
		aloud := Formula{Allow: field.Allow, Deny: slices.DeleteFunc(slices.Clone(field.Deny), silent)}
		for _, facts := range assignments(conditionsOf(row, field)) {
			if row.Holds(facts) && aloud.Holds(facts) && a.tells(facts) {
				t.Fatalf("where %s, a refusal is told that only silent denials give", words(facts))
			}
		}
	})
}

func TestASilentDenialOutweighsOneThatSaysTheSameAloud(t *testing.T) {
	silently, aloud := &Rule{Deny: true, Silent: true}, &Rule{Deny: true}
	for _, deny := range [][]Term{
		{{[]string{"protected"}, []*Rule{silently}}, {[]string{"protected"}, []*Rule{aloud}}},
		{{[]string{"protected"}, []*Rule{aloud}}, {[]string{"protected"}, []*Rule{silently}}},
		{{[]string{"party", "protected"}, []*Rule{aloud}}, {[]string{"protected"}, []*Rule{silently}}},
	} {
		f := Formula{Allow: []Term{{}}, Deny: deny}.given(Formula{Allow: []Term{{Conditions: []string{"party"}}}})
		if w := withholding(kindOf(f), f); w != nil {
			t.Errorf("told: %q", w.Reason)
		}
	}
}

func TestAReasonNamesBothWhatIsMissingAndWhatCloses(t *testing.T) {
	f := Formula{
		Allow: []Term{{[]string{"consented"}, []*Rule{{Basis: "A"}}}},
		Deny:  []Term{{[]string{"sealed"}, []*Rule{{Deny: true, Basis: "B"}}}},
	}
	w := withholding(When, f)
	wanted := "Open only when a live consent covers this class of data, the caller's agency and the purpose, and the child has not answered otherwise. Closed while the record is sealed."
	if w == nil || w.Reason != wanted || w.Basis != "A; B" {
		t.Errorf("%+v", w)
	}
}

func TestWhatIsNotKnownNeverAllowsAndAlwaysDenies(t *testing.T) {
	f := Formula{Allow: []Term{{Conditions: []string{"party"}}}, Deny: []Term{{Conditions: []string{"sealed"}}}}
	for _, facts := range assignments([]string{"party", "sealed"}) {
		if wanted := facts["party"] == True && facts["sealed"] == False; f.Holds(facts) != wanted {
			t.Errorf("where %s: %t", words(facts), !wanted)
		}
	}
}

func TestWhatTheRowsImplyIsNotAskedAgainOfAField(t *testing.T) {
	row := Formula{
		Allow: []Term{{Conditions: []string{"party", "jurisdiction"}}, {Conditions: []string{"party", "assigned"}}},
		Deny:  []Term{{Conditions: []string{"sealed"}}},
	}
	field := Formula{
		Allow: []Term{{Conditions: []string{"party", "consented"}}},
		Deny:  []Term{{Conditions: []string{"party", "protected"}}, {Conditions: []string{"counsel", "sealed"}}},
	}
	rest := field.given(row)
	wanted := Formula{Allow: []Term{{Conditions: []string{"consented"}}}, Deny: []Term{{Conditions: []string{"protected"}}}}
	if !slices.Equal(rest.shape(), wanted.shape()) {
		t.Errorf("what remains is %v", rest.shape())
	}
	either := Formula{Allow: []Term{{Conditions: []string{"jurisdiction"}}, {Conditions: []string{"assigned"}}}}
	if rest := either.given(row); kindOf(rest) != AlwaysOpen {
		t.Errorf("what remains is %v", rest.shape())
	}
}

package policy

import (
	"strings"
	"testing"
)

func explained(t *testing.T, role, object string) *Explanation {
	t.Helper()
	e, err := Explain(ours(), role, "", object)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAnExplanationGivesWordsRulesArticlesAndSQL(t *testing.T) {
	text := explained(t, "prosecutor", "Case.allegedFacts").String()
	for _, wanted := range []string{
		"Case.allegedFacts (ALLEGED), for prosecutor for CASE_PROCEEDINGS\n",
		"Records: only when the caller's agency is a live party to the case; not while the record is sealed (which the caller is not told).\n",
		"rules/prosecution.csv:", "rules/everyone.csv:",
		`p, role:prosecutor, class:alleged, read, CASE_PROCEEDINGS, prosecution_open, allow, flagged, "Beijing Rules 11; 21.1"`,
		"Field, on records that are seen: only when the case is with investigator or prosecutor.\n",
		"withheld says: Open only when the case is with investigator or prosecutor. Ask the authority before which the case is now. (Beijing Rules 11; 21.1)\n",
		"sql  where t.parties @> array[(select korpu.agency())] and (t.sealed_at is null)\n",
		"sql  case when (t.stage in ('INVESTIGATION', 'PROSECUTION')) is true then t.alleged_facts end as alleged_facts,\n",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "sql   where", "sql  where"), wanted) {
			t.Errorf("%q is missing from\n%s", wanted, text)
		}
	}
}

func TestAnExplanationSaysWhenARefusalIsNotTold(t *testing.T) {
	if text := explained(t, "police_officer", "Child.phone").String(); !strings.Contains(text, "Where it is closed it is null, and the caller is not told.") {
		t.Error(text)
	}
}

func TestAnExplanationOfWhatIsNeverSeenSaysSo(t *testing.T) {
	for object, wanted := range map[string]string{
		"Diversion.acknowledgement": "no rule speaks of it\n  The field is not in the schema",
		"LegalNote":                 "The type is not in the schema",
		"LegalNote.body":            "The field is not in the schema",
	} {
		if text := explained(t, "prosecutor", object).String(); !strings.Contains(text, wanted) {
			t.Errorf("%s:\n%s", object, text)
		}
	}
}

func TestEveryObjectCanBeExplainedToEveryProfile(t *testing.T) {
	for _, p := range ours().Profiles {
		for _, object := range objectsOf(ours().Catalog) {
			e, err := Explain(ours(), p.Role, p.Purpose, strings.TrimSuffix(object, ".@row"))
			if err != nil {
				t.Fatal(err)
			}
			if text := e.String(); !strings.Contains(text, p.Role) || strings.Contains(text, "says nothing of") {
				t.Errorf("%s for %s:\n%s", object, p, text)
			}
		}
	}
}

func TestAnExplanationAsksCasbinUnderTheGivenFacts(t *testing.T) {
	e := explained(t, "prosecutor", "Case.allegedFacts")
	for _, asked := range []struct {
		facts map[string]Truth
		open  bool
	}{
		{map[string]Truth{"party": True, "prosecution_open": True}, true},
		{map[string]Truth{"party": True, "prosecution_open": True, "sealed": Unknown}, false},
		{map[string]Truth{"party": True, "prosecution_open": Unknown}, false},
		{map[string]Truth{"prosecution_open": True}, false},
		{nil, false},
	} {
		if open, err := e.Ask(asked.facts); err != nil || open != asked.open {
			t.Errorf("where %s: %t, error %v", words(asked.facts), open, err)
		}
	}
	if open, err := explained(t, "prosecutor", "Case").Ask(map[string]Truth{"party": True}); err != nil || !open {
		t.Errorf("rows: %t, error %v", open, err)
	}
	if _, err := e.Ask(map[string]Truth{"partyy": True}); err == nil {
		t.Error("a fact that is no condition was taken")
	}
}

func TestAnExplanationOfNothingIsRefused(t *testing.T) {
	for _, asked := range [][3]string{
		{"magistrate", "", "Case"}, {"judge", "EDUCATION", "Case"}, {"judge", "", "Cases"}, {"judge", "", "Case.withheld"}, {"judge", "", ""},
	} {
		if _, err := Explain(ours(), asked[0], asked[1], asked[2]); err == nil {
			t.Errorf("%v was explained", asked)
		}
	}
}

func TestFactsAreTrueFalseOrUnknown(t *testing.T) {
	for word, wanted := range map[string]Truth{"true": True, "false": False, "unknown": Unknown} {
		if got, err := ParseTruth(word); err != nil || got != wanted {
			t.Errorf("%s: %s, error %v", word, got, err)
		}
	}
	if _, err := ParseTruth("yes"); err == nil {
		t.Error("another word was taken")
	}
}

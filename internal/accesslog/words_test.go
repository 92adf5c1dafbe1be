package accesslog

import (
	"testing"

	"korpu/policy"
	"korpu/schema"
)

// Whom a report of harm is about may read the log of the child; that an agency may see such reports is no secret.
func TestTheLogDoesNotTellThatHarmWasReported(t *testing.T) {
	catalog, err := policy.ReadCatalog(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{catalog: catalog}
	if kinds := p.kindsByType([]string{"HarmReport.account", "HarmReport.kind", "Child.givenName"}); len(kinds["HarmReport"]) != 0 || len(kinds["Child"]) == 0 {
		t.Errorf("a reading is told as %v", kinds)
	}
	if kinds := (Sharing{Classes: []string{"HARM"}}).Kinds(); len(kinds) != 1 || kinds[0] != "SAFETY" {
		t.Errorf("that an agency may see reports is told as %v", kinds)
	}
}

func TestEveryClassRoleAndPurposeHasWordsForAChildInThreeLanguages(t *testing.T) {
	catalog, err := policy.ReadCatalog(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]language{"Azerbaijani": azerbaijani, "Russian": russian, "English": english} {
		for _, class := range catalog.Schema.Types["DataClass"].EnumValues {
			kind, known := kindOf[class.Name]
			if !known || kind != "" && l.kinds[kind] == "" {
				t.Errorf("%s: class %s has no words", name, class.Name)
			}
		}
		for _, r := range policy.Roles {
			if l.roles[r.Name] == "" {
				t.Errorf("%s: role %s has no words", name, r.Name)
			}
		}
		for _, purpose := range policy.Purposes {
			if l.purposes[purpose] == "" {
				t.Errorf("%s: purpose %s has no words", name, purpose)
			}
		}
		if l.kinds[file] == "" || l.looked == "" || l.why == "" {
			t.Errorf("%s: words are missing", name)
		}
	}
}

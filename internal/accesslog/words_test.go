package accesslog

import (
	"testing"

	"korpu/policy"
	"korpu/schema"
)

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

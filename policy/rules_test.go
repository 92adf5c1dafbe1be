package policy

import (
	"strings"
	"testing"
	"testing/fstest"

	"korpu/schema"
)

func TestTheSameRulesAreTheSamePolicyWhereverTheyAreReadFrom(t *testing.T) {
	top, folder := fstest.MapFS{}, fstest.MapFS{}
	for name, text := range Embedded() {
		top[strings.TrimPrefix(name, "rules/")] = &fstest.MapFile{Data: []byte(text)}
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, fsys := range []fstest.MapFS{top, folder} {
		files, err := ReadFiles(fsys)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Build(schema.FS, files)
		if err != nil || c.Hash != ours().Hash {
			t.Errorf("hash %s, error %v", c.Hash, err)
		}
	}
	top["rules/court.csv"] = top["court.csv"]
	if _, err := ReadFiles(top); err == nil {
		t.Error("two files of one name were taken")
	}
}

func TestAnotherPolicyHasAnotherHash(t *testing.T) {
	files := Embedded()
	files["rules/court.csv"] += "# a comment\n"
	c, err := Build(schema.FS, files)
	if err != nil || c.Hash == ours().Hash {
		t.Errorf("hash %s, error %v", c.Hash, err)
	}
}

// A release that makes other views of the same rules has to be applied, so its policy has another hash.
func TestOtherViewsOfTheSameRulesHaveAnotherHash(t *testing.T) {
	c, err := Build(schema.FS, Embedded())
	if err != nil {
		t.Fatal(err)
	}
	profile(t, c, "judge", "CASE_PROCEEDINGS").Types["Case"].Row.Guard.Deny = nil
	if other, err := hash(c); err != nil || other == ours().Hash {
		t.Errorf("hash %s, error %v", other, err)
	}
}

func TestNestedGroupsGiveWhatCasbinSaysTheyGive(t *testing.T) {
	c := built(t, `g, role:prosecutor, role:left
g, role:prosecutor, role:right
g, role:left, role:both
g, role:right, role:both
g, role:both, role:anyone
p, role:both, rows:Case, read, any, party, allow, flagged, "B"
p, role:left, class:case, read, any, always, allow, flagged, "B"
p, role:right, Case.number, read, any, own_court, deny, flagged, "B"
`)
	if err := c.Verify(); err != nil {
		t.Error(err)
	}
	number := profile(t, c, "prosecutor", "CASE_PROCEEDINGS").Types["Case"].Fields["number"]
	if number.Kind != When || len(number.Guard.Deny) != 1 {
		t.Errorf("%+v", number)
	}
}

func TestManyGroupsInCirclesAreRefusedSoon(t *testing.T) {
	var b strings.Builder
	for i := range 12 {
		for j := range 12 {
			b.WriteString("g, role:g" + string(rune('a'+i)) + ", role:g" + string(rune('a'+j)) + "\n")
		}
	}
	if _, err := Build(schema.FS, Files{"rules/f.csv": b.String()}); err == nil {
		t.Error("circles were taken")
	}
}

func TestTheDefaultPurposeOfARoleIsItsFirst(t *testing.T) {
	if purpose, ok := DefaultPurpose("police_inspector"); !ok || purpose != "SUPERVISION" {
		t.Error(purpose)
	}
	if _, ok := DefaultPurpose("magistrate"); ok {
		t.Error("an unknown role has a purpose")
	}
}

func TestEveryPurposeOfARoleIsInTheList(t *testing.T) {
	for _, r := range Roles {
		for _, purpose := range r.Purposes {
			if !Allowed(r.Name, purpose) || strings.Count(strings.Join(Purposes, " ")+" ", purpose+" ") != 1 {
				t.Errorf("%s for %s", r.Name, purpose)
			}
		}
	}
}

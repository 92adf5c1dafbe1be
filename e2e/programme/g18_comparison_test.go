package programme

import (
	"fmt"
	"strings"
	"testing"
)

const sideBySide = `warnings rehabilitation { children events countedFrom months } detention { children events countedFrom }
	strata { dimension band rehabilitationChildren rehabilitationEvents detentionChildren detentionEvents }`

// As ministry I compare rehabilitation with detention: part by part, with what is too few left out, and with what such a comparison cannot tell.
func TestStoryG18ProgrammeAndDetentionAreComparedPartByPartWithWarnings(t *testing.T) {
	s := tell(t)
	district := s.group("G18", "PROGRAMME", 24, 6)
	s.run("update korpu.case_file set district_id = $1 where district_id = $2", district, s.group("G18-HELD", "DETENTION", 16, 6))
	one := s.counted(s.define(map[string]any{"district": district}), false)
	other := s.counted(s.define(map[string]any{"district": district, "path": "DETENTION", "countedFrom": "END"}), false)
	compare := func(one, other map[string]any) map[string]any {
		return map[string]any{"rehabilitation": one["id"], "detention": other["id"]}
	}
	s.do("analyst", "compareCohorts", "id", compare(one, one)).Refused("INVALID", "one of detention")
	elsewhere := s.nodes("analyst", results, map[string]any{"path": "DETENTION", "months": 24.0})[0]
	s.do("analyst", "compareCohorts", "id", compare(one, elsewhere)).Refused("INVALID", "same half-years")
	s.do("dpo", "compareCohorts", "id", compare(one, other)).Refused("INVALID", "")

	got := s.do("analyst", "compareCohorts", sideBySide, compare(one, other)).Done()
	s.holds(got["rehabilitation"].(map[string]any), map[string]any{"children": 24.0, "events": 6.0, "countedFrom": "ENTRY", "months": 8.0})
	s.holds(got["detention"].(map[string]any), map[string]any{"children": 16.0, "events": 6.0, "countedFrom": "END"})
	told := fmt.Sprint(got["warnings"])
	for _, words := range []string{"not by chance", "does not show what that has brought about", "A group is small", "intervals of the two shares overlap", "from the entry on, the other from the end"} {
		if !strings.Contains(told, words) {
			t.Errorf("%q is not told: %s", words, told)
		}
	}
	s.divided(list(got, "strata"))
	s.do("analyst", "compareCohorts", "id", compare(one, other)).Refused("CONFLICT", "")
	for _, who := range []string{"manager", "judge-sumgayit"} {
		s.hasNo(who, "{ comparisons(first: 1) { totalCount } }")
	}
}

// A cohort that is too small to be shown is not shown as nought beside another.
func TestStoryG18ACohortThatIsTooSmallIsNotShownAsNone(t *testing.T) {
	s := tell(t)
	district := s.group("G18-FEW", "PROGRAMME", 4, 0)
	s.run("update korpu.case_file set district_id = $1 where district_id = $2", district, s.group("G18-MANY", "DETENTION", 16, 6))
	few := s.counted(s.define(map[string]any{"district": district}), false)
	many := s.counted(s.define(map[string]any{"district": district, "path": "DETENTION", "countedFrom": "END"}), false)
	got := s.do("analyst", "compareCohorts", sideBySide, map[string]any{"rehabilitation": few["id"], "detention": many["id"]}).Done()
	if len(list(got, "strata")) == 0 {
		t.Fatal("there are no parts")
	}
	for _, part := range list(got, "strata") {
		if part["rehabilitationChildren"] != nil || part["rehabilitationEvents"] != nil {
			t.Errorf("%v", part)
		}
	}
}

// divided fails the test unless the groups are divided in six ways, and no part shows what is too few, or tells it by the sum.
func (s *story) divided(parts []map[string]any) {
	s.t.Helper()
	dimensions, out := map[any]int{}, map[string]int{}
	for _, p := range parts {
		dimensions[p["dimension"]]++
		for _, group := range []string{"rehabilitation", "detention"} {
			n, shown := p[group+"Children"].(float64)
			events, counted := p[group+"Events"].(float64)
			if shown && n > 0 && n < 5 || counted && n > 0 && (events < 5 || n-events < 5) || counted && !shown {
				s.t.Errorf("%v shows what is too few", p)
			}
			if !shown {
				out[fmt.Sprint(p["dimension"], group)]++
			}
		}
	}
	for _, d := range []string{"AGE", "SEX", "GRAVITY", "PRIOR_CONTACTS", "REGION", "FOLLOW_UP"} {
		if dimensions[d] == 0 {
			s.t.Errorf("the groups are not divided by %s", d)
		}
	}
	if out["AGErehabilitation"] < 2 { // three children are under fourteen
		s.t.Errorf("of the ages there is left out %v", out)
	}
	for of, n := range out {
		if n == 1 {
			s.t.Errorf("%s leaves out one part, which the sum tells", of)
		}
	}
}

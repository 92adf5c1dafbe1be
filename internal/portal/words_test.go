package portal

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/policy"
	"korpu/schema"
)

// lists are the closed lists whose values pages show, with the enum of the SDL that they come from.
var lists = map[string]string{
	"diversion": "DiversionStatus", "compliance": "Compliance", "hearing": "HearingKind", "place": "SessionPlace", "stage": "CaseStage",
	"contact": "LawyerContactKind", "school": "SchoolStatus", "plan": "CarePlanStatus", "domain": "PlanDomain", "service": "Service",
	"referral": "ReferralStatus", "decision": "ConsentDecision", "attendance": "Attendance", "absence": "AbsenceReason", "finding": "EmergencyFinding",
	"class": "DataClass", "outcome": "VisitOutcome", "source": "IntakeSource", "rejection": "RejectionReason", "answer": "AssentAnswer", "explained": "ExplanationForm",
	"procedure": "ProcedureKind", "condition": "ConditionKind", "capacity": "PartyCapacity", "topic": "MeetingTopic", "harm": "HarmKind", "relation": "Relation",
	"held_in": "PlaceKind", "mandate_as": "MandateCapacity", "expungement": "ExpungementStatus",
}

func texts(t *testing.T, lang string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("words", lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	want := slices.Sorted(maps.Keys(texts(t, "az")))
	for _, lang := range languages[1:] {
		if got := slices.Sorted(maps.Keys(texts(t, lang))); !slices.Equal(got, want) {
			t.Errorf("%s has other texts than az: %v", lang, difference(got, want))
		}
	}
}

// difference are those of either that the other lacks.
func difference(a, b []string) []string {
	lacking := func(x, y []string) []string {
		return slices.DeleteFunc(slices.Clone(x), func(s string) bool { return slices.Contains(y, s) })
	}
	return append(lacking(a, b), lacking(b, a)...)
}

var (
	said   = regexp.MustCompile(`\.(?:T|Count) "([a-z_.A-Z]+)"`)
	inCode = regexp.MustCompile(`"((?:signin|problem)\.[A-Za-z_]+)"`)
)

// needed are the names of all texts that templates, code and the closed lists ask for.
func needed(t *testing.T) []string {
	t.Helper()
	all := []string{"notice.done"}
	for pattern, files := range map[*regexp.Regexp]string{said: "templates/*.html", inCode: "*.go"} {
		names, err := filepath.Glob(files)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range pattern.FindAllStringSubmatch(string(text), -1) {
				all = append(all, m[1])
			}
		}
	}
	for name := range templates {
		all = append(all, "page."+name)
	}
	for code := range statuses {
		all = append(all, "problem."+code)
	}
	for _, lang := range languages {
		all = append(all, "language."+lang)
	}
	return append(all, values(t)...)
}

func values(t *testing.T) (all []string) {
	t.Helper()
	catalog, err := policy.ReadCatalog(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	sdl := catalog.Schema
	for list, enum := range lists {
		if sdl.Types[enum] == nil || sdl.Types[enum].Kind != ast.Enum {
			t.Fatalf("there is no enum %s", enum)
		}
		for _, v := range sdl.Types[enum].EnumValues {
			all = append(all, list+"."+v.Name)
		}
	}
	for _, role := range policy.Roles {
		all = append(all, "role."+role.Name)
		for _, purpose := range role.Purposes {
			all = append(all, "purpose."+purpose)
		}
	}
	return all
}

func TestEveryTextThatIsNeededIsThereAndNoOther(t *testing.T) {
	have := texts(t, "az")
	want := needed(t)
	for _, name := range want {
		if _, ok := have[name]; !ok {
			t.Errorf("%s is said and has no text", name)
		}
	}
	for name := range have {
		if !slices.Contains(want, name) && !strings.HasPrefix(name, "field.") {
			t.Errorf("nothing says %s", name)
		}
	}
}

func TestRussianCountsAsRussianDoes(t *testing.T) {
	v := &view{Language: "ru"}
	for n, want := range map[int]string{1: "1 ребёнок", 3: "3 ребёнка", 5: "5 детей", 21: "21 ребёнок"} {
		if got := v.Count("children.count", n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

func TestNamesAreInTheOrderOfTheLanguage(t *testing.T) {
	people := []any{}
	for _, name := range []string{"Zeynalov", "Çələbiyev", "Cavadov", "Əliyev", "Eyvazov", "Şirinov", "Salmanov"} {
		people = append(people, map[string]any{"familyName": name})
	}
	var got []string
	for _, person := range (&view{Language: "az"}).Sorted(people) {
		got = append(got, person.(map[string]any)["familyName"].(string))
	}
	if want := []string{"Cavadov", "Çələbiyev", "Eyvazov", "Əliyev", "Salmanov", "Şirinov", "Zeynalov"}; !slices.Equal(got, want) {
		t.Error(got)
	}
}

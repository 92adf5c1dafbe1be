package portal

import (
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2"

	"korpu/policy"
	"korpu/schema"
)

var compiled = sync.OnceValues(func() (*policy.Compiled, error) { return policy.Build(schema.FS, policy.Embedded()) })

func profile(t *testing.T, role string) *policy.Profile {
	t.Helper()
	c, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	purpose, _ := policy.DefaultPurpose(role)
	return c.Profile(role, purpose)
}

// namesOf are the roles that have a page, with the name that it has for each.
func namesOf(g page) map[string]string {
	all := map[string]string{}
	for _, role := range policy.Roles {
		if name := g.Name(role.Name); name != "" {
			all[role.Name] = name
		}
	}
	return all
}

// What a role may not ask for is not in its schema, so a page of it is refused as a whole.
func TestEveryPageAsksWhatItsRolesMayAsk(t *testing.T) {
	for _, g := range pages {
		for role, name := range namesOf(g) {
			if templates[name] == nil || documents[name] == nil {
				t.Fatalf("%s has no template or no document %s", g.path, name)
			}
			if _, err := gqlparser.LoadQuery(profile(t, role).Schema(), documents[name].text); err != nil {
				t.Errorf("%s for %s: %v", name, role, err)
			}
		}
	}
}

func TestEveryFormIsACommandOfSomeRole(t *testing.T) {
	for name, d := range documents {
		if !strings.HasPrefix(name, "do_") {
			continue
		}
		open := 0
		for _, role := range policy.Roles {
			if _, err := gqlparser.LoadQuery(profile(t, role.Name).Schema(), d.text); err == nil {
				open++
			}
		}
		if open == 0 {
			t.Errorf("%s is a command of nobody", name)
		}
	}
}

func TestEveryRoleHasAPageToBeginAt(t *testing.T) {
	for _, role := range policy.Roles {
		if len(menu(role.Name)) == 0 {
			t.Errorf("%s has none", role.Name)
		}
	}
}

func TestWhatAFormSaysBecomesWhatTheCommandAsksFor(t *testing.T) {
	got := documents["do_attendance"].given(map[string][]string{
		"id": {"x"}, "expectedVersion": {"3"}, "attended": {"NO"}, "reason": {""}, "acceptable": {"true"}, "back": {"/today"},
	})
	want := map[string]any{"id": "x", "expectedVersion": 3, "attended": "NO", "acceptable": true}
	if len(got) != len(want) {
		t.Fatal(got)
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s: %v", name, got[name])
		}
	}
}

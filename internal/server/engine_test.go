package server

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

// twoRoles answers the whole schema to the role in the header Korpu-Role "whole" and one without `me` to all others.
func twoRoles(version *string) Config {
	whole := newStub(testSDL)
	part := newStub(strings.Replace(testSDL, "  me: String!\n", "", 1))
	c := testConfig(whole)
	c.Authenticate = func(_ context.Context, h http.Header) (identity.Subject, error) {
		s := testSubject
		s.Role = h.Get("Korpu-Role")
		return s, nil
	}
	c.Schema = func(role, _ string) (graphql.ExecutableSchema, string, error) {
		switch role {
		case "whole":
			return whole, *version, nil
		case "part":
			return part, *version, nil
		}
		return nil, "", fault.New(fault.Forbidden, "no such profile")
	}
	return c
}

func TestADocumentThatIsValidForOneRoleIsNotForAnother(t *testing.T) {
	version := "1"
	h := New(twoRoles(&version)).Handler()
	const body = `{"query":"{ me }"}`
	for range 3 {
		if w := post(h, body, "Korpu-Role", "whole"); w.Code != 200 {
			t.Fatalf("the role that has the field got %s", w.Body)
		}
		wantRefusal(t, post(h, body, "Korpu-Role", "part"), http.StatusBadRequest, fault.Invalid)
	}
	wantRefusal(t, post(h, body, "Korpu-Role", "none"), http.StatusForbidden, fault.Forbidden)
}

func TestAnOldPolicysEnginesAreDropped(t *testing.T) {
	version := "1"
	s := New(twoRoles(&version))
	ask := func(role string) *engine {
		e, err := s.engines.of(profile{role, "COURT_ADMINISTRATION"})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	first, other := ask("whole"), ask("part")
	if ask("whole") != first || ask("part") != other || first == other {
		t.Error("an engine is not kept while its policy is in force")
	}
	version = "2"
	if renewed := ask("whole"); renewed == first || renewed.version != "2" || len(s.engines.byProfile) != 1 {
		t.Errorf("kept %v", s.engines.byProfile)
	}
}

func TestEnginesAreMadeOnceForManyAtOnce(t *testing.T) {
	version := "1"
	s := New(twoRoles(&version))
	var wait sync.WaitGroup
	made := make([]*engine, 16)
	for i := range made {
		wait.Go(func() { made[i], _ = s.engines.of(profile{role: "whole"}) })
	}
	wait.Wait()
	for _, e := range made {
		if e == nil || e != made[0] {
			t.Fatal("two requests at once made two engines")
		}
	}
}

func TestTheCacheOfDocumentsIsBounded(t *testing.T) {
	c := testConfig(newStub(testSDL))
	c.Limits = DefaultLimits
	c.Limits.Documents = 2
	s := New(c)
	for _, query := range []string{"{ a: me }", "{ b: me }", "{ c: me }", "{ nothing }", "{ me } #" + strings.Repeat("x", longestKept)} {
		ask(s.Handler(), query, nil)
	}
	e, _ := s.engines.of(profile{testSubject.Role, testSubject.Purpose})
	if e.documents.Len() != 2 {
		t.Errorf("kept %d documents", e.documents.Len())
	}
}

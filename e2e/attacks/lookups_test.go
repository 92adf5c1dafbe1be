package attacks

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"korpu/internal/hub"
	"korpu/internal/hubtest"
	"korpu/internal/postgres/pgtest"
)

// free is how many look-ups of one person and client may find nothing before they are limited.
const free = 10

const card = `query($n: String!, $y: Int!) { statusCard(caseNumber: $n, yearOfBirth: $y) { status } }`

// tries asks for cards of numbers that do not exist, n in one operation, and tells how many were answered.
func tries(t *testing.T, h *hubtest.Hub, a hubtest.Asker, n int) int {
	t.Helper()
	return answered(hubtest.Send(t, h.Hub, h.Request(t, a, aliased(n), nil)))
}

func aliased(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: statusCard(caseNumber: \"SUM-2026-9%04d\", yearOfBirth: 2010) { status } ", i, i)
	}
	return "{ " + b.String() + "}"
}

// answered counts the look-ups of which the answer says that nothing was found.
func answered(r hubtest.Response) int {
	if !strings.Contains(string(r.Body), `"data":{`) {
		return 0
	}
	return strings.Count(string(r.Body), ":null")
}

// existing is the number and year of a card that the clerk of Sumgayit's court may see.
func existing(t *testing.T, h *hubtest.Hub) map[string]any {
	t.Helper()
	var number string
	var year int
	err := hubtest.Connect(t, h.Admin).QueryRow(t.Context(), `select c.number, k.year_of_birth from korpu.case_file c join korpu.child k on k.id = c.child_id join korpu.diversion d on d.case_id = c.id
	   where c.sealed_at is null and c.parties @> array[(select id from korpu.agency where code = 'SUM-COURT')] order by c.number limit 1`).Scan(&number, &year)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"n": number, "y": year}
}

func TestFailedLookUpsAreLimitedAcrossRequests(t *testing.T) {
	h, _ := open(t)
	clerk := hubtest.Persona("clerk-sumgayit")
	found := existing(t, h)
	for i := range free {
		if tries(t, h, clerk, 1) != 1 {
			t.Fatalf("the look-up %d was refused", i+1)
		}
	}
	r := h.Ask(t, clerk, card, map[string]any{"n": "SUM-2026-90000", "y": 2010})
	if r.Status != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" || strings.Contains(string(r.Body), `"data"`) {
		t.Errorf("%d %v %s", r.Status, r.Header, r.Body)
	}
	alike(t, "an existing number after the limit", h.Ask(t, clerk, card, found), r)
	if h.Ask(t, clerk, "{ hearings { totalCount } }", nil).Status != http.StatusOK {
		t.Error("lists are limited too")
	}
	if tries(t, h, hubtest.Persona("clerk-ganja"), 1) != 1 {
		t.Error("another clerk is limited too")
	}
}

func TestFailedLookUpsAreLimitedAcrossAliases(t *testing.T) {
	h, _ := open(t)
	clerk := hubtest.Persona("clerk-sumgayit")
	if got := tries(t, h, clerk, 6); got != 6 {
		t.Fatalf("%d of 6", got)
	}
	if got := tries(t, h, clerk, 6); got != 0 {
		t.Errorf("%d of 6 more, after six", got)
	}
	if got := tries(t, h, clerk, 4); got != 4 {
		t.Errorf("%d of the last 4", got)
	}
	if got := tries(t, h, clerk, 1); got != 0 {
		t.Error("an eleventh is answered")
	}
}

func TestFailedLookUpsAreLimitedAcrossRequestsAtOnce(t *testing.T) {
	h, _ := open(t)
	clerk := hubtest.Persona("clerk-sumgayit")
	requests := make([]*http.Request, 40)
	for i := range requests {
		requests[i] = h.Request(t, clerk, aliased(2), nil)
	}
	if got := together(t, h.Hub, requests, answered); got != free {
		t.Errorf("%d look-ups at once were answered, not %d", got, free)
	}
}

func TestLookUpsThatFindAreNotLimitedHoweverManyAtOnce(t *testing.T) {
	h, _ := open(t)
	clerk, found := hubtest.Persona("clerk-sumgayit"), existing(t, h)
	requests := make([]*http.Request, 60)
	for i := range requests {
		requests[i] = h.Request(t, clerk, card, found)
	}
	ok := func(r hubtest.Response) int { return strings.Count(string(r.Body), `"status":"`) }
	if got := together(t, h.Hub, requests, ok); got != len(requests) {
		t.Errorf("%d of %d were answered", got, len(requests))
	}
}

// together sends requests side by side and adds up what is counted in their answers.
func together(t *testing.T, to *hub.Hub, requests []*http.Request, count func(hubtest.Response) int) int {
	t.Helper()
	var mutex sync.Mutex
	var wait sync.WaitGroup
	n := 0
	for _, r := range requests {
		wait.Go(func() {
			got := count(hubtest.Send(t, to, r))
			mutex.Lock()
			defer mutex.Unlock()
			n += got
		})
	}
	wait.Wait()
	return n
}

func TestUnknownSealedAndForbiddenNumbersCountTheSame(t *testing.T) {
	h, conn := open(t)
	found := existing(t, h)
	sealed := value[string](t, conn, "select number from korpu.case_file where sealed_at is not null limit 1")
	foreign := value[string](t, conn, "select number from korpu.case_file where sealed_at is null and not parties @> array[(select id from korpu.agency where code = 'SUM-COURT')] limit 1")
	for what, number := range map[string]any{"clerk-sumgayit": found["n"], "clerk-ganja": found["n"], "judge-baku": sealed, "prosecutor-sumgayit": foreign} {
		query, vars := card, map[string]any{"n": number, "y": 1801}
		if !strings.HasPrefix(what, "clerk") {
			query, vars = `query($n: String!) { case(number: $n) { stage } }`, map[string]any{"n": number}
		}
		answers := 0
		for range free + 3 {
			if h.Ask(t, hubtest.Persona(what), query, vars).Status == http.StatusOK {
				answers++
			}
		}
		if answers != free {
			t.Errorf("%s: %d look-ups were answered", what, answers)
		}
	}
}

func TestAPartnersSystemIsLimitedForThePersonItNames(t *testing.T) {
	h, conn := open(t)
	clerks := pgtest.Column[string](t, conn, `select d.staff_id::text from korpu.admitted d join korpu.agency a on a.id = d.agency_id where a.code = 'SUM-COURT' and d.role = 'court_clerk' order by 1`)
	system := hubtest.Asker{Client: "court-system", Role: "court_clerk", OnBehalfOf: clerks[0]}
	if got := tries(t, h, system, free) + tries(t, h, system, 1); got != free {
		t.Errorf("%d look-ups by the system", got)
	}
}

func TestAnUnansweredLookUpGivesItsPlaceBack(t *testing.T) {
	h, conn := open(t)
	clerk, found := hubtest.Persona("clerk-sumgayit"), existing(t, h)
	change(t, conn, "revoke select on all tables in schema v1_court_clerk_court_administration from korpu_read_court_clerk")
	for range free + 5 {
		if r := h.Ask(t, clerk, card, found); r.Status != http.StatusInternalServerError {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
	}
	change(t, conn, "grant select on all tables in schema v1_court_clerk_court_administration to korpu_read_court_clerk")
	if h.Ask(t, clerk, card, found).Data(t)["statusCard"] == nil {
		t.Error("look-ups that were never answered are held against the clerk")
	}
}

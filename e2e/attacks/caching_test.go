package attacks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hub"
	"korpu/internal/hubtest"
	"korpu/policy"
)

// common is a question that several roles may ask, each with an answer of its own.
const common = "query q { cases(first: 20) { totalCount edges { cursor node { id number stage child { id initials } diversion { id status } withheld { field } } } } }"

var askers = []string{"officer-sumgayit", "prosecutor-sumgayit", "judge-sumgayit", "judge-ganja", "judge-baku", "secretary-sumgayit", "manager", "social-worker", "lawyer", "lawyer-two"}

// single is a hub that has one connection, so that whatever a request leaves behind meets the next.
func single(t *testing.T, h *hubtest.Hub) *hub.Hub {
	t.Helper()
	config := h.Config
	config.Options.MaxConns = 1
	opened, err := hub.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	return opened
}

func TestAttack43ADocumentThatOneRoleMayAskIsRefusedForAnotherHoweverOftenItWasSeen(t *testing.T) {
	h, _ := open(t)
	may := map[string]string{
		"lawyer":          "{ children { nodes { legalNotes { nodes { title body } } } } }",
		"manager":         "{ cases { nodes { diversion { agreement conditions { kind } } } } }",
		"dpo":             "{ consents { nodes { kind decision } } }",
		"judge-ganja":     "{ cases { nodes { allegations { article } } } }",
		"school-sumgayit": "{ children { nodes { schoolStatus } } }",
	}
	never := h.Instance(t) // that no owner asks
	for owner, query := range may {
		for _, other := range []string{"clerk-sumgayit", "analyst", "administrator"} {
			refused := hubtest.Send(t, never, h.Request(t, hubtest.Persona(other), query, nil))
			if strings.Contains(string(refused.Body), `"data"`) {
				t.Fatalf("%s may ask %s", other, query)
			}
			alike(t, other+" before "+owner, h.Ask(t, hubtest.Persona(other), query, nil), refused)
			h.Ask(t, hubtest.Persona(owner), query, nil).Data(t)
			alike(t, other+" after "+owner, h.Ask(t, hubtest.Persona(other), query, nil), refused)
			h.Ask(t, hubtest.Persona(owner), query, nil).Data(t)
		}
	}
}

func TestAttack44ADocumentIsNeverKnownByItsHash(t *testing.T) {
	h, _ := open(t)
	const hash = `"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38"}}`
	post(t, h, `{"query":"{ __typename }",`+hash+`}`, nil).Data(t)
	for what, body := range map[string]string{"by hash": "{" + hash + "}", "by hash and id": "{" + hash + `,"id":"x"}`, "by an empty text": `{"query":"",` + hash + "}"} {
		if r := post(t, h, body, nil); strings.Contains(string(r.Body), `"data"`) || strings.Contains(string(r.Body), "PersistedQuery") {
			t.Errorf("%s: %s", what, r.Body)
		}
	}
}

func TestAttack45NoAnswerMayBeKeptOnTheWay(t *testing.T) {
	h, _ := open(t)
	answers := map[string]hubtest.Response{"an answer": h.Ask(t, hubtest.Persona("lawyer"), common, nil), "an error": h.Ask(t, hubtest.Persona("lawyer"), "{", nil)}
	again := h.Request(t, hubtest.Persona("lawyer"), common, nil)
	again.Header.Set("If-None-Match", "*")
	again.Header.Set("If-Modified-Since", "Tue, 01 Jan 2030 00:00:00 GMT")
	answers["a conditional request"] = hubtest.Send(t, h.Hub, again)
	anonymous := h.Request(t, hubtest.Persona("lawyer"), common, nil)
	anonymous.Header.Del("Authorization")
	answers["a refusal"] = hubtest.Send(t, h.Hub, anonymous)
	for what, r := range answers {
		if r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("Etag") != "" || r.Header.Get("Last-Modified") != "" || r.Status == http.StatusNotModified {
			t.Errorf("%s: %d %v", what, r.Status, r.Header)
		}
	}
	alike(t, "a conditional request", answers["a conditional request"], answers["an answer"])
}

func TestAttack46And50PersonsWhoAskTheSameAtOnceOrInTurnGetTheirOwn(t *testing.T) {
	h, _ := open(t)
	want := map[string]hubtest.Response{}
	different := map[string]bool{}
	fresh := h.Instance(t)
	for _, name := range askers {
		want[name] = hubtest.Send(t, fresh, h.Request(t, hubtest.Persona(name), common, nil))
		want[name].Data(t)
		different[seen(want[name])] = true
	}
	if len(different) < len(askers)-1 {
		t.Fatalf("only %d different answers", len(different))
	}
	one := single(t, h)
	for range 8 { // prepared statements are used from the second time on
		for _, name := range askers {
			alike(t, name+" on a shared connection", hubtest.Send(t, one, h.Request(t, hubtest.Persona(name), common, nil)), want[name])
		}
	}
	var wait sync.WaitGroup
	for _, name := range askers {
		for range 4 {
			r := h.Request(t, hubtest.Persona(name), common, nil)
			wait.Go(func() { alike(t, name+" beside others", hubtest.Send(t, h.Hub, r), want[name]) })
		}
	}
	wait.Wait()
}

// narrower are rules under which an officer sees fewer cases and fewer children.
func narrower() policy.Files {
	files := policy.Embedded()
	police := files["rules/police.csv"]
	for _, rows := range []string{"Case", "Child"} {
		police = strings.Replace(police, "role:police_officer, rows:"+rows+", read, CASE_PROCEEDINGS, party, ", "role:police_officer, rows:"+rows+", read, CASE_PROCEEDINGS, party & author, ", 1)
	}
	files["rules/police.csv"] = police
	return files
}

const counts = "{ cases(first: 50) { totalCount nodes { id } } children(first: 50) { totalCount nodes { id } } again: cases { totalCount } }"

func TestAttack47NoRequestIsAnsweredUnderTwoPoliciesNorUnderAnOldOne(t *testing.T) {
	h, conn := open(t)
	hubs := []*hub.Hub{h.Hub, h.Instance(t)}
	officer := hubtest.Persona("officer-sumgayit")
	change(t, conn, "update korpu.case_file set author_id = (select staff_id from korpu.staff_identity where subject = 'officer-sumgayit') where id in (select id from korpu.case_file order by number limit 40)")
	wide := h.Ask(t, officer, counts, nil)
	var narrow hubtest.Response
	var requests []*http.Request
	for range 400 {
		requests = append(requests, h.Request(t, officer, counts, nil))
	}
	policies := []policy.Files{narrower(), policy.Embedded()}
	apply(t, conn, policies[0])
	for i, one := range hubs {
		r := hubtest.Send(t, one, h.Request(t, officer, counts, nil))
		if i == 0 {
			narrow = r
		}
		alike(t, fmt.Sprint("instance ", i, " right after the switch"), r, narrow)
	}
	if seen(narrow) == seen(wide) {
		t.Fatalf("both policies answer alike: %s", wide.Body)
	}
	done := make(chan struct{})
	var wait sync.WaitGroup
	for i, one := range hubs {
		wait.Go(func() { answersWhole(t, one, requests[i*200:][:200], []string{seen(wide), seen(narrow)}, done) })
	}
	for i := range 3 {
		apply(t, conn, policies[(i+1)%2])
		want := []hubtest.Response{narrow, wide}[(i+1)%2]
		for j, one := range hubs {
			alike(t, fmt.Sprint("instance ", j, " right after switch ", i+2), hubtest.Send(t, one, h.Request(t, officer, counts, nil)), want)
		}
	}
	close(done)
	wait.Wait()
	// Switched without a word to anybody, as when the announcement is late or lost.
	current := value[int64](t, conn, "select version from korpu.policy_current")
	for i, version := range []int64{current - 1, current, current - 1} {
		change(t, conn, "update korpu.policy_current set version = $1", version)
		want := []hubtest.Response{narrow, wide}[i%2]
		for j, one := range hubs {
			alike(t, fmt.Sprint("instance ", j, " after a switch that it was not told of"), hubtest.Send(t, one, h.Request(t, officer, counts, nil)), want)
		}
	}
}

// answersWhole sends requests while the policy is switched; each answer is one of the two, or says to ask again.
func answersWhole(t *testing.T, to *hub.Hub, requests []*http.Request, either []string, done <-chan struct{}) {
	for _, r := range requests {
		select {
		case <-done:
			return
		default:
		}
		if got := hubtest.Send(t, to, r); got.Status != http.StatusServiceUnavailable && !slices.Contains(either, seen(got)) {
			t.Errorf("an answer of neither policy: %d %s", got.Status, got.Body)
		}
	}
}

func TestAttack48WhoIsNoLongerAdmittedIsRefusedAtOnceOnEveryInstance(t *testing.T) {
	h, conn := open(t)
	hubs := []*hub.Hub{h.Hub, h.Instance(t)}
	member := value[string](t, conn, "select d.staff_id::text from korpu.admitted d join korpu.agency a on a.id = d.agency_id where a.code = 'SUM-COURT' and d.role = 'judge' order by 1 limit 1")
	judge, system := hubtest.Persona("judge-sumgayit"), hubtest.Asker{Client: "court-system", Role: "judge", OnBehalfOf: member}
	for what, c := range map[string]struct {
		asker     hubtest.Asker
		end, undo string
	}{
		"a role that ended":                {judge, "update korpu.staff_role set ended_at = now() where role = 'judge' and staff_id = (select staff_id from korpu.staff_identity where subject = 'judge-sumgayit')", "update korpu.staff_role set ended_at = null where role = 'judge'"},
		"a person who left":                {judge, "update korpu.staff set left_at = now() where id = (select staff_id from korpu.staff_identity where subject = 'judge-sumgayit')", "update korpu.staff set left_at = null where left_at = (select max(left_at) from korpu.staff)"},
		"an agency that is suspended":      {judge, "update korpu.agency set suspended_at = now() where code = 'SUM-COURT'", "update korpu.agency set suspended_at = null where code = 'SUM-COURT'"},
		"a system's agency suspended":      {system, "update korpu.agency set suspended_at = now() where code = 'SUM-COURT'", "update korpu.agency set suspended_at = null where code = 'SUM-COURT'"},
		"a system that is suspended":       {system, "update korpu.client set suspended_at = now() where client_id = 'court-system'", "update korpu.client set suspended_at = null where client_id = 'court-system'"},
		"a system that lost the role":      {system, "update korpu.client set roles = '{court_clerk}' where client_id = 'court-system'", "update korpu.client set roles = '{court_clerk,judge}' where client_id = 'court-system'"},
		"a system that lost the purpose":   {system, "update korpu.client set purposes = '{COURT_ADMINISTRATION}' where client_id = 'court-system'", "update korpu.client set purposes = '{COURT_ADMINISTRATION,CASE_PROCEEDINGS}' where client_id = 'court-system'"},
		"a person named who lost the role": {system, "update korpu.staff_role set ended_at = now() where role = 'judge' and staff_id = '" + member + "'", "update korpu.staff_role set ended_at = null where role = 'judge'"},
	} {
		for _, query := range []string{common, "{ __typename }", "{ me { role } }", "{ myAccess { type } }"} {
			for _, one := range hubs {
				hubtest.Send(t, one, h.Request(t, c.asker, query, nil)).Data(t)
			}
		}
		change(t, conn, c.end)
		for i, one := range hubs {
			for _, query := range []string{common, "{ __typename }", "{ me { role } }", "{ myAccess { type } }"} {
				r := hubtest.Send(t, one, h.Request(t, c.asker, query, nil))
				if (r.Status != http.StatusUnauthorized && r.Status != http.StatusForbidden) || bytes.Contains(r.Body, []byte(`"data"`)) {
					t.Errorf("%s, instance %d, %s: %d %s", what, i, query, r.Status, r.Body)
				}
			}
		}
		change(t, conn, c.undo)
	}
}

// waiting tells when a connection of the hub's login waits for a lock.
func waiting(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for value[int](t, conn, "select count(*) from pg_stat_activity where datname = current_database() and usename = 'korpu_hub' and wait_event_type = 'Lock'") == 0 {
		if t.Context().Err() != nil {
			t.Fatal("nobody waits")
		}
	}
}

func TestAttack49AConnectionKeepsNothingOfARequestThatBrokeOff(t *testing.T) {
	h, conn := open(t)
	watch := hubtest.Connect(t, h.Admin)
	judge := hubtest.Persona("judge-sumgayit")
	want := h.Ask(t, judge, common, nil)
	one := single(t, h)
	for what, breakOff := range map[string]func(){
		"cancelled after the role was set": func() {
			tx, err := conn.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback(context.Background()) }()
			if _, err := tx.Exec(t.Context(), "lock table korpu.case_file in access exclusive mode"); err != nil {
				t.Fatal(err)
			}
			ctx, leave := context.WithCancelCause(t.Context())
			left := make(chan struct{})
			r := h.Request(t, hubtest.Persona("lawyer"), common, nil).WithContext(ctx)
			go func() { defer close(left); hubtest.Send(t, one, r) }()
			waiting(t, watch)
			leave(errors.New("the client has gone"))
			<-left
		},
		"failed in its second statement": func() {
			change(t, watch, "revoke select on v1_clinic_lawyer_legal_defence.case_file from korpu_read_clinic_lawyer")
			if r := hubtest.Send(t, one, h.Request(t, hubtest.Persona("lawyer"), "{ children { totalCount } cases { totalCount } }", nil)); r.Status != http.StatusInternalServerError {
				t.Errorf("%d %s", r.Status, r.Body)
			}
			change(t, watch, "grant select on v1_clinic_lawyer_legal_defence.case_file to korpu_read_clinic_lawyer")
		},
		"lost its connection": func() {
			change(t, watch, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'korpu_hub'")
			hubtest.Send(t, one, h.Request(t, hubtest.Persona("lawyer"), common, nil))
		},
		"refused for a wrong cursor": func() {
			hubtest.Send(t, one, h.Request(t, hubtest.Persona("lawyer"), `{ children { totalCount } cases(after: "x") { totalCount } }`, nil))
		},
	} {
		breakOff()
		change(t, watch, "update korpu.staff_role set ended_at = now() where role = 'clinic_lawyer'")
		if r := hubtest.Send(t, one, h.Request(t, hubtest.Persona("lawyer"), common, nil)); r.Status != http.StatusUnauthorized {
			t.Errorf("%s: the next request without a role is answered %d %s", what, r.Status, r.Body)
		}
		change(t, watch, "update korpu.staff_role set ended_at = null where role = 'clinic_lawyer'")
		alike(t, what+": the next person", hubtest.Send(t, one, h.Request(t, judge, common, nil)), want)
	}
}

func TestAttack51RequestsThatLookAlikeDoNotShareAPlan(t *testing.T) {
	h, _ := open(t)
	officer := hubtest.Persona("officer-sumgayit")
	const query = `query q($a: Int! = 3, $b: Int! = 11, $n: String, $f: CaseFilter, $o: CaseOrder, $i: Boolean! = true, $s: [CaseStage!]) {
	  x: cases(first: $a, filter: $f, orderBy: $o) { totalCount nodes { id number @include(if: $i) } } y: children(first: $b) { nodes { id } }
	  z: cases(first: $b, filter: {number: {startsWith: $n}, stage: {in: $s}}) { totalCount nodes { id } } }
	query p { x: cases(first: 1) { totalCount } y: children(first: 2) { totalCount } }`
	shapes := []map[string]any{
		{}, {"a": 1, "b": 11}, {"a": 11, "b": 1}, {"a": 1, "b": 1}, {"a": 11, "b": 11}, {"n": nil}, {"n": ""}, {"n": "SUM"}, {"n": "1"}, {"i": false}, {"i": true},
		{"f": map[string]any{}}, {"f": nil}, {"f": map[string]any{"number": map[string]any{"eq": "x"}}}, {"f": map[string]any{"number": map[string]any{"startsWith": "SUM"}}},
		{"f": map[string]any{"number": map[string]any{"in": []string{}}}}, {"f": map[string]any{"number": map[string]any{"in": nil}}}, {"f": map[string]any{"number": map[string]any{"isNull": true}}},
		{"f": map[string]any{"number": map[string]any{"isNull": false}}}, {"f": map[string]any{"stage": map[string]any{"eq": "COURT"}}}, {"f": map[string]any{"stage": map[string]any{"in": "COURT"}}},
		{"o": map[string]any{"field": "NUMBER"}}, {"o": map[string]any{"field": "OPENED_ON"}}, {"o": map[string]any{"field": "NUMBER", "direction": "ASC"}}, {"o": map[string]any{"field": "NUMBER", "direction": "DESC"}},
		{"s": nil}, {"s": []string{}}, {"s": []string{"COURT"}}, {"s": "CLOSED"}, {"s": []string{"COURT", "CLOSED"}},
	}
	ask := func(to *hub.Hub, operation string, vars map[string]any) hubtest.Response {
		return hubtest.Send(t, to, named(t, h, officer, query, operation, vars))
	}
	forward := h.Instance(t)
	var want []hubtest.Response
	for _, vars := range shapes {
		r := ask(forward, "q", vars)
		r.Data(t)
		want = append(want, r)
	}
	other := ask(h.Instance(t), "p", nil)
	for range 2 { // of two that share a plan, the one that is asked later is answered wrongly, here and there another
		for i, vars := range slices.Backward(shapes) {
			alike(t, fmt.Sprint(vars), ask(h.Hub, "q", vars), want[i])
			alike(t, "the other operation", ask(h.Hub, "p", nil), other)
		}
	}
}

package hub_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/audit"
	"korpu/internal/demo/country"
	"korpu/internal/hubtest"
	"korpu/internal/postgres/pgtest"
	"korpu/internal/server"
)

// kept is a record of the audit, read back.
type kept struct {
	Kind, Request, Name, Staff, Agency, Issuer, Client, Role, Purpose, Operation, Policy, Outcome, Digest string
	Asserted                                                                                              bool
	Fields                                                                                                []string
	Records                                                                                               map[string][]string
	Children                                                                                              map[string]map[string]json.RawMessage
	Withheld                                                                                              map[string]int
}

// ofCases are the records of a child that were read for its cases, by case and type.
func (k kept) ofCases(t *testing.T, child string) (cases map[string]map[string][]string) {
	t.Helper()
	if text := k.Children[child]["cases"]; text != nil {
		if err := json.Unmarshal(text, &cases); err != nil {
			t.Fatal(err)
		}
	}
	return cases
}

// record is the one of an answer; the test fails where there is not exactly one, or its digest is not the answer's.
func record(t *testing.T, h *hubtest.Hub, conn *pgx.Conn, r hubtest.Response) kept {
	t.Helper()
	bodies := pgtest.Column[string](t, conn, "select body from korpu.audit_record where body::jsonb ->> 'request' = $1", r.Header.Get("Korpu-Request-Id"))
	if len(bodies) != 1 {
		t.Fatalf("an answer has %d records: %d %s", len(bodies), r.Status, r.Body)
	}
	var k kept
	if err := json.Unmarshal([]byte(bodies[0]), &k); err != nil {
		t.Fatal(err)
	}
	keys, err := audit.NewKeys(h.Config.AuditKey)
	if err != nil {
		t.Fatal(err)
	}
	if digest := hex.EncodeToString(keys.Digest(r.Body)); k.Digest != digest {
		t.Errorf("the digest is %s, that of the answer %s", k.Digest, digest)
	}
	return k
}

// do runs SQL as superuser.
func do(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func sound(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	if report, err := audit.Verify(t.Context(), conn, nil, nil); err != nil || len(report.Findings) > 0 {
		t.Errorf("the chains do not verify: %q, error %v", report.Findings, err)
	}
}

func TestEveryAnswerHasItsRecordOfWhoAskedWhatAndWhichRecordsOfWhichChildrenItHolds(t *testing.T) {
	dsn, conn := hubtest.Country(t, 100, 1)
	h := hubtest.Open(t, dsn)
	lawyer := hubtest.Persona("lawyer")
	r := h.Ask(t, lawyer, `{ c: cases(first: 3) { totalCount nodes { id number district { name } child { id safetyNeed withheld { field } cases { nodes { id } } } diversion { status } } }
	  children(first: 1) { nodes { id initials } } me { name } }`, nil)
	r.Data(t)
	var answer struct {
		Data struct {
			Children struct{ Nodes []struct{ ID string } }
			C        struct {
				Nodes []struct {
					ID    string
					Child struct {
						ID       string
						Withheld []any
						Cases    struct{ Nodes []struct{ ID string } }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(r.Body, &answer); err != nil {
		t.Fatal(err)
	}
	k := record(t, h, conn, r)

	who := pgtest.Column[string](t, conn, "select s.id || ' ' || s.agency_id from korpu.staff s join korpu.staff_identity i on i.staff_id = s.id where i.subject = $1", lawyer.Subject)[0]
	if got := fmt.Sprint(k.Kind, k.Staff+" "+k.Agency, k.Issuer, k.Client, k.Asserted, k.Role, k.Purpose, k.Policy, k.Outcome, len(k.Operation)); got !=
		fmt.Sprint("request", who, h.Config.Issuers[0].URL, hubtest.SignIn, false, "clinic_lawyer", "LEGAL_DEFENCE", "1", "OK", 32) {
		t.Errorf("who asked is told as %s", got)
	}
	fields := "Case.child Case.district Case.diversion Case.id Case.number CaseConnection.nodes CaseConnection.totalCount Child.cases Child.id Child.initials " +
		"Child.safetyNeed Child.withheld ChildConnection.nodes District.name Diversion.status Query.cases Query.children Query.me"
	if strings.Join(k.Fields, " ") != fields {
		t.Errorf("the fields are %s", k.Fields)
	}
	withheld := 0
	for _, node := range answer.Data.C.Nodes {
		withheld += len(node.Child.Withheld)
		cases := k.ofCases(t, node.Child.ID)
		for _, c := range append(node.Child.Cases.Nodes, struct{ ID string }{node.ID}) {
			if told, ok := cases[c.ID]["Case"]; !ok || len(told) > 0 {
				t.Errorf("case %s of child %s is told as %v", c.ID, node.Child.ID, cases)
			}
		}
		if told, ok := cases[node.ID]["Child"]; !ok || len(told) > 0 {
			t.Errorf("child %s, read for case %s, is told as %v", node.Child.ID, node.ID, cases)
		}
	}
	if child := answer.Data.Children.Nodes[0].ID; string(k.Children[child]["Child"]) != "[]" {
		t.Errorf("child %s is told as %s", child, k.Children[child])
	}
	if k.Withheld["Child.safetyNeed"] != withheld || withheld == 0 {
		t.Errorf("withheld are %v, in the answer %d", k.Withheld, withheld)
	}
	for child := range k.Children { // every record that is told is one of the case and child that it is told of
		for file, types := range k.ofCases(t, child) {
			if of := pgtest.Column[string](t, conn, "select child_id::text from korpu.case_file where id = $1", file); fmt.Sprint(of) != "["+child+"]" {
				t.Errorf("case %s is of %s, not of %s", file, of, child)
			}
			for _, id := range types["Diversion"] {
				if of := pgtest.Column[string](t, conn, "select case_id::text from korpu.diversion where id = $1", id); fmt.Sprint(of) != "["+file+"]" {
					t.Errorf("diversion %s is of %s, not of %s", id, of, file)
				}
			}
		}
	}
	if len(k.Records["District"]) == 0 || len(k.Records) != 1 {
		t.Errorf("records of no child are %v", k.Records)
	}
	sound(t, conn)
}

func TestWhatIsDeniedOrFailsHasItsRecordToo(t *testing.T) {
	dsn, conn := hubtest.Country(t, 50, 1)
	h := hubtest.Open(t, dsn)
	judge := hubtest.Persona("judge-sumgayit")
	other := judge
	other.Role = "dpo"
	another := judge
	another.Purpose = "LEGAL_DEFENCE"
	system := hubtest.Asker{Client: "court-system", Role: "judge", OnBehalfOf: "00000000-0000-4000-8000-000000000000"}
	staff := pgtest.Column[string](t, conn, "select staff_id::text from korpu.staff_identity where subject = $1", judge.Subject)[0]
	for what, c := range map[string]struct {
		asker           hubtest.Asker
		query           string
		outcome, fields string
	}{
		"a role that is not held":           {other, cases, "FORBIDDEN", "[]"},
		"a purpose that is not open":        {another, cases, "FORBIDDEN", "[]"},
		"a person whom nobody knows":        {system, cases, "FORBIDDEN", "[]"},
		"a field that the role has not":     {judge, "{ cases { nodes { legalNotes { nodes { title } } } } }", "INVALID", "[]"},
		"a document that is none":           {judge, "{", "INVALID", "[]"},
		"a page that is too large":          {judge, "{ cases(first: 101) { nodes { id } } }", "INVALID", "[Query.cases]"},
		"a cursor that is none":             {judge, `{ cases(after: "x") { nodes { id } } }`, "INVALID", "[Query.cases]"},
		"too many records":                  {judge, "{ cases(first: 100) { nodes { child { cases(first: 100) { nodes { id } } } } } }", "TOO_COSTLY", "[Query.cases]"},
		"a case that is not there":          {judge, `{ case(number: "SUM-2026-99999") { id stage } }`, "OK", "[Case.id Case.stage Query.case]"},
		"only the names of types":           {judge, "{ __typename }", "OK", "[Query.__typename]"},
		"the schema":                        {judge, "{ __schema { queryType { name } } }", "OK", "[Query.__schema]"},
		"a fragment with a question in it":  {judge, "query { ...f } fragment f on Query { me { name } }", "OK", "[Query.me]"},
		"a question that is skipped":        {judge, "{ me { name } cases @skip(if: true) { totalCount } }", "OK", "[Query.cases Query.me]"},
		"what a role may see":               {judge, "{ myAccess { type } }", "OK", "[Query.myAccess]"},
		"an answer with an error beside it": {judge, `{ me { name } case(number: "x") { child { cases(after: "x") { nodes { id } } } } }`, "INVALID", "[Query.case Query.me]"},
	} {
		t.Run(what, func(t *testing.T) {
			k := record(t, h, conn, h.Ask(t, c.asker, c.query, nil))
			if k.Outcome != c.outcome || fmt.Sprint(k.Fields) != c.fields || len(k.Children) > 0 {
				t.Errorf("it is told as %+v", k)
			}
			if c.asker.Client == "" && k.Staff != staff || k.Agency == "" {
				t.Errorf("who asked is told as %q of %q", k.Staff, k.Agency)
			}
		})
	}
	sound(t, conn)
}

func TestWhoIsNotAuthenticatedIsCountedAndNotRecorded(t *testing.T) {
	dsn, conn := hubtest.Country(t, 50, 1)
	h := hubtest.Open(t, dsn)
	one := h.Instance(t)
	r := h.Request(t, hubtest.Persona("judge-sumgayit"), cases, nil)
	r.Header.Set("Authorization", "Bearer nonsense")
	for range 3 {
		r.Body = http.NoBody
		hubtest.Send(t, one, r)
	}
	one.Close() // writes what was counted
	bodies := pgtest.Column[string](t, conn, "select body from korpu.audit_record where body::jsonb ->> 'kind' = 'refusals'")
	if len(bodies) != 1 || !strings.Contains(bodies[0], `"code":"UNAUTHENTICATED","source":"`) || !strings.Contains(bodies[0], `"count":3`) || strings.Contains(bodies[0], "192.0.2.1") {
		t.Errorf("%q", bodies)
	}
}

func TestWhoAsksTooOftenIsCountedAndNotRecorded(t *testing.T) {
	dsn, conn := hubtest.Country(t, 50, 1)
	h := hubtest.Open(t, dsn)
	h.Config.Rate = server.Rate{PerSecond: 0.001, Burst: 2}
	one := h.Instance(t)
	judge := hubtest.Persona("judge-sumgayit")
	wrong := judge
	wrong.Role = "dpo"
	for range 3 {
		hubtest.Send(t, one, h.Request(t, judge, cases, nil))
		if r := hubtest.Send(t, one, h.Request(t, wrong, cases, nil)); r.Status != http.StatusForbidden && r.Status != http.StatusTooManyRequests {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	}
	one.Close()
	if n := pgtest.Column[string](t, conn, "select count(*)::text from korpu.audit_record where body::jsonb ->> 'kind' = 'request'"); n[0] != "2" {
		t.Errorf("%s records", n)
	}
	bodies := pgtest.Column[string](t, conn, "select body from korpu.audit_record where body::jsonb ->> 'kind' = 'refusals'")
	if len(bodies) != 1 || !strings.Contains(bodies[0], `"code":"RATE_LIMITED","staff":"`) || !strings.Contains(bodies[0], `"count":4`) {
		t.Errorf("%q", bodies)
	}
}

// refuse makes the audit's table refuse whatever is added, and returns what ends that.
func refuse(t *testing.T, conn *pgx.Conn, state string) (end func()) {
	t.Helper()
	do(t, conn, "create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '"+state+"'; end $$")
	do(t, conn, "create trigger refuse before insert on korpu.audit_record for each statement execute function public.refuse()")
	return func() {
		do(t, conn, "drop trigger refuse on korpu.audit_record")
		do(t, conn, "drop function public.refuse()")
	}
}

func ready(t *testing.T, h *hubtest.Hub) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return string(hubtest.Send(t, h.Hub, r).Body)
}

func TestNoAnswerLeavesWhileTheAuditCannotBeWritten(t *testing.T) {
	dsn, conn := hubtest.Country(t, 50, 1)
	h := hubtest.Open(t, dsn)
	judge := hubtest.Persona("judge-sumgayit")
	want := h.Ask(t, judge, cases, nil)
	want.Data(t)
	for what, state := range map[string]string{"the disk is full": "53100", "the table refuses": "P0001", "the server is stopping": "57P03"} {
		end := refuse(t, conn, state)
		var group sync.WaitGroup
		for _, query := range []string{cases, "{ me { name } }", "{", "{ __typename }"} {
			request := h.Request(t, judge, query, nil)
			group.Go(func() {
				r := hubtest.Send(t, h.Hub, request)
				if r.Status != http.StatusServiceUnavailable || strings.Contains(string(r.Body), `"data"`) || !strings.Contains(string(r.Body), `"UNAVAILABLE"`) {
					t.Errorf("%s: %s is answered %d %s", what, query, r.Status, r.Body)
				}
			})
		}
		group.Wait()
		if body := ready(t, h); !strings.Contains(body, `"audit":"failed"`) {
			t.Errorf("%s: %s", what, body)
		}
		end()
		if body := ready(t, h); !strings.Contains(body, `"audit":"ok"`) {
			t.Errorf("after %s: %s", what, body)
		}
		again := h.Ask(t, judge, cases, nil)
		record(t, h, conn, again)
		if !bytes.Equal(again.Body, want.Body) {
			t.Errorf("after %s: %s", what, again.Body)
		}
	}
	sound(t, conn)
}

func TestTwoInstancesRecordWhatEachAnswers(t *testing.T) {
	dsn, conn := hubtest.Country(t, 50, 1)
	h := hubtest.Open(t, dsn)
	other := h.Instance(t)
	var group sync.WaitGroup
	answers := make(chan hubtest.Response, 80)
	for i := range cap(answers) {
		request, to := h.Request(t, hubtest.Persona("judge-sumgayit"), cases, nil), h.Hub
		if i%2 == 0 {
			to = other
		}
		group.Go(func() { answers <- hubtest.Send(t, to, request) })
	}
	group.Wait()
	close(answers)
	for r := range answers {
		record(t, h, conn, r)
	}
	if chains := pgtest.Column[string](t, conn, "select chain::text from korpu.audit_record where seq > 1 group by chain"); len(chains) != 2 {
		t.Errorf("%d chains", len(chains))
	}
	sound(t, conn)
}

// digits are identifiers, hashes and moments, in which a short number stands by chance.
var digits = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|"at":"[^"]*"`)

// What a body may hold that also stands in the tables of children: identifiers, and the words of closed lists.
func TestNothingOfAChildsDataIsInTheBodies(t *testing.T) {
	dsn, conn := hubtest.Country(t, 60, 1)
	h := hubtest.Open(t, dsn)
	askEverything(t, h, conn)
	bodies := digits.ReplaceAllString(strings.Join(pgtest.Column[string](t, conn, "select body from korpu.audit_record"), "\n"), "-")
	known := closedWords()
	searched := 0
	for _, column := range pgtest.Column[string](t, conn, `select table_name || '.' || column_name from information_schema.columns where table_schema = 'korpu' and data_type in ('text', 'date', 'timestamp with time zone', 'integer')
	  and table_name not in ('expungement_rows') and table_name not like 'audit%' and table_name not like 'access\_log%' and table_name not like 'policy%' and table_name not in ('staff_identity', 'client', 'admission', 'client_admission', 'staff_role', 'admitted')`) {
		table, name, _ := strings.Cut(column, ".")
		for _, value := range pgtest.Column[string](t, conn, fmt.Sprintf(`select distinct %s::text from korpu.%s where %[1]s is not null and length(%[1]s::text) > 3`, name, table)) {
			searched++
			if !known[value] && strings.Contains(bodies, value) {
				t.Errorf("%s stands in a body: %q", column, value)
			}
		}
	}
	if searched < 2000 || len(bodies) < 10_000 {
		t.Errorf("only %d values in %d bytes of bodies", searched, len(bodies))
	}
}

// askEverything has every persona ask for a child and a case with all that the role may see, by name and by number.
func askEverything(t *testing.T, h *hubtest.Hub, conn *pgx.Conn) {
	t.Helper()
	numbers := pgtest.Column[string](t, conn, "select number from korpu.case_file where sealed_at is null order by number limit 5")
	for _, p := range country.Personas() {
		a := hubtest.Asker{Subject: p.Subject, Role: p.Role}
		for root, fields := range map[string]string{
			"children(first: 20)": "nodes { id initials givenName familyName bornOn address phone safetyNeed withheld { field reason } cases { nodes { number allegedFacts } } legalNotes { nodes { title body } } }",
			"cases(first: 20)":    "nodes { number allegedFacts child { givenName familyName } allegations { article } procedure { nodes { place outcome reason } } }",
		} {
			h.Ask(t, a, "{ "+root+" { "+fields+" } }", nil)
			h.Ask(t, a, "{ "+root+" { totalCount nodes { id } } }", nil)
		}
		for _, number := range numbers {
			h.Ask(t, a, `query q($n: String!) { case(number: $n) { number stage child { givenName familyName } } }`, map[string]any{"n": number})
			h.Ask(t, a, fmt.Sprintf(`{ cases(filter: {number: {eq: %q}}) { nodes { number } } }`, number), nil)
		}
	}
}

// closedWords are the values of the contract's enums, and other words of lists that are no one's data.
func closedWords() map[string]bool {
	known := map[string]bool{}
	for _, def := range hubtest.Policy().Catalog.Schema.Types {
		for _, v := range def.EnumValues {
			known[v.Name] = true
		}
	}
	for word := range maps.Keys(hubtest.Policy().Catalog.Schema.Types) {
		known[word] = true
	}
	return known
}

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/audit"
	"korpu/internal/hub"
	"korpu/internal/hubtest"
	"korpu/internal/postgres"
)

// told is an entry of the access log.
type told struct {
	ID, Child, FirstAt, LastAt, Reader, Role, Purpose, InAzerbaijani, InRussian, InEnglish string
	Agency                                                                                 struct{ Code string }
	Times                                                                                  int
	Kinds                                                                                  []string
}

const entries = "query q($child: ID!, $first: Int! = 100, $after: String) { accessLog(child: $child, first: $first, after: $after) { totalCount pageInfo { endCursor } nodes { %s } } }"

// log asks for the access log of a child.
func log(t *testing.T, h *hubtest.Hub, who hubtest.Asker, child string) (all []told) {
	t.Helper()
	fields := "id child firstAt lastAt times agency { code } role purpose kinds inAzerbaijani inRussian inEnglish"
	if who.Role == "dpo" {
		fields += " reader"
	}
	page := h.Ask(t, who, fmt.Sprintf(entries, fields), map[string]any{"child": child}).Data(t)["accessLog"].(map[string]any)
	text, err := json.Marshal(page["nodes"])
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	if page["totalCount"] != float64(len(all)) {
		t.Errorf("%v entries are counted, %d told", page["totalCount"], len(all))
	}
	return all
}

// drawn waits until what was asked so far is in the access log.
func drawn(t *testing.T, admin *pgx.Conn) {
	t.Helper()
	for behind := true; behind; time.Sleep(10 * time.Millisecond) {
		err := admin.QueryRow(t.Context(), `select exists (select from korpu.audit_record r where not exists (
		  select from korpu.access_log_position p where p.chain = r.chain and p.seq >= r.seq))`).Scan(&behind)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// childOf is a child with a case that somebody of each of the roles sees.
func childOf(t *testing.T, admin *pgx.Conn, condition string) (child, file string) {
	t.Helper()
	err := admin.QueryRow(t.Context(), `select ch.id::text, c.number from korpu.child ch join korpu.case_file c on c.child_id = ch.id
	  where ch.sealed_at is null and c.sealed_at is null and `+condition+" order by c.opened_on, c.id limit 1").Scan(&child, &file)
	if err != nil {
		t.Fatal(err)
	}
	return child, file
}

func staffOf(t *testing.T, admin *pgx.Conn, persona string) (id string) {
	t.Helper()
	if err := admin.QueryRow(t.Context(), "select staff_id::text from korpu.staff_identity where subject = $1", hubtest.Persona(persona).Subject).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func run(t *testing.T, admin *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := admin.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// readFile has the officer read a child's case, a child and case being such that the officer's agency is a party.
func readFile(t *testing.T) (h *hubtest.Hub, admin *pgx.Conn, child, file string) {
	t.Helper()
	dsn, admin := hubtest.Country(t, 100, 1)
	h = hubtest.Open(t, dsn)
	child, file = childOf(t, admin, "c.parties @> array[(select id from korpu.agency where code = 'SUM-POLICE')]")
	run(t, admin, `insert into korpu.care_team_member (child_id, agency_id, author_id, staff_id, task, since)
	  select $1, s.agency_id, s.id, s.id, 'help', current_date from korpu.staff s where s.id = $2`, child, staffOf(t, admin, "social-worker"))
	for _, lawyer := range []string{"lawyer", "defender-sumgayit"} {
		run(t, admin, `insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since)
		  select $1, s.agency_id, s.id, s.id, 'defence', current_date from korpu.staff s where s.id = $2`, child, staffOf(t, admin, lawyer))
	}
	for range 2 {
		h.Ask(t, hubtest.Persona("officer-sumgayit"), "query($n: String!) { case(number: $n) { number stage child { givenName } } }", map[string]any{"n": file}).Data(t)
	}
	drawn(t, admin)
	return h, admin, child, file
}

func TestTheChildsWorkerLawyersAndTheOfficerOfDataProtectionSeeWhoHasReadTheFileAMomentBefore(t *testing.T) {
	h, admin, child, _ := readFile(t)
	for _, who := range []string{"social-worker", "lawyer", "defender-sumgayit", "dpo"} {
		all := log(t, h, hubtest.Persona(who), child)
		if len(all) == 0 {
			t.Errorf("%s sees nothing", who)
			continue
		}
		e := all[len(all)-1] // the first of all
		if e.Child != child || e.Agency.Code != "SUM-POLICE" || e.Role != "police_officer" || e.Purpose != "CASE_PROCEEDINGS" || e.Times != 2 || fmt.Sprint(e.Kinds) != "[CASE NAME]" {
			t.Errorf("%s sees %+v", who, e)
		}
		for _, words := range [][2]string{
			{e.InEnglish, "A police officer ("}, {e.InEnglish, "looked at: your case, and when and where something happens in it; your name and age. Why: to work on your case."},
			{e.InAzerbaijani, "Polis əməkdaşı ("}, {e.InAzerbaijani, "adın və yaşın"}, {e.InRussian, "Сотрудник полиции ("}, {e.InRussian, "твои имя и возраст"},
		} {
			if !strings.Contains(words[0], words[1]) {
				t.Errorf("%s is told %q, without %q", who, words[0], words[1])
			}
		}
		if want := map[bool]string{true: staffOf(t, admin, "officer-sumgayit")}[who == "dpo"]; e.Reader != want {
			t.Errorf("%s is told the reader %q", who, e.Reader)
		}
	}
	drawn(t, admin)
	all := log(t, h, hubtest.Persona("lawyer"), child) // those who read the log stand in it
	if !strings.Contains(fmt.Sprint(all), "who has read your file") {
		t.Errorf("the lawyer sees %v", all)
	}
}

// Attack 62: what the log holds is no way to a child, case or reader that is closed to the caller.
func TestAttack62TheAccessLogIsClosedToWhoeverIsNotTheChildsOwn(t *testing.T) {
	h, admin, child, _ := readFile(t)
	run(t, admin, "update korpu.care_team_member set left_at = now() where child_id = $1 and staff_id = $2", child, staffOf(t, admin, "social-worker-two"))
	run(t, admin, "update korpu.legal_mandate set ended_at = now() where child_id = $1 and lawyer_id = $2", child, staffOf(t, admin, "lawyer-two"))
	absent := "00000000-0000-4000-8000-000000000000"
	for _, who := range []string{"social-worker-two", "lawyer-two"} {
		of := func(child string) string {
			return string(h.Ask(t, hubtest.Persona(who), fmt.Sprintf(entries, "id inEnglish"), map[string]any{"child": child}).Body)
		}
		if got, want := of(child), of(absent); got != want || !strings.Contains(got, `"totalCount":0`) {
			t.Errorf("%s is answered %s, and for a child that does not exist %s", who, got, want)
		}
	}
	for _, who := range []string{"officer-sumgayit", "judge-sumgayit", "psychologist", "manager", "monitor", "administrator", "coach-sumgayit"} {
		r := h.Ask(t, hubtest.Persona(who), fmt.Sprintf(entries, "id"), map[string]any{"child": child})
		if !strings.Contains(string(r.Body), `"INVALID"`) || strings.Contains(string(r.Body), `"data"`) {
			t.Errorf("%s is answered %d %s", who, r.Status, r.Body)
		}
	}
	if r := h.Ask(t, hubtest.Persona("lawyer"), fmt.Sprintf(entries, "reader"), map[string]any{"child": child}); !strings.Contains(string(r.Body), "INVALID") {
		t.Errorf("the lawyer learns who in person has read: %s", r.Body)
	}
	end := h.Ask(t, hubtest.Persona("lawyer"), "query q($child: ID!) { accessLog(child: $child, first: 1) { pageInfo { endCursor } } }", map[string]any{"child": child}).Data(t)
	cursor := end["accessLog"].(map[string]any)["pageInfo"].(map[string]any)["endCursor"]
	if r := h.Ask(t, hubtest.Persona("lawyer"), fmt.Sprintf(entries, "id"), map[string]any{"child": absent, "after": cursor}); !strings.Contains(string(r.Body), "INVALID") {
		t.Errorf("the cursor of one child's log goes on in another's: %s", r.Body)
	}
}

func TestWhatWasReadForACaseThatIsSealedIsGoneFromTheLogOfTheChild(t *testing.T) {
	h, admin, child, file := readFile(t)
	before := log(t, h, hubtest.Persona("dpo"), child)
	run(t, admin, "update korpu.case_file set sealed_at = now() where number = $1", file)
	for _, who := range []string{"dpo", "lawyer", "social-worker"} {
		for _, e := range log(t, h, hubtest.Persona(who), child) {
			if e.Role == "police_officer" {
				t.Errorf("%s still sees %+v, of %d entries before", who, e, len(before))
			}
		}
	}
	if len(before) == 0 {
		t.Error("there was nothing to see before")
	}
}

func TestEveryReadingIsInTheLogOnceHoweverManyInstancesDraw(t *testing.T) {
	h, admin, child, file := readFile(t)
	others := []*hub.Hub{h.Hub, h.Instance(t), h.Instance(t)}
	for i := range 30 {
		r := h.Request(t, hubtest.Persona("officer-sumgayit"), "query($n: String!) { case(number: $n) { number stage child { givenName } } }", map[string]any{"n": file})
		hubtest.Send(t, others[i%len(others)], r)
	}
	drawn(t, admin)
	times := func() (n int) {
		for _, e := range log(t, h, hubtest.Persona("dpo"), child) {
			if e.Role == "police_officer" {
				n += e.Times
			}
		}
		return n
	}
	if n := times(); n != 32 {
		t.Errorf("32 readings are told as %d", n)
	}
	run(t, admin, "delete from korpu.access_log; delete from korpu.access_log_position")
	h.Ask(t, hubtest.Persona("officer-sumgayit"), "{ me { name } }", nil).Data(t)
	drawn(t, admin)
	if n := times(); n != 32 {
		t.Errorf("drawn anew, 32 readings are told as %d", n)
	}
}

func TestOfAChildWhoseFileIsGoneNothingIsDrawn(t *testing.T) {
	h, admin, child, _ := readFile(t)
	keys, err := audit.NewKeys(h.Config.AuditKey)
	if err != nil {
		t.Fatal(err)
	}
	config, err := postgres.WriterConfig(h.Config.DatabaseURL, postgres.AuditWriter)
	if err != nil {
		t.Fatal(err)
	}
	w, err := audit.Open(t.Context(), config, keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var e audit.Entry
	if err := admin.QueryRow(t.Context(), "select id, agency_id from korpu.staff where id = $1", staffOf(t, admin, "officer-sumgayit")).Scan(&e.Staff, &e.Agency); err != nil {
		t.Fatal(err)
	}
	gone, there, sealed := uuid.New(), uuid.MustParse(child), uuid.New()
	e.At, e.Request, e.Role, e.Purpose, e.Outcome = time.Now(), "of what is gone", "judge", "CASE_PROCEEDINGS", "OK"
	e.Reading = audit.Reading{Fields: []string{"Child.givenName"}, Types: []string{"Child"}, Records: []audit.Record{
		{ID: gone, Child: gone}, {ID: there, Child: there, Case: sealed}, {ID: there, Child: there},
	}}
	if err := w.Write(&e); err != nil {
		t.Fatal(err)
	}
	h.Ask(t, hubtest.Persona("dpo"), "{ me { name } }", nil).Data(t) // so that the hub draws
	drawn(t, admin)
	rows, err := admin.Query(t.Context(), "select child_id::text || coalesce(case_id::text, '') from korpu.access_log where role = 'judge' and times = 1 and author_id = $1", e.Staff)
	if err != nil {
		t.Fatal(err)
	}
	if told, err := pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || fmt.Sprint(told) != "["+child+"]" {
		t.Errorf("told of are %v, error %v", told, err)
	}
}

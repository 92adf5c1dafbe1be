package attacks

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/audit"
	"korpu/internal/hub"
	"korpu/internal/hubtest"
	"korpu/internal/identity"
	"korpu/internal/postgres/pgtest"
	"korpu/internal/server"
)

// elsewhere tells this program that it is to be a hub, which can be killed. It ends with its input.
const elsewhere = "KORPU_TEST_HUB"

func TestMain(m *testing.M) {
	if text := os.Getenv(elsewhere); text != "" {
		if err := beHub(context.Background(), text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// assignment is what a hub in a process of its own is told.
type assignment struct {
	Database            string
	Issuers             []identity.Issuer
	CursorKey, AuditKey []byte
}

func beHub(ctx context.Context, text string) error {
	var a assignment
	if err := gob.NewDecoder(hex.NewDecoder(strings.NewReader(text))).Decode(&a); err != nil {
		return err
	}
	h, err := hub.Open(ctx, hub.Config{
		DatabaseURL: a.Database, Issuers: a.Issuers, Keys: hubtest.Keys(), CursorKey: a.CursorKey, AuditKey: a.AuditKey,
		Rate: server.Unlimited, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + l.Addr().String())
	ctx, cancel := context.WithCancel(ctx)
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); cancel() }()
	return h.Server.Serve(ctx, l, nil)
}

// startHub starts a hub in a process of its own, over the database and with the keys of another.
func startHub(t *testing.T, h *hubtest.Hub) (hubProcess *exec.Cmd, url string) {
	t.Helper()
	c := h.Config
	var text strings.Builder
	if err := gob.NewEncoder(hex.NewEncoder(&text)).Encode(assignment{c.DatabaseURL, c.Issuers, c.CursorKey, c.AuditKey}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), elsewhere+"="+text.String())
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the hub did not start: %v", err)
	}
	return cmd, strings.TrimSpace(line)
}

// arrived is an answer as a client had it, whole.
type arrived struct {
	id   string
	body []byte
}

// drivers ask until nobody answers any more.
type drivers struct {
	group   sync.WaitGroup
	replies atomic.Int64 // of whatever kind
	opened  atomic.Int64 // cases, as far as that was told
	mutex   sync.Mutex
	answers []arrived // with data
}

// more waits until so many more have come.
func (d *drivers) more(t *testing.T, of *atomic.Int64, n int) {
	t.Helper()
	for until := of.Load() + int64(n); of.Load() < until; time.Sleep(time.Millisecond) {
		if t.Context().Err() != nil {
			t.Fatal("nobody answers")
		}
	}
}

// drive has several persons read, and one open cases.
func drive(t *testing.T, h *hubtest.Hub, url string) *drivers {
	t.Helper()
	d := &drivers{}
	officer := hubtest.Persona("officer-sumgayit")
	opening := openings(t, h)
	for range 4 {
		d.ask(t, url, officer, h.Token(t, officer), opening)
	}
	for i := range 6 {
		a := hubtest.Persona(askers[i%len(askers)])
		d.ask(t, url, a, h.Token(t, a), func() any { return map[string]any{"query": common} })
	}
	return d
}

// openings are commands that each open a case, under a key of its own.
func openings(t *testing.T, h *hubtest.Hub) (next func() any) {
	t.Helper()
	conn := hubtest.Connect(t, h.Admin)
	district := value[string](t, conn, "select district_id::text from korpu.agency where code = 'SUM-POLICE'")
	return func() any {
		return map[string]any{"query": "mutation($input: OpenCaseInput!) { openCase(input: $input) { id } }", "variables": map[string]any{"input": map[string]any{
			"idempotencyKey": rand.Text(), "district": district, "allegations": []any{map[string]any{"article": "CC 177.1", "actOn": "2026-11-01"}},
			"newChild": map[string]any{"givenName": "Orxan", "familyName": "Sınaqlı", "bornOn": "2010-01-01", "sex": "MALE", "district": district},
		}}}
	}
}

func (d *drivers) ask(t *testing.T, url string, a hubtest.Asker, token string, next func() any) {
	t.Helper()
	d.group.Go(func() {
		client := &http.Client{Transport: &http.Transport{}}
		var err error
		for err == nil {
			var body []byte
			if body, err = json.Marshal(next()); err != nil {
				break
			}
			var r *http.Request
			if r, err = http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/graphql", bytes.NewReader(body)); err != nil {
				break
			}
			r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}, "Korpu-Role": {a.Role}}
			var w *http.Response
			if w, err = client.Do(r); err != nil {
				break
			}
			var answer []byte
			answer, err = io.ReadAll(w.Body)
			_ = w.Body.Close()
			if err == nil && w.StatusCode == http.StatusOK {
				d.mutex.Lock()
				d.answers = append(d.answers, arrived{w.Header.Get("Korpu-Request-Id"), answer})
				d.mutex.Unlock()
				if bytes.Contains(answer, []byte(`"openCase":{"id"`)) {
					d.opened.Add(1)
				}
			}
			d.replies.Add(1)
		}
	})
}

// haveRecords fails the test for every answer that has not exactly one record, with its digest.
func haveRecords(t *testing.T, h *hubtest.Hub, conn *pgx.Conn, answers []arrived) {
	t.Helper()
	keys, err := audit.NewKeys(h.Config.AuditKey)
	if err != nil {
		t.Fatal(err)
	}
	records := map[string][]string{}
	for _, text := range pgtest.Column[string](t, conn, "select (body::jsonb ->> 'request') || ' ' || (body::jsonb ->> 'digest') from korpu.audit_record where body::jsonb ->> 'kind' = 'request'") {
		id, digest, _ := strings.Cut(text, " ")
		records[id] = append(records[id], digest)
	}
	for _, a := range answers {
		if got := records[a.id]; len(got) != 1 || got[0] != hex.EncodeToString(keys.Digest(a.body)) {
			t.Errorf("the answer %s has the records %q", a.id, got)
		}
	}
	report, err := audit.Verify(t.Context(), conn, nil, nil)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("the chains do not verify: %q, %v", report.Findings, err)
	}
}

// haveCommands fails the test for every case that was answered and is not there once with its entry, and for every case that is
// there without one.
func haveCommands(t *testing.T, conn *pgx.Conn, answers []arrived) {
	t.Helper()
	opened := pgtest.Column[string](t, conn, `select c.id::text from korpu.case_file c join korpu.command_receipt k on k.record_id = c.id
	  join korpu.audit_command a on a.id = k.command_id join korpu.audit_record r on r.command = a.id and r.body = a.body
	  where a.body::jsonb -> 'changed' -> c.child_id::text -> 'cases' ? c.id::text`)
	told := 0
	for _, a := range answers {
		var answer struct {
			Data struct{ OpenCase struct{ ID string } }
		}
		if json.Unmarshal(a.body, &answer) != nil || answer.Data.OpenCase.ID == "" {
			continue
		}
		told++
		if !slices.Contains(opened, answer.Data.OpenCase.ID) {
			t.Errorf("case %s was told, and is not there with its entry", answer.Data.OpenCase.ID)
		}
	}
	if told < 5 {
		t.Errorf("only %d cases were told", told)
	}
	for _, table := range []string{"korpu.command_receipt", "korpu.outbox", "korpu.audit_command", "korpu.audit_record r where r.command is not null"} {
		if n := value[int](t, conn, "select count(*)::int from "+table); n != len(opened) {
			t.Errorf("%d cases were opened, %d rows are in %s", len(opened), n, table)
		}
	}
}

func TestAttack75NoAnswerExistsWithoutItsRecordHoweverTheHubDies(t *testing.T) {
	h, conn := open(t)
	random := mathrand.New(mathrand.NewPCG(1, 75))
	var answers []arrived
	for range 3 {
		process, url := startHub(t, h)
		d := drive(t, h, url)
		d.more(t, &d.opened, 2)
		d.more(t, &d.replies, random.IntN(100))
		if err := process.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		d.group.Wait()
		answers = append(answers, d.answers...)
	}
	if len(answers) < 60 {
		t.Fatalf("only %d answers arrived", len(answers))
	}
	h.Instance(t) // links what was left
	haveRecords(t, h, conn, answers)
	haveCommands(t, conn, answers)
}

func TestAttack75NoAnswerExistsWithoutItsRecordWhileTheDatabaseFails(t *testing.T) {
	h, conn := open(t)
	watch := hubtest.Connect(t, h.Admin)
	change(t, watch, "create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'no space left' using errcode = 'disk_full'; end $$")
	process, url := startHub(t, h)
	d := drive(t, h, url)
	for range 3 {
		for _, sql := range []string{
			"select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'korpu_hub'",
			"create trigger refuse before insert on korpu.audit_record for each statement execute function public.refuse()",
			"drop trigger refuse on korpu.audit_record",
		} {
			d.more(t, &d.replies, 20)
			change(t, watch, sql)
		}
	}
	d.more(t, &d.opened, 5)
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	d.group.Wait()
	if len(d.answers) < 20 {
		t.Fatalf("only %d answers arrived", len(d.answers))
	}
	h.Instance(t) // links what was left
	haveRecords(t, h, conn, d.answers)
	haveCommands(t, conn, d.answers)
}

func TestAttack48TheAttemptOfOneWhoIsNoLongerAdmittedIsRecorded(t *testing.T) {
	h, conn := open(t)
	judge := hubtest.Persona("judge-sumgayit")
	h.Ask(t, judge, common, nil).Data(t)
	change(t, conn, "update korpu.staff_role set ended_at = now() where role = 'judge' and staff_id = (select staff_id from korpu.staff_identity where subject = $1)", judge.Subject)
	r := h.Ask(t, judge, common, nil)
	if r.Status != http.StatusUnauthorized {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	told := pgtest.Column[string](t, conn, `select body::jsonb ->> 'outcome' from korpu.audit_record where body::jsonb ->> 'request' = $1
	  and body::jsonb ->> 'staff' = (select staff_id::text from korpu.staff_identity where subject = $2) and not body::jsonb ? 'children'`, r.Header.Get("Korpu-Request-Id"), judge.Subject)
	if len(told) != 1 || told[0] != "UNAUTHENTICATED" {
		t.Errorf("it is told as %q", told)
	}
}

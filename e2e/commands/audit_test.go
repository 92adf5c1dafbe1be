package commands

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"korpu/internal/audit"
	"korpu/internal/hubtest"
)

// entry is what the audit holds of a request, or of the command that it carried out.
type entry struct {
	Name, Request, Staff, Agency, Role, Purpose, Policy, Operation, Outcome, Digest string
	Fields                                                                          []string
	Changed, Children                                                               map[string]map[string]json.RawMessage
}

// entries are those of one request.
func (p *place) entries(kind, request string) (all []entry) {
	p.t.Helper()
	text := value[string](p, `select coalesce(json_agg(body::json), '[]')::text from korpu.audit_record where body::jsonb ->> 'kind' = $1 and body::jsonb ->> 'request' = $2`, kind, request)
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		p.t.Fatal(err)
	}
	return all
}

func (p *place) sound() {
	p.t.Helper()
	if report, err := audit.Verify(p.t.Context(), p.admin, nil, nil); err != nil || len(report.Findings) > 0 {
		p.t.Errorf("the chains do not verify: %q, error %v", report.Findings, err)
	}
}

func TestACommandIsRecordedWithWhoDidItAndWhichRecordsOfWhichChildItChanged(t *testing.T) {
	p := open(t)
	opening := p.do("officer-sumgayit", "openCase", "id child { id } allegations { id }", p.newCase())
	opened := opening.done()
	all := p.entries("command", opening.id())
	if len(all) != 1 {
		t.Fatalf("%d entries", len(all))
	}
	e := all[0]
	who := value[string](p, "select id || ' ' || agency_id from korpu.staff where id = $1", p.person("officer-sumgayit"))
	if got := fmt.Sprint(e.Name, e.Staff+" "+e.Agency, e.Role, e.Purpose, e.Policy, e.Outcome, len(e.Operation)); got !=
		fmt.Sprint("openCase", who, "police_officer", "CASE_PROCEEDINGS", "1", "OK", 32) {
		t.Errorf("who did it is told as %s", got)
	}
	child := opened["child"].(map[string]any)["id"].(string)
	allegation := opened["allegations"].([]any)[0].(map[string]any)["id"]
	want := fmt.Sprintf(`{"%s":{"Allegation":["%s"],"Case":[],"Child":[]}}`, opened["id"], allegation)
	if got := string(e.Changed[child]["cases"]); got != want || len(e.Changed) != 1 {
		t.Errorf("changed are %s, not %s", got, want)
	}
	answer := p.entries("request", opening.id())
	if len(answer) != 1 || answer[0].Digest == "" || len(answer[0].Children) != 1 || strings.Join(answer[0].Fields, " ") != "Allegation.id Case.allegations Case.child Case.id Child.id Mutation.openCase" {
		t.Errorf("the answer is told as %+v", answer)
	}
	moving := p.do("officer-sumgayit", "moveCase", "id", map[string]any{"id": opened["id"], "expectedVersion": 1, "stage": "PROSECUTION"})
	moving.done()
	if e := p.entries("command", moving.id()); len(e) != 1 || string(e[0].Changed[child]["cases"]) != fmt.Sprintf(`{"%s":{"Case":[]}}`, opened["id"]) {
		t.Errorf("the move is told as %+v", e)
	}
	p.sound()
}

func TestACommandThatIsRefusedIsRecordedAsARequestAlone(t *testing.T) {
	p := open(t)
	opened := p.opened()
	move := func(version int, stage string) map[string]any {
		return map[string]any{"id": opened["id"], "expectedVersion": version, "stage": stage}
	}
	for code, out := range map[string]outcome{
		"NOT_FOUND": p.do("prosecutor-sumgayit", "moveCase", "id", move(1, "COURT")),
		"CONFLICT":  p.do("officer-sumgayit", "moveCase", "id", move(2, "PROSECUTION")),
		"INVALID":   p.do("officer-sumgayit", "moveCase", "id", move(1, "")),
	} {
		out.Refused(code, "")
		answers := p.entries("request", out.id())
		if len(answers) != 1 || answers[0].Outcome != code || len(answers[0].Children) > 0 {
			t.Errorf("%s is told as %+v", code, answers)
		}
		if n := value[int](p, "select count(*)::int from korpu.audit_command where body::jsonb ->> 'request' = $1", out.id()); n > 0 || len(p.entries("command", out.id())) > 0 {
			t.Errorf("%s has %d entries of a command", code, n)
		}
	}
	p.sound()
}

// refuse makes a table of the audit refuse whatever is added, and returns what ends that.
func (p *place) refuse(table, state string) (end func()) {
	p.t.Helper()
	run := func(sql string) {
		if _, err := p.admin.Exec(p.t.Context(), sql); err != nil {
			p.t.Fatal(err)
		}
	}
	run("create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '" + state + "'; end $$")
	run("create trigger refuse before insert on korpu." + table + " for each statement execute function public.refuse()")
	return func() { run("drop trigger refuse on korpu." + table + "; drop function public.refuse()") }
}

// all counts the rows that a command may add.
func (p *place) all() string {
	p.t.Helper()
	return value[string](p, `select concat_ws(' ', (select count(*) from korpu.child), (select count(*) from korpu.case_file), (select count(*) from korpu.allegation), (select count(*) from korpu.case_party),
	  (select count(*) from korpu.outbox), (select count(*) from korpu.command_receipt), (select count(*) from korpu.audit_command))`)
}

func TestACommandThatCannotBeRecordedLeavesNothingBehind(t *testing.T) {
	p := open(t)
	input := p.newCase()
	input["idempotencyKey"] = "later"
	before := p.all()
	for what, state := range map[string]string{"the disk is full": "53100", "the right is gone": "42501", "the table refuses": "P0001", "somebody was faster": "23505", "the guard speaks": "KP001"} {
		end := p.refuse("audit_command", state)
		out := p.do("officer-sumgayit", "openCase", "id", input)
		end()
		out.Refused("UNAVAILABLE", "not carried out")
		if out.Status != 503 || strings.Contains(string(out.Body), `"data"`) {
			t.Errorf("%s: %d %s", what, out.Status, out.Body)
		}
		if after := p.all(); after != before {
			t.Errorf("%s: %s became %s", what, before, after)
		}
	}
	p.do("officer-sumgayit", "openCase", "id", input).done()
	p.sound()
}

func TestACommandThatIsDoneIsAnsweredOnlyOnceAChainHoldsIt(t *testing.T) {
	p := open(t)
	other := p.Instance(t)
	input := p.newCase()
	input["idempotencyKey"] = "again"
	end := p.refuse("audit_record", "53100")
	if out := p.do("officer-sumgayit", "openCase", "id", input); out.Status != 503 || strings.Contains(string(out.Body), `"data"`) {
		t.Fatalf("%d %s", out.Status, out.Body)
	}
	unlinked := "select count(*)::int from korpu.audit_command c where not exists (select from korpu.audit_record r where r.command = c.id)"
	if n := value[int](p, unlinked); n != 1 {
		t.Fatalf("%d commands are not linked", n)
	}
	end()
	again := func() *http.Request {
		return p.Request(t, hubtest.Persona("officer-sumgayit"), "mutation($input: OpenCaseInput!) { openCase(input: $input) { id } }", map[string]any{"input": input})
	}
	// An instance that has failed at nothing links what it is asked for again.
	if r := hubtest.Send(t, other, again()); r.Status != 200 || value[int](p, unlinked) != 0 {
		t.Errorf("%d %s, and %d commands are not linked", r.Status, r.Body, value[int](p, unlinked))
	}
	var group sync.WaitGroup
	for range 8 {
		r := again()
		group.Go(func() { hubtest.Send(t, other, r) })
	}
	group.Wait()
	if n := value[int](p, "select count(*)::int from korpu.audit_record where command is not null"); n != 1 {
		t.Errorf("the command is linked %d times", n)
	}
	p.do("officer-sumgayit", "openCase", "id", input).done()
	p.sound()
}

package portal

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
)

// sent is what a form on the page would send, with the values that a person enters.
func (p page) sent(t *testing.T, form string, entered map[string]string, hidden ...string) url.Values {
	t.Helper()
	values := url.Values{}
	for _, name := range append(hidden, "back", "idempotencyKey") {
		values.Set(name, p.hidden(t, form, name))
	}
	for name, value := range entered {
		values.Set(name, value)
	}
	return values
}

// twice presses a form's button twice, and answers with the page after the first time.
func (v *visitor) twice(form string, values url.Values) page {
	v.t.Helper()
	after := v.post(form, values)
	after.says(v.t, `class="notice"`)
	v.post(form, values)
	return after
}

// client is the page of a child for whom the lawyer acts.
func client(t *testing.T, v *visitor) page {
	t.Helper()
	_, own, _ := strings.Cut(v.get("/clients").body, `<th scope="row">`)
	return v.get(page{body: own}.link(t, "/child/"))
}

func TestATaskIsSetChangedAndDoneOnce(t *testing.T) {
	h, _ := open(t)
	v := signedIn(t, h, "lawyer")
	child := client(t, v)
	set := child.sent(t, "/do/set_task", map[string]string{"dueOn": "2020-01-02", "what": "Appeal <b>the measure</b>", "document": "Folder 7"}, "child")
	v.twice("/do/set_task", set)
	tasks := v.get("/tasks")
	if n := strings.Count(tasks.body, "Appeal &lt;b&gt;the measure&lt;/b&gt;<"); n != 2 { // in the list, and in the form that changes it
		t.Fatalf("%d times: %s", n, tasks.body)
	}
	_, first, _ := strings.Cut(tasks.body, `<ol class="rows">`) // what is due first comes first, and is marked
	if mine, _, _ := strings.Cut(first, "</li>"); !strings.Contains(mine, "Folder 7") || !strings.Contains(mine, `<strong class="problem">`) {
		t.Errorf("first is %s", mine)
	}
	change := tasks.sent(t, "/do/change_task", map[string]string{"dueOn": "2020-01-01", "what": " ", "document": "Folder 8"}, "id", "expectedVersion")
	v.post("/do/change_task", change).says(t, `role="alert"`, "<details open>", `value="Folder 8"`)
	change.Set("what", "Appeal the order")
	v.twice("/do/change_task", change).says(t, "Appeal the order", "Folder 8")
	done := v.twice("/do/finish_task", v.get("/tasks").sent(t, "/do/finish_task", nil, "id", "expectedVersion"))
	done.doesNotSay(t, "Appeal the order")
	v.get(child.path).doesNotSay(t, "Appeal the order")
	closed(t, h, "/tasks", "/do/finish_task")
}

// closed fails where somebody of another role, or another lawyer, gets a page or has a form carried out.
func closed(t *testing.T, h *hubtest.Hub, path, form string) {
	t.Helper()
	other := signedIn(t, h, "social-worker")
	if p := other.get(path); p.status != http.StatusNotFound {
		t.Errorf("%s: %d", path, p.status)
	}
	p := other.post(form, url.Values{"back": {path}, "idempotencyKey": {"x"}, "id": {"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001"}, "expectedVersion": {"1"}})
	if p.status != http.StatusNotFound {
		t.Errorf("%s: %d", form, p.status)
	}
}

func TestWhatIsWrongWithANewTaskLosesNothing(t *testing.T) {
	h, _ := open(t)
	v := signedIn(t, h, "lawyer")
	set := client(t, v).sent(t, "/do/set_task", map[string]string{"dueOn": "2020-01-02", "what": " ", "document": "A folder of a test"}, "child")
	v.post("/do/set_task", set).says(t, `role="alert"`, `value="A folder of a test"`, `value="2020-01-02"`)
}

// awaiting makes a child, the first by its name, one who is referred to the clinic, and whom no lawyer defends.
func awaiting(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	_, err := conn.Exec(t.Context(), `with first as (
		  update korpu.child set family_name = 'A', registered_on = current_date where id = (select k.id from korpu.child k where k.sealed_at is null
		     and not exists (select from korpu.legal_mandate m where m.child_id = k.id) and not exists (select from korpu.referral r where r.child_id = k.id) order by k.id limit 1) returning id)
		insert into korpu.referral (child_id, agency_id, author_id, receiver_id, service, status, sent_on)
		select k.id, s.agency_id, s.id, a.id, 'ASSISTANCE', 'ACCEPTED', current_date from first k, korpu.agency a, korpu.staff s join korpu.staff_identity i on i.staff_id = s.id
		 where i.subject = 'social-worker' and a.code = 'CLINIC'`)
	if err != nil {
		t.Fatal(err)
	}
}

func TestAConflictIsAnsweredYesOrNoAndTheMandateIsTaken(t *testing.T) {
	h, conn := open(t)
	awaiting(t, conn)
	v := signedIn(t, h, "lawyer")
	v.post("/language", url.Values{"language": {"en"}, "back": {"/conflict"}})
	_, others, _ := strings.Cut(v.get("/clients").body, "no mandate yet")
	child := v.get(page{body: others}.link(t, "/child/"))
	child.doesNotSay(t, "/do/set_task", "/do/write_note")
	id := child.hidden(t, "/conflict", "child")
	v.get("/conflict").says(t, `<option value="`+id+`"`)
	answer := v.post("/conflict", url.Values{"asked": {"true"}, "child": {id}})
	answer.says(t, "Yes.", child.path)
	v.post("/conflict", url.Values{"asked": {"true"}, "child": {"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001"}}).says(t, "No.")
	take := child.sent(t, "/do/take_mandate", map[string]string{"scope": "Defence in a test", "until": "2001-01-01"}, "child")
	v.post("/do/take_mandate", take).says(t, `role="alert"`, `value="Defence in a test"`)
	take.Set("until", "")
	after := v.twice("/do/take_mandate", take)
	after.says(t, "/do/set_task")
	if n := strings.Count(v.get(child.path).body, "Defence in a test"); n != 1 {
		t.Errorf("%d mandates", n)
	}
	closed(t, h, "/conflict", "/do/take_mandate")
}

// held has a client of the lawyer held since some hours, without an order or a meeting with a lawyer.
func held(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	_, err := conn.Exec(t.Context(), `with client as (select m.child_id from korpu.legal_mandate m join korpu.staff_identity i on i.staff_id = m.lawyer_id and i.subject = 'lawyer'
		  where m.ended_at is null and not exists (select from korpu.detention_episode d where d.child_id = m.child_id) order by m.child_id limit 1)
		insert into korpu.detention_episode (child_id, agency_id, author_id, facility_id, place_kind, status, ground, admitted_at)
		select c.child_id, s.agency_id, s.id, s.agency_id, 'POLICE_CUSTODY', 'PRE_SENTENCE', 'A ground of a test', now() - interval '50 hours 5 minutes'
		  from client c, korpu.staff s join korpu.staff_identity i on i.staff_id = s.id where i.subject = 'registrar-sumgayit'`)
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhoIsHeldAndHasMetNoLawyerStandsFirstUntilTheMeetingIsRecorded(t *testing.T) {
	h, conn := open(t)
	held(t, conn)
	v := signedIn(t, h, "lawyer")
	v.post("/language", url.Values{"language": {"en"}, "back": {"/clients"}})
	v.get("/held").says(t, "50 hours", "There is no order!")
	clients := v.get("/clients")
	clients.says(t, `class="alert"`, "50 hours")
	_, waiting, _ := strings.Cut(clients.body[:strings.Index(clients.body, "50 hours")], `class="alert"`)
	address := page{body: waiting[strings.LastIndex(waiting, "<tr>"):]}.link(t, "/child/")
	child := v.get(address)
	child.says(t, "No lawyer has met", "Held for", "50 hours")
	meet := child.sent(t, "/do/meet_client", map[string]string{"at": "some day", "inPrivate": "true"}, "detention", "lawyer")
	v.post("/do/meet_client", meet).says(t, `role="alert"`, `value="some day"`, "checked")
	var at string
	if err := conn.QueryRow(t.Context(), `select to_char(now() at time zone 'Asia/Baku' - interval '1 hour', 'YYYY-MM-DD"T"HH24:MI')`).Scan(&at); err != nil {
		t.Fatal(err)
	}
	meet.Set("at", at)
	v.twice("/do/meet_client", meet).doesNotSay(t, "No lawyer has met")
	v.get(address).says(t, "in private")
	closed(t, h, "/held", "/do/meet_client")
}

func TestASecondLawyerReviewsWhatTheFirstHasSigned(t *testing.T) {
	h, conn := open(t)
	var child string
	if err := conn.QueryRow(t.Context(), `update korpu.child set family_name = 'A' where id = (select n.child_id from korpu.legal_note n
		join korpu.child k on k.id = n.child_id and k.sealed_at is null left join korpu.case_file c on c.id = n.case_id join korpu.staff_identity i on i.subject = 'lawyer-two'
		where n.signed_at is not null and n.reviewed_at is null and n.author_id <> i.staff_id and c.sealed_at is null
		  and not exists (select from korpu.legal_mandate m where m.child_id = n.child_id and m.lawyer_id = i.staff_id) limit 1) returning id::text`).Scan(&child); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, capacity, scope, since)
		select $1, s.agency_id, s.id, s.id, 'SUPERVISOR', 'A supervision of a test', current_date from korpu.staff s join korpu.staff_identity i on i.staff_id = s.id where i.subject = 'lawyer-two'`, child); err != nil {
		t.Fatal(err)
	}
	v := signedIn(t, h, "lawyer-two")
	before := client(t, v)
	review := before.sent(t, "/do/review_note", nil, "id", "expectedVersion")
	after := v.twice("/do/review_note", review)
	if before, now := strings.Count(before.body, "/do/review_note"), strings.Count(after.body, "/do/review_note"); now != before-1 {
		t.Errorf("%d notes to review, %d after", before, now)
	}
}

func TestAMandateIsShownInACaseAndEnded(t *testing.T) {
	h, conn := open(t)
	if _, err := conn.Exec(t.Context(), `delete from korpu.power_of_attorney`); err != nil {
		t.Fatal(err)
	}
	v := signedIn(t, h, "lawyer")
	child := client(t, v)
	show := child.sent(t, "/do/show_mandate", nil, "mandate")
	v.post("/do/show_mandate", show).says(t, `role="alert"`, "<details open>") // no case is chosen
	_, cases, _ := strings.Cut(child.body, `<select name="case" required>`)
	show.Set("case", regexp.MustCompile(`value="([^"]+)"`).FindStringSubmatch(cases[strings.Index(cases, "</option>"):])[1])
	v.twice("/do/show_mandate", show)
	var shown int
	if err := conn.QueryRow(t.Context(), "select count(*) from korpu.power_of_attorney").Scan(&shown); err != nil || shown != 1 {
		t.Errorf("%d times, %v", shown, err)
	}
	v.twice("/do/end_mandate", v.get(child.path).sent(t, "/do/end_mandate", nil, "id", "expectedVersion"))
	v.get(child.path).doesNotSay(t, "/do/end_mandate", "/do/write_note")
	v.get("/notes").says(t, `class="note"`)
	closed(t, h, "/notes", "/do/end_mandate")
}

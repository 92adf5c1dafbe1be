package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestAnOverdueReviewStandsFirstAndIsDoneOnce(t *testing.T) {
	h, conn := open(t)
	if _, err := conn.Exec(t.Context(), `update korpu.emergency_access set reviewed_at = null, reviewer_id = null, finding = null, starts_at = now() - interval '1 hour', ends_at = now() + interval '1 hour',
		review_due_at = now() + interval '23 hours', reason = 'An open one of a test' where id = (select id from korpu.emergency_access where reviewed_at is not null order by id limit 1)`); err != nil {
		t.Fatal(err)
	}
	v := signedIn(t, h, "dpo")
	list := v.get("/emergencies")
	if late, open := strings.Index(list.body, `<strong class="problem">`), strings.Index(list.body, "An open one of a test"); late < 0 || open < late {
		t.Fatalf("overdue at %d, the other at %d", late, open)
	}
	review := list.sent(t, "/do/review_emergency", map[string]string{"finding": "JUSTIFIED"}, "id", "expectedVersion")
	v.twice("/do/review_emergency", review).doesNotSay(t, `<strong class="problem">`)
	stale := v.get("/emergencies").sent(t, "/do/review_emergency", map[string]string{"finding": "UNJUSTIFIED", "expectedVersion": "99"}, "id")
	v.post("/do/review_emergency", stale).says(t, `role="alert"`, "An open one of a test")
	closed(t, h, "/emergencies", "/do/review_emergency")
}

func TestTheOfficerFindsByItsReferenceWhoHasReadAFile(t *testing.T) {
	h, conn := open(t)
	lawyer := signedIn(t, h, "lawyer")
	log := lawyer.get(client(t, lawyer).link(t, "/log/"))
	_, reference, _ := strings.Cut(log.body, "<code>")
	reference, _, _ = strings.Cut(reference, "</code>")
	drawn(t, conn)
	v := signedIn(t, h, "dpo")
	found := v.post("/find", url.Values{"asked": {"true"}, "child": {reference}})
	if strings.Contains(found.path, reference) {
		t.Error(found.path)
	}
	address := found.link(t, "/log/")
	for lang, words := range map[string]string{"az": "baxıb", "ru": "Юрист", "en": "looked at"} {
		report := v.post("/language", url.Values{"language": {lang}, "back": {address}})
		report.says(t, reference, words, "<table>")
	}
	v.post("/find", url.Values{"asked": {"true"}, "child": {"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001"}}).doesNotSay(t, `"/log/`)
	v.post("/find", url.Values{"asked": {"true"}, "child": {"no reference"}}).says(t, `role="alert"`, `value="no reference"`)
	if p := signedIn(t, h, "social-worker").get("/find"); p.status != http.StatusNotFound {
		t.Errorf("%d", p.status)
	}
}

func TestADestructionIsProposedByOneAndApprovedByAnother(t *testing.T) {
	h, conn := open(t)
	var number string
	if err := conn.QueryRow(t.Context(), `update korpu.case_file set sealed_at = now() - interval '30 years' where id = (select c.id from korpu.case_file c join korpu.child k on k.id = c.child_id
		where c.sealed_at is not null and k.sealed_at is not null and k.holders = '{}' and not exists (select from korpu.expungement e where e.case_id = c.id) order by c.id limit 1) returning number`).Scan(&number); err != nil {
		t.Fatal(err)
	}
	first, second := signedIn(t, h, "dpo"), signedIn(t, h, "dpo-two")
	_, row, _ := strings.Cut(first.get("/due").body, number)
	after := first.twice("/do/propose_expungement", page{body: row}.sent(t, "/do/propose_expungement", nil, "due"))
	after.doesNotSay(t, "/do/approve_expungement") // nobody approves what is the own proposal
	due := second.get("/due")
	_, open, _ := strings.Cut(due.body, "<li class=\"row\"><div><b>"+number)
	refuse := page{body: open}.sent(t, "/do/refuse_expungement", map[string]string{"reason": " "}, "id", "expectedVersion")
	second.post("/do/refuse_expungement", refuse).says(t, `role="alert"`, "<details open>")
	approve := page{body: open}.sent(t, "/do/approve_expungement", nil, "id", "expectedVersion")
	if p := first.post("/do/approve_expungement", approve); !strings.Contains(p.body, `role="alert"`) {
		t.Error("one person has proposed and approved")
	}
	second.twice("/do/approve_expungement", approve)
	refuse = page{body: strings.SplitN(first.get("/due").body, "<li class=\"row\"><div><b>"+number, 2)[1]}.sent(t, "/do/refuse_expungement", map[string]string{"reason": "A reason of a test"}, "id", "expectedVersion")
	first.twice("/do/refuse_expungement", refuse).says(t, "A reason of a test")
	closed(t, h, "/due", "/do/approve_expungement")
}

// drawn waits until what was read so far is in the access log.
func drawn(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for behind := true; behind; time.Sleep(10 * time.Millisecond) {
		err := conn.QueryRow(t.Context(), `select exists (select from korpu.audit_record r where not exists (
		  select from korpu.access_log_position p where p.chain = r.chain and p.seq >= r.seq))`).Scan(&behind)
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheOfficerReadsConsentsPageByPageAndNoName(t *testing.T) {
	h, conn := open(t)
	var consents int
	if err := conn.QueryRow(t.Context(), "select count(*) from korpu.consent c join korpu.child k on k.id = c.child_id where k.sealed_at is null").Scan(&consents); err != nil {
		t.Fatal(err)
	}
	v := signedIn(t, h, "dpo")
	shown, list := 0, v.get("/consents")
	for {
		list.doesNotSay(t, "/child/")
		shown += strings.Count(list.body, `<th scope="row">`)
		if !strings.Contains(list.body, `name="after"`) {
			break
		}
		list = v.post("/consents", url.Values{"after": {list.hidden(t, "/consents", "after")}})
	}
	if shown != consents || consents <= 50 {
		t.Errorf("%d of %d consents", shown, consents)
	}
	v.post("/consents", url.Values{"after": {"made up"}}).says(t, `role="alert"`)
}

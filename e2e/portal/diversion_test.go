package portal

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// filled is what a form on the page sends when these fields are filled in.
func (p page) filled(t *testing.T, form string, entered map[string]string) url.Values {
	t.Helper()
	_, rest, found := strings.Cut(p.body, `action="`+form+`"`)
	if !found {
		t.Fatalf("%s has no form %s: %s", p.path, form, p.body)
	}
	own, _, _ := strings.Cut(rest, "</form>")
	values := url.Values{}
	for _, m := range regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(own, -1) {
		values.Set(m[1], m[2])
	}
	for name, value := range entered {
		values.Set(name, value)
	}
	return values
}

// before puts a case without diversion before an authority of Sumgayit, and is its number.
func before(t *testing.T, conn *pgx.Conn, subject, stage string) (number string) {
	t.Helper()
	err := conn.QueryRow(t.Context(), `with own as (select s.agency_id from korpu.staff s join korpu.staff_identity i on i.staff_id = s.id where i.subject = $1)
		update korpu.case_file c set stage = $2, closed_on = null, court_id = case $2 when 'COURT' then own.agency_id else c.court_id end from own
		 where c.id = (select c.id from korpu.case_file c join korpu.child k on k.id = c.child_id where c.sealed_at is null and k.sealed_at is null and c.number like 'SUM-%'
		   and not exists (select from korpu.diversion d where d.case_id = c.id) and not exists (select from korpu.case_file o where o.child_id = k.id and o.id <> c.id) order by c.id limit 1)
		returning number`, subject, stage).Scan(&number)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since)
		select c.child_id, c.id, s.agency_id, s.id, $2, current_date from korpu.case_file c, korpu.staff s join korpu.staff_identity i on i.staff_id = s.id
		 where i.subject = $1 and c.number = $3 and c.sealed_at is null and not exists (select from korpu.case_party p where p.case_id = c.id and p.agency_id = s.agency_id and p.ended_at is null)`, subject, stage, number); err != nil {
		t.Fatal(err)
	}
	return number
}

// agreed has a diversion agreed in a case, with all that the law asks but that the child was told of the review.
func agreed(t *testing.T, conn *pgx.Conn, number string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), `with d as (insert into korpu.diversion (child_id, case_id, agency_id, author_id, status, status_since, proposed_by_id, starts_on, ends_on, legal_ground, legal_advice_taken,
		  agreement, acknowledgement, evidence_sufficient, legal_advice_offered, acknowledged_freely, consequences, legal_advice_by, legal_advice_on)
		select c.child_id, c.id, s.agency_id, s.id, 'AGREED', current_date, s.agency_id, current_date, current_date + 90, 'CC 88', true, 'An agreement of a test', 'An acknowledgement of a test', true, true, true,
		  'Consequences of a test', 'Clinic', current_date - 1 from korpu.case_file c, korpu.staff s join korpu.staff_identity i on i.staff_id = s.id where c.number = $1 and c.sealed_at is null and i.subject = 'manager'
		returning id, child_id, case_id, agency_id, author_id)
		insert into korpu.diversion_condition (child_id, case_id, agency_id, author_id, diversion_id, kind) select child_id, case_id, agency_id, author_id, id, 'SCHOOL' from d`, number)
	if err != nil {
		t.Fatal(err)
	}
}

// file is the page of a case that is found by its number.
func (v *visitor) file(number string) page {
	v.t.Helper()
	found := v.post("/cases", url.Values{"number": {number}})
	found.says(v.t, `value="`+number+`"`)
	return v.get(found.link(v.t, "/child/"))
}

// notOpenTo fails where somebody of another role finds the page, or has the form carried out.
func (v *visitor) notOpenTo(path, form string, values url.Values) {
	v.t.Helper()
	if p := v.get(path); p.status != http.StatusNotFound {
		v.t.Errorf("%s: %d", path, p.status)
	}
	values.Set("back", path)
	values.Set("idempotencyKey", "of another")
	if p := v.post(form, values); p.status != http.StatusNotFound {
		v.t.Errorf("%s: %d", form, p.status)
	}
}

func TestAProsecutorProposesDiversionOnce(t *testing.T) {
	h, conn := open(t)
	number := before(t, conn, "prosecutor-sumgayit", "PROSECUTION")
	v := signedIn(t, h, "prosecutor-sumgayit")
	child := v.file(number)
	centre := regexp.MustCompile(`<option value="([^"]+)">[^<]*</option></select></label>\s*<label>[^<]*<input name="legalGround"`).FindStringSubmatch(child.body)
	if centre == nil {
		t.Fatal(child.body)
	}
	form := child.filled(t, "/do/propose_diversion", map[string]string{"responsible": centre[1], "legalGround": "A ground of a test", "alternativesConsidered": "A warning"})
	refused := v.post("/do/propose_diversion", form)
	refused.says(t, `role="alert"`, "evidenceSufficient must be true", `value="A ground of a test"`, "A warning</textarea>", `value="`+centre[1]+`" selected`)
	form.Set("evidenceSufficient", "true")
	for range 2 {
		v.post("/do/propose_diversion", form).doesNotSay(t, `role="alert"`)
	}
	after := v.file(number)
	after.says(t, "status-PROPOSED", "A ground of a test", "check-THERE", "check-MISSING")
	after.doesNotSay(t, "/do/propose_diversion", "/do/order_diversion")
	signedIn(t, h, "social-worker").notOpenTo("/cases", "/do/propose_diversion", form)
}

func TestAJudgeOrdersWhatWasAgreedWithAllThatTheLawAsks(t *testing.T) {
	h, conn := open(t)
	number := before(t, conn, "judge-sumgayit", "COURT")
	agreed(t, conn, number)
	v := signedIn(t, h, "judge-sumgayit")
	child := v.file(number)
	child.says(t, "An agreement of a test", "Consequences of a test")
	child.doesNotSay(t, "An acknowledgement of a test")
	if there, missing := strings.Count(child.body, `class="check-THERE"`), strings.Count(child.body, `class="check-MISSING"`); there != 4 || missing != 1 {
		t.Errorf("%d are there, %d missing", there, missing)
	}
	form := child.filled(t, "/do/order_diversion", map[string]string{"legalGround": "An order of a test", "reviewRightToldOn": time.Now().AddDate(0, 0, 9).Format(time.DateOnly)})
	v.post("/do/order_diversion", form).says(t, `role="alert"`, "General Comment 24, 18(c)", `value="An order of a test"`, `value="`+form.Get("reviewRightToldOn")+`"`)
	form.Set("reviewRightToldOn", time.Now().AddDate(0, 0, -2).Format(time.DateOnly))
	for range 2 {
		v.post("/do/order_diversion", form).doesNotSay(t, `role="alert"`)
	}
	v.file(number).says(t, "status-ORDERED", "An order of a test")
	signedIn(t, h, "psychologist").notOpenTo("/cases", "/do/order_diversion", form)
}

func TestASecretaryDeclinesAndTheCommissionSeesIt(t *testing.T) {
	h, conn := open(t)
	number := before(t, conn, "secretary-sumgayit", "COMMISSION")
	agreed(t, conn, number)
	v := signedIn(t, h, "secretary-sumgayit")
	child := v.file(number)
	child.says(t, "check-HIDDEN") // what another agency wrote
	form := child.filled(t, "/do/decline_diversion", nil)
	for range 2 {
		v.post("/do/decline_diversion", form).doesNotSay(t, `role="alert"`)
	}
	v.file(number).says(t, "status-DECLINED")
	seen := signedIn(t, h, "member-sumgayit").file(number)
	seen.says(t, "status-DECLINED")
	seen.doesNotSay(t, "/do/", "An agreement of a test")
	signedIn(t, h, "lawyer").notOpenTo("/cases", "/do/decline_diversion", form)
}

func TestADecisionIsRecordedOnceAndTheCaseMoved(t *testing.T) {
	h, conn := open(t)
	number := before(t, conn, "prosecutor-sumgayit", "PROSECUTION")
	v := signedIn(t, h, "prosecutor-sumgayit")
	child := v.file(number)
	form := child.filled(t, "/do/record_decision", map[string]string{"at": "2026-11-02T10:30", "outcome": "A decision of a test", "legalGround": "A ground of a test", "reason": " "})
	v.post("/do/record_decision", form).says(t, `role="alert"`, "A decision of a test</textarea>", `value="2026-11-02T10:30"`)
	form.Set("reason", "A reason of a test")
	for range 2 {
		v.post("/do/record_decision", form).doesNotSay(t, `role="alert"`)
	}
	after := v.file(number)
	if n := strings.Count(after.body, "A decision of a test"); n != 1 {
		t.Errorf("%d decisions", n)
	}
	v.post("/do/move_case", after.filled(t, "/do/move_case", map[string]string{"stage": "COURT"})).says(t, `class="notice"`)
	v.file(number).doesNotSay(t, "/do/record_decision", "A reason of a test")
	signedIn(t, h, "dpo").notOpenTo("/cases", "/do/record_decision", form)
}

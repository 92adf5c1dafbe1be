package portal

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestAClerkAsksByNumberAndYearAndIsShownTheCard(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "clerk-sumgayit")
	number, year := underWay(t, conn)
	card := v.post("/status", asked(number, year))
	card.says(t, `class="card"`, "status-ACTIVE", number)
	if card.path != "/status" || strings.Contains(card.path, number) {
		t.Error(card.path)
	}
	none := v.post("/status", asked(number, year+1))
	none.doesNotSay(t, `class="card"`)
	none.says(t, `value="`+number+`"`) // what was entered is not lost
	v.post("/status", url.Values{"asked": {"true"}, "caseNumber": {number}, "yearOfBirth": {"abc"}}).says(t, `role="alert"`, `value="abc"`)
}

// underWay is a diversion before the court in Sumgayit.
func underWay(t *testing.T, conn *pgx.Conn) (number string, year int) {
	t.Helper()
	err := conn.QueryRow(t.Context(), `select c.number, k.year_of_birth from korpu.diversion d join korpu.case_file c on c.id = d.case_id join korpu.child k on k.id = d.child_id
		join korpu.agency a on a.id = c.court_id where a.code = 'SUM-COURT' and c.sealed_at is null and d.status = 'ACTIVE' limit 1`).Scan(&number, &year)
	if err != nil {
		t.Fatal(err)
	}
	return number, year
}

func asked(number string, year int) url.Values {
	return url.Values{"asked": {"true"}, "caseNumber": {number}, "yearOfBirth": {strconv.Itoa(year)}}
}

func TestANoteIsWrittenAndSignedOnce(t *testing.T) {
	h, _ := open(t)
	v := signedIn(t, h, "lawyer")
	address := v.get("/clients").link(t, "/child/")
	client := v.get(address)
	form := url.Values{"title": {"A title of a test"}, "body": {"Said <b>here</b>."}}
	for _, name := range []string{"back", "idempotencyKey", "child"} {
		form.Set(name, client.hidden(t, "/do/write_note", name))
	}
	for range 2 { // the button is pressed twice
		v.post("/do/write_note", form)
	}
	after := v.get(address)
	if n := strings.Count(after.body, "A title of a test"); n != 1 {
		t.Fatalf("%d notes: %s", n, after.body)
	}
	after.says(t, "Said &lt;b&gt;here&lt;/b&gt;.")
	sign := url.Values{}
	_, own, _ := strings.Cut(after.body, "A title of a test")
	note := page{body: own}
	for _, name := range []string{"back", "idempotencyKey", "id", "expectedVersion"} {
		sign.Set(name, note.hidden(t, "/do/sign_note", name))
	}
	v.post("/do/sign_note", sign).says(t, `class="notice"`)
}

func TestWhatWasEnteredIsNotLostWhereACommandIsRefused(t *testing.T) {
	h, _ := open(t)
	v := signedIn(t, h, "lawyer")
	address := v.get("/clients").link(t, "/child/")
	client := v.get(address)
	form := url.Values{"title": {"  "}, "body": {"A text that took long."}}
	for _, name := range []string{"back", "idempotencyKey", "child"} {
		form.Set(name, client.hidden(t, "/do/write_note", name))
	}
	v.post("/do/write_note", form).says(t, `role="alert"`, "A text that took long.")
}

func TestAttendanceIsOneTap(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "social-worker")
	if _, err := conn.Exec(t.Context(), `update korpu.session s set attended = null, reason = null, acceptable = null, held_at = null, ended_at = null, planned_at = date_trunc('day', now() at time zone 'Asia/Baku') at time zone 'Asia/Baku' + interval '1 minute'
		from korpu.staff_identity i where i.staff_id = s.author_id and i.subject = 'social-worker' and s.instead_of_id is null
		 and s.id = (select x.id from korpu.session x join korpu.care_plan p on p.id = x.plan_id and p.status = 'ACTIVE' where x.author_id = i.staff_id order by x.planned_at desc limit 1)`); err != nil {
		t.Fatal(err)
	}
	today := v.get("/today")
	_, today.body, _ = strings.Cut(today.body, ", 00:01")
	form := url.Values{"attended": {"LATE"}}
	for _, name := range []string{"back", "idempotencyKey", "id", "expectedVersion"} {
		form.Set(name, today.hidden(t, "/do/attendance", name))
	}
	v.post("/do/attendance", form).says(t, `class="notice"`, "attended-LATE")
}

func TestEveryPageIsSpokenInThreeLanguages(t *testing.T) {
	h, _ := open(t)
	v := signedIn(t, h, "social-worker")
	for lang, word := range map[string]string{"az": "Uşaqlarım", "ru": "Мои подопечные", "en": "My children"} {
		v.post("/language", url.Values{"language": {lang}, "back": {"/children"}}).says(t, `<html lang="`+lang+`">`, word)
	}
}

func TestATextInAPageRunsNothing(t *testing.T) {
	h, conn := open(t)
	if _, err := conn.Exec(t.Context(), `update korpu.child k set family_name = '<script>alert(1)</script>', phone = '" onfocus="alert(1)' from korpu.legal_mandate m
		join korpu.staff_identity i on i.staff_id = m.lawyer_id where m.child_id = k.id and i.subject = 'lawyer'`); err != nil {
		t.Fatal(err)
	}
	v := signedIn(t, h, "lawyer")
	list := v.get("/clients")
	list.says(t, "&lt;script&gt;")
	list.doesNotSay(t, "<script>")
	v.get(list.link(t, "/child/")).doesNotSay(t, "<script>", `" onfocus`)
}

package portal

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// form holds what a form of the page sends by itself.
func (p page) form(t *testing.T, action string, names ...string) url.Values {
	t.Helper()
	form := url.Values{}
	for _, name := range names {
		form.Set(name, p.hidden(t, action, name))
	}
	return form
}

// from is the part of the page that begins with a text.
func (p page) from(t *testing.T, text string) page {
	t.Helper()
	i := strings.Index(p.body, text)
	if i < 0 {
		t.Fatalf("%s does not say %q: %s", p.path, text, p.body)
	}
	p.body = p.body[i:]
	return p
}

// option is the value of a choice of the page by its label.
func (p page) option(t *testing.T, label string) string {
	t.Helper()
	m := regexp.MustCompile(`value="([^"]+)"[^>]*> ?` + regexp.QuoteMeta(label)).FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("%s has no choice %q: %s", p.path, label, p.body)
	}
	return m[1]
}

// hiddens are all values of a name that a form sends by itself.
func (p page) hiddens(t *testing.T, action, name string) []string {
	t.Helper()
	_, form, _ := strings.Cut(p.body, `action="`+action+`"`)
	form, _, _ = strings.Cut(form, "</form>")
	var all []string
	for _, m := range regexp.MustCompile(`type="hidden" name="`+name+`" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
		all = append(all, m[1])
	}
	return all
}

// button is the value of the first button of a name.
func (p page) button(t *testing.T, name string) string {
	t.Helper()
	m := regexp.MustCompile(`<button name="` + name + `" value="([^"]+)"`).FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("%s has no button %s: %s", p.path, name, p.body)
	}
	return m[1]
}

func one[T any](t *testing.T, conn *pgx.Conn, query string, args ...any) (v T) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

var record = []string{"back", "idempotencyKey", "id", "expectedVersion"}

func TestAVisitOfTheMobileGroupIsRecordedOnce(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "lawyer")
	today := "/mission/" + one[string](t, conn, "select max(m.starts_on)::text from korpu.mission m join korpu.agency a on a.id = m.agency_id where a.code = 'BAK-CENTRE' and m.starts_on <= current_date")
	v.get("/missions").says(t, `href="`+today+`"`)
	form := v.get(today).form(t, "/do/record_visit", record...)
	form.Set("outcome", "MET")
	form.Set("visitedAt", "2099-01-01T10:00")
	v.post("/do/record_visit", form).says(t, `role="alert"`, `value="2099-01-01T10:00"`)
	form.Set("visitedAt", time.Now().Add(-time.Minute).In(time.FixedZone("", 4*60*60)).Format("2006-01-02T15:04"))
	for range 2 {
		v.post("/do/record_visit", form).says(t, `class="notice"`, "outcome-MET")
	}
	if n := one[int](t, conn, "select version from korpu.mission_visit where id = $1 and outcome = 'MET'", form.Get("id")); n != 2 {
		t.Errorf("the visit was changed %d times", n-1)
	}
	if p := signedIn(t, h, "inspector-sumgayit").post("/do/record_visit", form); p.status != http.StatusNotFound {
		t.Errorf("an inspector: %d", p.status)
	}
}

func TestEachWhoTravelsSeesTheChildrenToVisitAndThePsychologistNoAddress(t *testing.T) {
	h, conn := open(t)
	today := "/mission/" + one[string](t, conn, "select max(m.starts_on)::text from korpu.mission m join korpu.agency a on a.id = m.agency_id where a.code = 'BAK-CENTRE' and m.starts_on <= current_date")
	addresses := one[[]string](t, conn, `select array_agg(k.address) from korpu.mission_visit v join korpu.mission m on m.id = v.mission_id join korpu.child k on k.id = v.child_id
		where m.starts_on::text = $1 and k.sealed_at is null and not k.under_protection and k.address is not null`, strings.TrimPrefix(today, "/mission/"))
	worker, talks := signedIn(t, h, "social-worker").get(today), signedIn(t, h, "psychologist").get(today)
	talks.says(t, "/child/", "/do/record_visit")
	talks.doesNotSay(t, addresses...)
	if !slices.ContainsFunc(addresses, func(address string) bool { return strings.Contains(html.UnescapeString(worker.body), address) }) {
		t.Errorf("none of %v: %s", addresses, worker.body)
	}
	signedIn(t, h, "lawyer").get(today).says(t, "/child/", "/do/record_visit")
	signedIn(t, h, "social-worker-two").get(today).doesNotSay(t, "/child/")
	if p := signedIn(t, h, "judge-sumgayit").get(today); p.status != http.StatusNotFound {
		t.Errorf("a judge: %d", p.status)
	}
}

func TestAMissionIsPlannedAndEndedByTheManager(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "manager")
	lawyer := one[string](t, conn, "select s.name from korpu.staff s join korpu.staff_identity i on i.staff_id = s.id where i.subject = 'lawyer'")
	found := v.post("/plan-mission", url.Values{"asked": {"true"}, "name": {lawyer}})
	form := found.form(t, "/do/plan_mission", "back", "idempotencyKey", "asked", "name")
	first := time.Now().AddDate(0, 0, 9).Format(time.DateOnly)
	form["members"] = []string{found.option(t, lawyer)}
	form.Set("district", regexp.MustCompile(`<option value="([^"]+)"`).FindStringSubmatch(found.from(t, `name="district"`).body)[1])
	form.Set("purpose", "A mission of a test")
	form.Set("startsOn", first)
	form.Set("endsOn", time.Now().AddDate(0, 0, 8).Format(time.DateOnly))
	form.Set("graceDays", "2")
	v.post("/do/plan_mission", form).says(t, `role="alert"`, `value="A mission of a test"`, `value="`+form.Get("members")+`" checked`)
	form.Set("endsOn", first)
	for range 2 {
		v.post("/do/plan_mission", form).says(t, `class="notice"`)
	}
	if n := strings.Count(v.get("/missions").body, "A mission of a test"); n != 1 {
		t.Fatalf("%d missions", n)
	}
	mission := v.get("/mission/" + first)
	mission.says(t, "A mission of a test", lawyer)
	v.post("/do/end_mission", mission.form(t, "/do/end_mission", record...)).says(t, `class="notice"`)
	v.get("/mission/"+first).doesNotSay(t, "/do/end_mission")
	if p := signedIn(t, h, "social-worker").get("/plan-mission"); p.status != http.StatusNotFound {
		t.Errorf("a social worker: %d", p.status)
	}
}

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

// referred is a referral to the centre that is not answered yet.
func referred(t *testing.T, conn *pgx.Conn) string {
	t.Helper()
	id := one[string](t, conn, `update korpu.referral set status = 'SENT', sent_on = current_date, answered_on = null, rejection = null where id = (select r.id from korpu.referral r
		join korpu.agency a on a.id = r.receiver_id and a.code = 'BAK-CENTRE' join korpu.child k on k.id = r.child_id and k.sealed_at is null where r.status = 'ACTIVE' order by r.id limit 1) returning id::text`)
	if _, err := conn.Exec(t.Context(), "delete from korpu.intake where referral_id = $1", id); err != nil {
		t.Fatal(err)
	}
	return id
}

// childOf is the name of a child with whom the centre works, who is on the care team of the one and not of the other social worker.
func childOf(t *testing.T, conn *pgx.Conn) string {
	t.Helper()
	return one[string](t, conn, `select concat_ws(' ', k.given_name, k.patronymic, k.family_name) from korpu.child k join korpu.referral r on r.child_id = k.id and r.status = 'ACTIVE'
		join korpu.agency a on a.id = r.receiver_id and a.code = 'BAK-CENTRE' where k.sealed_at is null and not exists (select from korpu.mission_visit v where v.child_id = k.id)
		 and exists (select from korpu.care_team_member m join korpu.staff_identity i on i.staff_id = m.staff_id and i.subject = 'social-worker' where m.child_id = k.id and m.left_at is null)
		 and not exists (select from korpu.care_team_member m join korpu.staff_identity i on i.staff_id = m.staff_id and i.subject = 'social-worker-two' where m.child_id = k.id)
		order by k.id limit 1`)
}

// look is the address of a child's page, found by the family name.
func (v *visitor) look(name string) string {
	v.t.Helper()
	found := v.post("/children", url.Values{"family": {name[strings.LastIndex(name, " ")+1:]}})
	m := regexp.MustCompile(`href="(/child/[^"]+)">` + regexp.QuoteMeta(name) + "<").FindStringSubmatch(found.body)
	if m == nil {
		v.t.Fatalf("%s is not found: %s", name, found.body)
	}
	return m[1]
}

func TestAReferralIsAcceptedOnceAndTheChildTakenOn(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "manager")
	id := referred(t, conn)
	row := func() page { return v.get("/waiting").from(t, `value="`+id+`"`) }
	accept := url.Values{"id": {id}, "back": {"/waiting"}, "idempotencyKey": {"accepted in a test"}, "expectedVersion": {row().hidden(t, "/do/reject_referral", "expectedVersion")}}
	for range 2 {
		v.post("/do/accept_referral", accept).says(t, `class="notice"`)
	}
	if status := one[string](t, conn, "select status || ' ' || version from korpu.referral where id = $1", id); status != "ACCEPTED 2" {
		t.Error(status)
	}
	waiting := v.get("/waiting")
	intake := url.Values{"back": {"/waiting"}, "idempotencyKey": {"taken on in a test"}, "referral": {id}, "source": {"SCHOOL"}, "presentingProblem": {" "}}
	waiting.says(t, `name="referral" value="`+id+`"`)
	v.post("/do/record_intake", intake).says(t, `role="alert"`, `value="SCHOOL" selected`)
	intake.Set("presentingProblem", "Misses school.")
	for range 2 {
		v.post("/do/record_intake", intake).says(t, `class="notice"`)
	}
	v.get("/waiting").doesNotSay(t, id)
	v.get("/centre").says(t, "Misses school.")
}

func TestAReferralIsRejectedForAReason(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "manager")
	id := referred(t, conn)
	form := v.get("/waiting").from(t, `value="`+id+`"`).form(t, "/do/reject_referral", record...)
	form.Set("rejection", "")
	v.post("/do/reject_referral", form).says(t, `role="alert"`)
	form.Set("rejection", "NO_CAPACITY")
	v.post("/do/reject_referral", form).says(t, `class="notice"`)
	if got := one[string](t, conn, "select status || ' ' || rejection from korpu.referral where id = $1", form.Get("id")); got != "REJECTED NO_CAPACITY" {
		t.Error(got)
	}
	for _, other := range []string{"social-worker", "secretary-sumgayit"} {
		if p := signedIn(t, h, other).post("/do/reject_referral", form); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", other, p.status)
		}
	}
}

func TestCoverIsGivenOnceAndEnded(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "manager")
	child := childOf(t, conn)
	staff := func(subject string) string {
		return one[string](t, conn, "select staff_id::text from korpu.staff_identity where subject = $1", subject)
	}
	address := v.look(child)
	form := v.get(address).form(t, "/do/give_cover", "back", "idempotencyKey", "child")
	form.Set("staff", staff("social-worker-two"))
	form.Set("insteadOf", staff("social-worker"))
	form.Set("reason", "Leave of a test")
	form.Set("endsAt", "2020-01-01T00:00")
	v.post("/do/give_cover", form).says(t, `role="alert"`, `value="Leave of a test"`, `value="2020-01-01T00:00"`)
	form.Set("endsAt", time.Now().AddDate(0, 0, 7).Format("2006-01-02T15:04"))
	for range 2 {
		v.post("/do/give_cover", form).says(t, `class="notice"`, "Leave of a test")
	}
	if n := one[int](t, conn, "select count(*) from korpu.access_grant where reason = 'Leave of a test'"); n != 1 {
		t.Errorf("%d covers", n)
	}
	signedIn(t, h, "social-worker-two").get("/children").says(t, child)
	v.post("/do/end_cover", v.get(address).form(t, "/do/end_cover", record...)).says(t, `class="notice"`)
	signedIn(t, h, "social-worker-two").get("/children").doesNotSay(t, child)
	if p := signedIn(t, h, "inspector-sumgayit").post("/do/give_cover", url.Values{"back": {"/centre"}}); p.status != http.StatusNotFound {
		t.Errorf("an inspector: %d", p.status)
	}
}

func TestAWorkerIsAssignedAndAChildPutOnAVisitList(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "manager")
	child := childOf(t, conn)
	address := v.look(child)
	join := v.get(address).form(t, "/do/join_team", "back", "idempotencyKey", "child")
	join.Set("staff", one[string](t, conn, "select staff_id::text from korpu.staff_identity where subject = 'social-worker-two'"))
	join.Set("task", "A task of a test")
	v.post("/do/join_team", join).says(t, `role="alert"`, `value="A task of a test"`)
	join.Set("explained", "She works with you.")
	for range 2 {
		v.post("/do/join_team", join).says(t, `class="notice"`, "A task of a test")
	}
	add := v.get(address).form(t, "/do/add_visit", "back", "idempotencyKey", "child")
	add.Set("mission", one[string](t, conn, "select m.id::text from korpu.mission m join korpu.agency a on a.id = m.agency_id and a.code = 'BAK-CENTRE' order by m.starts_on desc limit 1"))
	add.Set("plannedOn", "2001-01-01")
	v.post("/do/add_visit", add).says(t, `role="alert"`, `value="2001-01-01"`)
	add.Set("plannedOn", one[string](t, conn, "select starts_on::text from korpu.mission where id = $1", add.Get("mission")))
	for range 2 {
		v.post("/do/add_visit", add).says(t, `class="notice"`)
	}
	if n := one[int](t, conn, "select count(*) from korpu.mission_visit where child_id = $1", add.Get("child")); n != 1 {
		t.Errorf("%d visits", n)
	}
}

func TestCapacityAndPlansAreTheManagersToDecide(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "manager")
	centre := v.get("/centre")
	capacity := centre.form(t, "/do/set_capacity", "back", "idempotencyKey")
	capacity.Set("places", "140")
	capacity.Set("since", "2001-01-01")
	v.post("/do/set_capacity", capacity).says(t, `role="alert"`, `value="140"`, `value="2001-01-01"`)
	capacity.Set("since", time.Now().AddDate(0, 0, 30).Format(time.DateOnly))
	for range 2 {
		v.post("/do/set_capacity", capacity).says(t, `class="notice"`)
	}
	if _, err := conn.Exec(t.Context(), `update korpu.care_plan set status = 'AGREED', approved_on = null, approver_id = null, best_interests = 'Best in a test', decider_id = author_id where id = (select p.id from korpu.care_plan p join korpu.agency a on a.id = p.agency_id and a.code = 'BAK-CENTRE'
		join korpu.referral r on r.child_id = p.child_id and r.receiver_id = a.id and r.status = 'ACTIVE' where p.status = 'ACTIVE' limit 1)`); err != nil {
		t.Fatal(err)
	}
	plan := v.get("/centre").from(t, "Best in a test").form(t, "/do/approve_plan", record...)
	v.post("/do/approve_plan", plan).says(t, `class="notice"`)
	if status := one[string](t, conn, "select status from korpu.care_plan where id = $1", plan.Get("id")); status != "ACTIVE" {
		t.Error(status)
	}
	for _, page := range []string{"/centre", "/waiting"} {
		if p := signedIn(t, h, "psychologist").get(page); p.status != http.StatusNotFound {
			t.Errorf("%s for a psychologist: %d", page, p.status)
		}
	}
}

package portal

import (
	"net/http"
	"net/url"
	"testing"
)

func TestAReferralIsPreviewedSentOnceAndTakenBack(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "social-worker")
	address := v.get(v.look(childOf(t, conn))).link(t, "/refer/")
	seek := url.Values{"seek": {"true"}, "service": {"SPORT"}}
	offers := v.post(address, seek)
	offers.doesNotSay(t, "/do/refer")
	seek.Set("asked", "true")
	seek.Set("receiver", offers.button(t, "receiver"))
	preview := v.post(address, seek)
	preview.says(t, "/do/refer", "Child.givenName")
	seek["classes"] = []string{"HEALTH_SAFETY"}
	v.post(address, seek).says(t, `value="HEALTH_SAFETY" checked`, "Child.safetyNeed")
	before := one[int](t, conn, "select count(*) from korpu.referral")
	form := preview.form(t, "/do/refer", "back", "idempotencyKey", "child", "seek", "asked", "receiver", "service")
	form.Set("need", "A need of a test")
	bad := url.Values{}
	for name, values := range form {
		bad[name] = values
	}
	bad.Set("service", "PROGRAMME") // which is a centre's alone
	v.post("/do/refer", bad).says(t, `role="alert"`, "A need of a test")
	for range 2 {
		v.post("/do/refer", form).says(t, `class="notice"`)
	}
	if n := one[int](t, conn, "select count(*) from korpu.referral") - before; n != 1 {
		t.Fatalf("%d referrals", n)
	}
	id := one[string](t, conn, "select id::text from korpu.referral where need = 'A need of a test'")
	v.get("/referrals").says(t, `value="`+id+`"`)
	v.post("/do/revoke_referral", url.Values{"back": {"/referrals"}, "idempotencyKey": {"taken back in a test"}, "id": {id}, "expectedVersion": {"1"}}).says(t, `class="notice"`)
	if status := one[string](t, conn, "select status from korpu.referral where id = $1", id); status != "REVOKED" {
		t.Error(status)
	}
	if p := signedIn(t, h, "judge-sumgayit").post("/do/refer", form); p.status != http.StatusNotFound {
		t.Errorf("a judge: %d", p.status)
	}
}

func TestAWeekIsPartedByDaysAndAttendanceIsStillOneTap(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "social-worker")
	if _, err := conn.Exec(t.Context(), `update korpu.session s set attended = null, reason = null, acceptable = null, held_at = null, ended_at = null, planned_at = date_trunc('week', now() at time zone 'Asia/Baku') at time zone 'Asia/Baku' + interval '1 minute'
		from korpu.staff_identity i where i.staff_id = s.author_id and i.subject = 'social-worker' and s.instead_of_id is null
		 and s.id = (select x.id from korpu.session x join korpu.care_plan p on p.id = x.plan_id and p.status = 'ACTIVE' where x.author_id = i.staff_id order by x.planned_at desc limit 1)`); err != nil {
		t.Fatal(err)
	}
	week := v.get("/week")
	week.says(t, "<h2>bazar ertəsi, ", "<b>00:01</b>")
	form := week.from(t, "<b>00:01</b>").form(t, "/do/attendance", record...)
	form.Set("attended", "NO")
	form.Set("reason", "ILLNESS")
	form.Set("acceptable", "true")
	v.post("/do/attendance", form).says(t, `class="notice"`, "attended-NO")
}

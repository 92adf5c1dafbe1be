package portal

import (
	"net/http"
	"net/url"
	"testing"
)

func TestAChildIsAskedWhoMaySeeWhatAndAnswersInPart(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "social-worker")
	address := v.get(v.look(childOf(t, conn))).link(t, "/sharing/")
	v.post("/language", url.Values{"language": {"en"}, "back": {address}}).says(t, "The law opens this: you cannot refuse it", "the help you get stays the same")
	page := v.get(address)
	page.doesNotSay(t, "/do/record_assent")
	chosen := page.form(t, address, "recipient", "purposes")
	chosen.Set("state", page.button(t, "state"))
	asked := v.post(address, chosen)
	form := asked.form(t, "/do/record_assent", "back", "idempotencyKey", "child", "recipient", "purposes", "state")
	form["classes"] = asked.hiddens(t, "/do/record_assent", "classes")
	form.Set("form", "WORDS")
	form.Set("language", "ru")
	form.Set("answer", "NO")
	form.Set("refusedClasses", form.Get("classes"))
	v.post("/do/record_assent", form).says(t, `role="alert"`, `name="refusedClasses" value="`+form.Get("classes")+`" checked`, `value="ru" selected`)
	form.Del("refusedClasses")
	before := one[int](t, conn, "select count(*) from korpu.assent")
	for range 2 {
		v.post("/do/record_assent", form).says(t, `class="notice"`)
	}
	if n := one[int](t, conn, "select count(*) from korpu.assent") - before; n != 1 {
		t.Errorf("%d answers", n)
	}
	if p := signedIn(t, h, "manager").post("/do/record_assent", form); p.status != http.StatusNotFound {
		t.Errorf("a manager: %d", p.status)
	}
}

func TestAGuardianAgreesOrRefuses(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "social-worker")
	address := v.get(v.look(childOf(t, conn))).link(t, "/sharing/")
	page := v.get(address)
	chosen := page.form(t, address, "recipient", "purposes")
	chosen.Set("state", page.button(t, "state"))
	form := v.post(address, chosen).form(t, "/do/give_consent", "back", "idempotencyKey", "child", "recipient", "purposes", "state", "kind")
	v.post("/do/give_consent", form).says(t, `role="alert"`, "/do/give_consent")
	form["classes"] = v.post(address, chosen).hiddens(t, "/do/record_assent", "classes")
	for i, command := range []string{"give_consent", "refuse_consent"} {
		form.Set("idempotencyKey", command)
		before := one[int](t, conn, "select count(*) from korpu.consent")
		for range 2 {
			v.post("/do/"+command, form).says(t, `class="notice"`)
		}
		if n := one[int](t, conn, "select count(*) from korpu.consent") - before; n != 1 {
			t.Errorf("%d: %d consents", i, n)
		}
	}
	if p := signedIn(t, h, "psychologist").get("/sharing/x"); p.status != http.StatusNotFound {
		t.Errorf("a psychologist: %d", p.status)
	}
}

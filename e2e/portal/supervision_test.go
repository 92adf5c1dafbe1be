package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestAnInspectorRecordsAMeetingOnce(t *testing.T) {
	h, _ := open(t)
	v := signedIn(t, h, "inspector-sumgayit")
	child := v.get(v.get("/children").link(t, "/child/"))
	form := child.filled(t, "/do/record_meeting", map[string]string{"at": later(-time.Hour), "topic": "", "agreedStep": "A step of a test"})
	v.post("/do/record_meeting", form).says(t, `role="alert"`, "A step of a test</textarea>", `value="`+form.Get("at")+`"`)
	form.Set("topic", "SCHOOL")
	for range 2 {
		v.post("/do/record_meeting", form).doesNotSay(t, `role="alert"`)
	}
	for _, path := range []string{child.path, "/entries"} {
		if n := strings.Count(v.get(path).body, "A step of a test"); n != 1 {
			t.Errorf("%d meetings on %s", n, path)
		}
	}
	signedIn(t, h, "prosecutor-sumgayit").notOpenTo("/entries", "/do/record_meeting", form)
}

func TestAnInspectorReportsHarmOnce(t *testing.T) {
	h, _ := open(t)
	v := signedIn(t, h, "inspector-sumgayit")
	child := v.get(v.get("/children").link(t, "/child/"))
	_, options, _ := strings.Cut(child.body, `<select name="recipient" required><option value=""></option><option value="`)
	recipient, _, _ := strings.Cut(options, `"`)
	form := child.filled(t, "/do/report_harm", map[string]string{"kind": "NEGLECT", "noticedAt": later(time.Hour), "imminent": "true", "account": "What a test has seen", "recipient": recipient})
	v.post("/do/report_harm", form).says(t, `role="alert"`, "noticedAt lies in the future", "What a test has seen</textarea>", `value="NEGLECT" selected`)
	form.Set("noticedAt", later(-time.Hour))
	for range 2 {
		v.post("/do/report_harm", form).doesNotSay(t, `role="alert"`)
	}
	for _, path := range []string{child.path, "/entries"} {
		if n := strings.Count(v.get(path).body, "What a test has seen"); n != 1 {
			t.Errorf("%d reports on %s", n, path)
		}
	}
	signedIn(t, h, "analyst").notOpenTo("/children", "/do/report_harm", form)
}

func TestWhoChoosesAPurposeWithoutThePageCanChooseAnother(t *testing.T) {
	h, _ := open(t)
	v := signedIn(t, h, "judge-sumgayit")
	v.post("/as", url.Values{"as": {"judge REVIEW"}}).says(t, `value="judge CASE_PROCEEDINGS"`, "/cases")
	v.post("/as", url.Values{"as": {"judge CASE_PROCEEDINGS"}})
	if p := v.get("/cases"); p.status != http.StatusOK {
		t.Errorf("%d", p.status)
	}
}

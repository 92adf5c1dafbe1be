package portal

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
	"korpu/internal/portal"
)

func TestWhoIsNotSignedInIsShownNoPage(t *testing.T) {
	h, _ := open(t)
	v := visit(t, h)
	v.get("/").says(t, "/signin")
	for _, path := range []string{"/status", "/clients", "/child/x", "/due"} {
		if p := v.get(path); p.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	if p := v.post("/do/write_note", url.Values{}); p.status != http.StatusUnauthorized {
		t.Errorf("%d", p.status)
	}
}

func TestAPageIsNotKeptNorFramedNorScripted(t *testing.T) {
	h, _ := open(t)
	p := signedIn(t, h, "lawyer").get("/clients")
	if p.status != http.StatusOK || len(p.body) > 60<<10 {
		t.Fatalf("%d, %d bytes", p.status, len(p.body))
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"} {
		if !strings.Contains(strings.Join(p.header.Values(name), " "), want) {
			t.Errorf("%s: %v", name, p.header.Values(name))
		}
	}
	if policy := p.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
		t.Error(policy)
	}
	p.doesNotSay(t, "<script", "style=", "onclick", "http://", "https://")
}

func TestACookieIsWorthNothingAfterSigningOut(t *testing.T) {
	h, _ := open(t)
	v, thief := signedIn(t, h, "lawyer"), visit(t, h)
	stolen := v.cookies()
	v.get("/clients").says(t, "/child/")
	v.post("/signout", nil)
	thief.takes(stolen)
	thief.isShownNothing("/clients")
}

func TestTheCookieThatAskedToSignInIsNotTheOneThatIsSignedIn(t *testing.T) {
	h, _ := open(t)
	v := visit(t, h)
	v.get("/signin")
	before := v.cookies()
	v.signIn("lawyer")
	if len(before) != 1 || before[0].Value == v.cookies()[0].Value {
		t.Errorf("%v", before)
	}
	thief := visit(t, h)
	thief.takes(before)
	thief.isShownNothing("/clients")
	v.get("/clients").says(t, "/child/")
}

// What the issuer sent back stands in the browser's history.
func TestASignInThatIsReplayedSignsNobodyIn(t *testing.T) {
	h, _ := open(t)
	v := visit(t, h)
	var back string
	v.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == portal.Callback {
			back = r.URL.RequestURI()
		}
		return nil
	}
	v.signIn("lawyer")
	for name, again := range map[string]*visitor{"the same": v, "another": visit(t, h), "one who asks too": asksToo(t, h)} {
		if p := again.get(back); p.status != http.StatusBadRequest || !strings.Contains(back, "code=") {
			t.Errorf("%s: %s: %d", name, back, p.status)
		}
		if again != v {
			again.isShownNothing("/clients")
		}
	}
	v.get("/clients").says(t, "/child/")
}

func asksToo(t *testing.T, h *hubtest.Hub) *visitor {
	t.Helper()
	v := visit(t, h)
	v.get("/signin")
	return v
}

// Neither a script nor a wire nor another site shows the cookie to a thief, and it is not kept when the browser is closed.
func TestTheCookieStaysBetweenBrowserAndPortal(t *testing.T) {
	h, _ := open(t)
	config := *h.Config.Portal
	config.URL, config.GraphQL = "https://hub.example", http.NotFoundHandler()
	pages, err := portal.New(config)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	pages.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/signin", nil))
	c := w.Result().Cookies()[0]
	if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Error(w.Header())
	}
}

func TestACookieThatIsMadeUpIsWorthNothing(t *testing.T) {
	h, _ := open(t)
	own := signedIn(t, h, "lawyer").cookies()[0]
	for _, value := range []string{"", "x", strings.Repeat("A", len(own.Value)), own.Value[1:] + own.Value[:1], own.Value + "A"} {
		thief := visit(t, h)
		thief.takes([]*http.Cookie{{Name: own.Name, Value: value}})
		thief.isShownNothing("/clients")
	}
}

func TestASignInThatNobodyAskedForSignsNobodyIn(t *testing.T) {
	h, _ := open(t)
	v := visit(t, h)
	for _, query := range []string{"", "?code=x", "?code=x&state=", "?code=x&state=y"} {
		if p := v.get(portal.Callback + query); p.status != http.StatusBadRequest {
			t.Errorf("%s: %d", query, p.status)
		}
	}
	v.get("/signin")
	if p := v.get(portal.Callback + "?code=x&state=y"); p.status != http.StatusBadRequest {
		t.Errorf("a state of somebody else: %d", p.status)
	}
}

func TestARoleThatIsWithdrawnEndsTheSession(t *testing.T) {
	const person = "(select staff_id from korpu.staff_identity where subject = 'lawyer')"
	for what, sql := range map[string]string{
		"the role":   "update korpu.staff_role set ended_at = now() where staff_id = " + person,
		"the post":   "update korpu.staff set left_at = now() where id = " + person,
		"the agency": "update korpu.agency set suspended_at = now() where id = (select agency_id from korpu.staff where id = " + person + ")",
	} {
		t.Run(what, func(t *testing.T) {
			h, conn := open(t)
			v := signedIn(t, h, "lawyer")
			client := v.get(v.get("/clients").link(t, "/child/"))
			note := url.Values{"title": {"A title of a test"}, "body": {"Said."}, "idempotencyKey": {"withdrawn"}, "child": {client.hidden(t, "/do/write_note", "child")}}
			if _, err := conn.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
			before := notes(t, conn)
			if p := v.post("/do/write_note", note); p.status != http.StatusUnauthorized || notes(t, conn) != before {
				t.Errorf("%d: %s", p.status, p.body)
			}
			v.isShownNothing("/clients")
			v.isShownNothing(client.path)
		})
	}
}

func notes(t *testing.T, conn *pgx.Conn) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), "select count(*) from korpu.legal_note").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNobodyTakesARoleThatIsNotTheirs(t *testing.T) {
	h, _ := open(t)
	v := signedIn(t, h, "clerk-sumgayit")
	for _, as := range []string{"dpo ", "clinic_lawyer LEGAL_DEFENCE", "court_clerk LEGAL_DEFENCE", "", "nothing"} {
		v.post("/as", url.Values{"as": {as}})
		for _, path := range []string{"/due", "/clients"} {
			if p := v.get(path); p.status < http.StatusForbidden {
				t.Errorf("as %q %s: %d %s", as, path, p.status, p.body)
			}
		}
	}
	v.get("/").says(t, "/hearings")
}

func TestASessionThatIsNotUsedEnds(t *testing.T) {
	h, _ := open(t)
	quick := *h.Config.Portal
	quick.Idle = 300 * time.Millisecond
	h.Config.Portal = &quick
	h.Hub = h.Instance(t)
	v := signedIn(t, h, "lawyer")
	for range 3 { // used, it stays
		time.Sleep(150 * time.Millisecond)
		if p := v.get("/held"); p.status != http.StatusOK {
			t.Fatalf("%d", p.status)
		}
	}
	time.Sleep(600 * time.Millisecond)
	if p := v.get("/held"); p.status != http.StatusUnauthorized {
		t.Errorf("%d", p.status)
	}
}

func TestAnotherSiteCannotSendAForm(t *testing.T) {
	h, conn := open(t)
	v := signedIn(t, h, "lawyer")
	client := v.get(v.get("/clients").link(t, "/child/"))
	note := url.Values{"title": {"A title of a test"}, "body": {"Said."}, "idempotencyKey": {"elsewhere"}, "child": {client.hidden(t, "/do/write_note", "child")}}
	before := notes(t, conn)
	for _, path := range []string{"/do/write_note", "/as", "/language", "/signout"} {
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+path, strings.NewReader(note.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(name, value)
			if p := v.send(r); p.status != http.StatusForbidden {
				t.Errorf("%s %s: %d", path, value, p.status)
			}
		}
	}
	if notes(t, conn) != before {
		t.Error("a note was written")
	}
	v.get("/clients").says(t, "/child/")
}

func TestAnAddressNamesNobodyInAnotherSession(t *testing.T) {
	h, _ := open(t)
	first := signedIn(t, h, "lawyer")
	address := first.get("/clients").link(t, "/child/")
	first.get(address).says(t, "<section>")
	signedIn(t, h, "lawyer").get(address).doesNotSay(t, "<section>")
	if made := first.get("/child/AAAAAAAAAAAAAAAAAAAAAA"); made.status != http.StatusOK || strings.Contains(made.body, "<section>") {
		t.Errorf("%d %s", made.status, made.body)
	}
}

func TestAFormGoesBackToPagesOfThePortalAlone(t *testing.T) {
	h, _ := open(t)
	v := signedIn(t, h, "lawyer")
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, back := range []string{"https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", ""} {
		if p := v.post("/language", url.Values{"language": {"ru"}, "back": {back}}); p.header.Get("Location") != "/" {
			t.Errorf("%q: %s", back, p.header.Get("Location"))
		}
	}
}

package portal

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"korpu/internal/demo/country"
)

var (
	commands = regexp.MustCompile(`(?s)<form method="post" action="(/do/[a-z_]+)"[^>]*>(.*?)</form>`)
	carried  = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	heading  = regexp.MustCompile(`<h1>.*</h1>`)
)

// Without a key nothing is carried out, whatever else a form says.
func TestEveryFormThatIsRefusedIsShownAgainOnItsPage(t *testing.T) {
	h, _ := open(t)
	kinds := map[string]bool{}
	for _, p := range country.Personas() {
		v := signedIn(t, h, p.Name)
		v.post("/as", url.Values{"as": {p.Role + " "}})
		walk(2, func(path string) string {
			shown := v.get(path)
			for _, f := range commands.FindAllStringSubmatch(shown.body, -1) {
				if at := p.Role + kind(path) + f[1]; !kinds[at] {
					kinds[at] = true
					v.isRefused(shown, f[1], f[2])
				}
			}
			return shown.body
		})
	}
	if t.Logf("%d forms of roles on kinds of pages", len(kinds)); len(kinds) == 0 {
		t.Error("nobody has met a form")
	}
}

func (v *visitor) isRefused(on page, command, form string) {
	v.t.Helper()
	sent := url.Values{}
	for _, field := range carried.FindAllStringSubmatch(form, -1) {
		sent.Set(field[1], html.UnescapeString(field[2]))
	}
	sent.Set("idempotencyKey", "")
	again := v.post(command, sent)
	if again.status >= http.StatusInternalServerError || !strings.Contains(again.body, `role="alert"`) || heading.FindString(again.body) != heading.FindString(on.body) {
		v.t.Errorf("%s on %s is answered with %d and %s", command, on.path, again.status, heading.FindString(again.body))
	}
}

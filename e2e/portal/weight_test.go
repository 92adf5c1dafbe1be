package portal

import (
	"net/http"
	"net/url"
	"testing"

	"korpu/internal/demo/country"
	"korpu/internal/hubtest"
	"korpu/internal/portal"
)

// light is how many bytes a page has at most, as it is sent.
const light = 60 << 10

// Russian takes the most bytes. The pages are those of the demo's own country.
func TestEveryPageIsLight(t *testing.T) {
	admin, _ := hubtest.Country(t, country.DefaultChildren, 1)
	h := hubtest.Open(t, admin)
	stranger := visit(t, h)
	if first, style := stranger.get("/"), stranger.get("/assets/style.css"); style.status != http.StatusOK || len(first.body)+len(style.body) > light {
		t.Errorf("the first page and its style: %d + %d bytes", len(first.body), len(style.body))
	}
	opened := map[string]int{}
	for _, p := range country.Personas() {
		v := signedIn(t, h, p.Name)
		v.post("/as", url.Values{"as": {p.Role + " "}})
		v.post("/language", url.Values{"language": {"ru"}})
		walk(5, func(path string) string {
			shown := v.get(path)
			if shown.status != http.StatusOK || len(shown.body) > light {
				t.Errorf("%s %s: %d, %d bytes", p.Name, kind(path), shown.status, len(shown.body))
			}
			opened[kind(path)] = max(opened[kind(path)], len(shown.body))
			return shown.body
		})
	}
	t.Log(opened)
	for _, path := range portal.Paths() {
		if opened[kind(path)] == 0 {
			t.Errorf("nobody has come to %s", path)
		}
	}
}

package noninterference

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"korpu/internal/hubtest"
	"korpu/internal/portal"
)

// door is one portal before both sides: what a page asks, the side that stands behind it answers. So the cookie and the handles in
// addresses, which are drawn for a session, are the same for both.
type door struct {
	world  *world
	behind *side
	portal http.Handler
	kinds  *http.ServeMux // of pages
	met    map[string]int // pages and forms by kind and status
}

// door has every command refused at its last step, so that forms can be sent and nothing changes.
func (w *world) door() *door {
	w.t.Helper()
	w.commands = true
	for _, s := range []*side{w.still, w.moved} {
		exec(w.t, s.admin, stop+";"+unpublished)
	}
	d := &door{world: w, behind: w.still, kinds: http.NewServeMux(), met: map[string]int{}}
	for _, path := range portal.Paths() {
		d.kinds.Handle(path, http.NotFoundHandler())
	}
	config := *w.tokens.Config.Portal
	config.GraphQL = http.HandlerFunc(d.ask)
	pages, err := portal.New(config)
	if err != nil {
		w.t.Fatal(err)
	}
	d.portal = pages
	return d
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.portal.ServeHTTP(w, r) }

// ask puts what is there to tell one bit of what is hidden to the same side always.
func (d *door) ask(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		d.world.t.Fatal(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if discloses(string(body)) {
		d.world.still.web.ServeHTTP(w, r)
		return
	}
	d.behind.web.ServeHTTP(w, r)
}

func discloses(asked string) bool {
	return strings.Contains(asked, disclosing) && strings.Contains(asked, `"asked":true`) || strings.Contains(asked, "takeMandate(")
}

// visit is somebody who is signed in at the portal.
type visit struct {
	*round
	door    *door
	rng     *rand.Rand
	client  *http.Client
	todo    []step
	planned map[string]int // by kind
}

// step is a page that is opened, or a form that is sent.
type step struct {
	path string
	form url.Values
}

func (v *visit) signIn() {
	v.world.t.Helper()
	v.door.behind = v.world.still
	v.client = v.world.tokens.Browser(v.world.t, v.door, v.who.subject)
	v.send(step{"/as", url.Values{"as": {v.role + " " + v.purpose}}})
}

// both takes a step on both sides, and returns the page that both show, or what differs.
func (v *visit) both(s step) (page string, found *slip) {
	shown := map[*side]answer{}
	for _, side := range []*side{v.world.still, v.world.moved} {
		v.door.behind = side
		shown[side] = v.send(s)
	}
	a, b := shown[v.world.still], shown[v.world.moved]
	v.door.met[fmt.Sprint(v.kind(s), " ", a.status)]++
	if a.same(b) && a.status < http.StatusInternalServerError {
		return string(a.body), nil
	}
	return "", &slip{visit: v, step: s, a: a, b: b}
}

// formKey is what makes a form have one effect; it is drawn for each form.
var formKey = regexp.MustCompile(`value="[A-Z2-7]{26}"`)

func (v *visit) send(s step) answer {
	v.world.t.Helper()
	status, header, body := hubtest.Visit(v.world.t, v.client, v.world.tokens.URL+s.path, s.form)
	return answer{status: status, header: header, body: formKey.ReplaceAll(body, []byte(`value="drawn"`))}
}

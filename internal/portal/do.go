package portal

import (
	"net/http"
)

// do sends what a form says as a command, and goes back to the page that it stands on: anew where it was carried out, with what
// was entered where it was not.
func (p *Portal) do(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 256<<10)
	d := documents["do_"+r.PathValue("command")]
	if err := r.ParseForm(); err != nil || d == nil {
		p.missing(w, r)
		return
	}
	if _, ok := p.role(w, r); !ok {
		return
	}
	a := p.ask(r, d, d.given(r.PostForm))
	if a.code() == "" {
		p.sessions.Put(r.Context(), keyNotice, "done")
		http.Redirect(w, r, back(r), http.StatusSeeOther) //nolint:gosec // G710: back is a path of the portal, or the beginning
		return
	}
	p.again(w, r, a)
}

// again shows the page of a form that was refused.
func (p *Portal) again(w http.ResponseWriter, r *http.Request, refused answer) {
	for _, g := range pages {
		if values, ok := match(g.path, back(r)); ok {
			for name, value := range values {
				r.SetPathValue(name, value)
			}
			p.show(w, r, g, r.PostForm, refused)
			return
		}
	}
	p.refuse(w, r, refused)
}

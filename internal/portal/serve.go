package portal

import (
	"net/http"
	"net/url"
	"strings"
)

// home is where the role of the person begins; who is not signed in may do so there.
func (p *Portal) home(w http.ResponseWriter, r *http.Request) {
	if p.signedInAs(r.Context()) == "" {
		p.tell(w, r, http.StatusOK, "")
		return
	}
	if role, ok := p.role(w, r); ok {
		http.Redirect(w, r, menu(role)[0].path, http.StatusSeeOther)
	}
}

// serve answers a page.
func (p *Portal) serve(g page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		if err := r.ParseForm(); err != nil {
			p.tell(w, r, http.StatusBadRequest, "problem.INVALID")
			return
		}
		p.show(w, r, g, r.PostForm, answer{})
	}
}

// show renders a page with what was entered and what was wrong with it.
func (p *Portal) show(w http.ResponseWriter, r *http.Request, g page, entered url.Values, refused answer) {
	role, ok := p.role(w, r)
	if !ok {
		return
	}
	name := g.Name(role)
	if name == "" {
		p.missing(w, r)
		return
	}
	form := url.Values{}
	for key, values := range entered {
		form[key] = values
	}
	for _, variable := range named(g.path) {
		form.Set(variable, p.meant(r, variable))
	}
	v := p.view(r, role, name, entered)
	v.Refused = refused.problem()
	v.Asked = r.Method == http.MethodPost && refused.code() == ""
	a := p.ask(r, documents[name], documents[name].given(form))
	if a.code() == "INVALID" && r.Method == http.MethodGet {
		p.unfit(w, r, role)
		return
	}
	if a.Data == nil && !v.Asked {
		p.refuse(w, r, a)
		return
	}
	if a.Data == nil { // what was entered is wrong: the page is shown with it
		v.Refused = a.problem()
		a = p.ask(r, documents["me"], nil)
	}
	v.answered(a)
	p.render(w, r, http.StatusOK, name, v)
}

// meant is what stands in an address: a day, or the identifier for which a handle stands.
func (p *Portal) meant(r *http.Request, variable string) string {
	if variable == "day" {
		return r.PathValue(variable)
	}
	return p.identifier(r.Context(), r.PathValue(variable))
}

// named are the variables in a path.
func named(path string) []string {
	var all []string
	for _, part := range strings.Split(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			all = append(all, strings.TrimSuffix(name, "}"))
		}
	}
	return all
}

// role is the one in which the person asks. It is found out when the session begins.
func (p *Portal) role(w http.ResponseWriter, r *http.Request) (string, bool) {
	ctx := r.Context()
	if p.signedInAs(ctx) == "" {
		p.tell(w, r, http.StatusUnauthorized, "signin.ended")
		return "", false
	}
	if role := p.sessions.GetString(ctx, keyRole); role != "" {
		return role, true
	}
	a := p.ask(r, documents["me"], nil)
	me, known := a.Data["me"].(map[string]any)
	if !known {
		p.refuse(w, r, a)
		return "", false
	}
	p.sessions.Put(ctx, keyRole, me["role"])
	p.sessions.Put(ctx, keyPurpose, me["purpose"])
	return me["role"].(string), true
}

// choose takes another role or purpose for what follows. Whether the person holds it, the hub says with each answer.
func (p *Portal) choose(w http.ResponseWriter, r *http.Request) {
	role, purpose, _ := strings.Cut(r.PostFormValue("as"), " ")
	p.sessions.Put(r.Context(), keyRole, role)
	p.sessions.Put(r.Context(), keyPurpose, purpose)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (p *Portal) speak(w http.ResponseWriter, r *http.Request) {
	p.sessions.Put(r.Context(), keyLanguage, r.PostFormValue("language"))
	http.Redirect(w, r, back(r), http.StatusSeeOther) //nolint:gosec // G710: back is a path of the portal, or the beginning
}

// back is the page from which a form was sent; only pages of the portal are gone back to.
func back(r *http.Request) string {
	path := r.PostFormValue("back")
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\?#") {
		return "/"
	}
	return path
}

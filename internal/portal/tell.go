package portal

import (
	"net/http"
	"strings"
)

// tell shows a page without data: the beginning, or one that says what is wrong.
func (p *Portal) tell(w http.ResponseWriter, r *http.Request, status int, message string) {
	v := p.view(r, "", "start", nil)
	v.Message = message
	p.render(w, r, status, "start", v)
}

func (p *Portal) missing(w http.ResponseWriter, r *http.Request) {
	p.tell(w, r, http.StatusNotFound, "problem.NOT_FOUND")
}

// unfit shows that a page is not for the purpose that was chosen, with the choice in view.
func (p *Portal) unfit(w http.ResponseWriter, r *http.Request, role string) {
	v := p.view(r, role, "start", nil)
	v.Message = "problem.PURPOSE"
	v.answered(p.ask(r, documents["me"], nil))
	p.render(w, r, http.StatusNotFound, "start", v)
}

var statuses = map[string]int{
	"UNAUTHENTICATED": http.StatusUnauthorized, "FORBIDDEN": http.StatusForbidden, "INVALID": http.StatusBadRequest, "NOT_FOUND": http.StatusNotFound,
	"CONFLICT": http.StatusConflict, "RATE_LIMITED": http.StatusTooManyRequests, "TOO_COSTLY": http.StatusBadRequest,
	"TIMEOUT": http.StatusGatewayTimeout, "UNAVAILABLE": http.StatusServiceUnavailable,
}

// refuse shows that the hub did not answer. Who is not admitted any more is signed out; who holds several roles chooses one.
func (p *Portal) refuse(w http.ResponseWriter, r *http.Request, a answer) {
	code := a.code()
	status, known := statuses[code]
	if !known {
		code, status = "INTERNAL", http.StatusInternalServerError
	}
	v := p.view(r, "", "start", nil)
	v.Message, v.Choices = "problem."+code, a.choices()
	switch {
	case code == "UNAUTHENTICATED":
		language := p.sessions.GetString(r.Context(), keyLanguage)
		_ = p.sessions.Destroy(r.Context()) // the store is memory
		p.sessions.Put(r.Context(), keyLanguage, language)
		v.Message = "signin.ended"
	case code == "FORBIDDEN": // the role or purpose is not the person's any more: the hub is asked anew which are
		p.sessions.Remove(r.Context(), keyRole)
		p.sessions.Remove(r.Context(), keyPurpose)
	case len(v.Choices) > 0:
		v.Message, status = "signin.choose", http.StatusOK
	}
	p.render(w, r, status, "start", v)
}

// match finds what stands in a path for the names of a pattern.
func match(pattern, path string) (map[string]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	values := map[string]string{}
	for i, part := range want {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			values[strings.TrimSuffix(name, "}")] = got[i]
		} else if part != got[i] {
			return nil, false
		}
	}
	return values, true
}

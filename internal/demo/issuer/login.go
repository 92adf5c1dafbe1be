package issuer

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"github.com/zitadel/oidc/v3/pkg/op"
)

//go:embed login.html
var loginHTML string

//go:embed login.css
var loginCSS []byte

var loginPage = template.Must(template.New("login").Parse(loginHTML))

// showPersonas lists whom one may sign in as. The page has no script; its policy lets the form end at the client's own address.
func (i *Issuer) showPersonas(w http.ResponseWriter, r *http.Request) {
	asked, err := i.store.request(r.URL.Query().Get("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+origin(asked.RedirectURI))
	_ = loginPage.Execute(w, map[string]any{"ID": asked.id, "Client": asked.ClientID, "Personas": i.config.Personas})
}

func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func showStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(loginCSS)
}

func (i *Issuer) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	id, subject := r.PostFormValue("id"), r.PostFormValue("subject")
	known := slices.ContainsFunc(i.config.Personas, func(p Persona) bool { return p.Subject == subject })
	if !known {
		http.Error(w, "no such persona", http.StatusBadRequest)
		return
	}
	if err := i.store.choose(id, subject); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ctx := op.ContextWithIssuer(r.Context(), i.config.BaseURL)
	http.Redirect(w, r, op.AuthCallbackURL(i.provider)(ctx, id), http.StatusSeeOther)
}

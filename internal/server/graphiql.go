package server

import (
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
)

// GraphiQL configures the explorer. It holds no right of its own: whoever uses it signs in, and asks as that person.
type GraphiQL struct {
	// Issuer signs in by authorization code with PKCE, as ClientID, back to /graphiql; without it the page takes a token.
	Issuer, ClientID string
	// Synthetic says on the page that all data is invented.
	Synthetic bool
}

//go:embed graphiql
var graphiqlFiles embed.FS

var graphiqlPage = template.Must(template.ParseFS(graphiqlFiles, "graphiql/page.html"))

func (g *GraphiQL) register(mux *http.ServeMux) {
	files, err := fs.Sub(graphiqlFiles, "graphiql")
	if err != nil {
		panic(err) // the folder is embedded
	}
	mux.HandleFunc("GET /graphiql", g.page)
	mux.Handle("GET /graphiql/", http.StripPrefix("/graphiql/", assets(files)))
}

// page has no inline script: whatever a field of an answer holds, the browser runs only the files of this folder.
func (g *GraphiQL) page(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
		"font-src 'self' data:; connect-src 'self' "+origin(g.Issuer)+"; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	_ = graphiqlPage.Execute(w, g) // the client may have gone
}

// assets serves scripts and styles alone, and lets browsers keep them: they hold no data.
func assets(files fs.FS) http.Handler {
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if kind := path.Ext(r.URL.Path); kind != ".js" && kind != ".css" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=3600")
		server.ServeHTTP(w, r)
	})
}

func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

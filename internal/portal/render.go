package portal

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"
)

//go:embed all:templates
var templateFiles embed.FS

//go:embed assets
var assetFiles embed.FS

// templates by the name of the page; each stands in the layout, with the pieces that several share.
var templates = readTemplates()

func readTemplates() map[string]*template.Template {
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	shared := template.Must(template.New("").Funcs(template.FuncMap{"dict": dict, "list": list}).ParseFS(templateFiles, "templates/_*.html"))
	all := map[string]*template.Template{}
	for _, file := range files {
		if name := strings.TrimSuffix(path.Base(file), ".html"); !strings.HasPrefix(name, "_") {
			all[name] = template.Must(template.Must(shared.Clone()).ParseFS(templateFiles, file))
		}
	}
	return all
}

// dict gives a piece of a template what it shows, by name.
func dict(pairs ...any) map[string]any {
	all := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		all[pairs[i].(string)] = pairs[i+1]
	}
	return all
}

// list gives a piece of a template what it offers, in this order.
func list(values ...any) []any { return values }

// render writes a page in one piece, so that one that breaks is not half shown.
func (p *Portal) render(w http.ResponseWriter, r *http.Request, status int, name string, v *view) {
	var body bytes.Buffer
	if err := templates[name].ExecuteTemplate(&body, "layout", v); err != nil {
		slog.ErrorContext(r.Context(), "a page breaks as it is written", "page", name)
		http.Error(w, say(p.spoken(r), "problem.INTERNAL", nil, nil), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the browser may have gone
}

// assets are the stylesheet and pictures: they hold no data, so browsers may keep them.
func assets() http.Handler {
	server := http.FileServerFS(assetFiles)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=3600")
		server.ServeHTTP(w, r)
	})
}

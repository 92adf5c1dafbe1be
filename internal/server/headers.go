package server

import "net/http"

// secure sets the headers that every answer has. Case data is never to be kept by a browser or a proxy on the way, nor
// framed, nor read by other sites: no CORS header is ever sent. A page sets its own, looser Content-Security-Policy.
func secure(next http.Handler, hsts bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["X-Content-Type-Options"] = nosniff
		h["Cache-Control"] = noStore
		h["Content-Security-Policy"] = nothing
		h["X-Frame-Options"] = deny
		h["Referrer-Policy"] = noReferrer
		if hsts {
			h["Strict-Transport-Security"] = twoYears
		}
		next.ServeHTTP(w, r)
	})
}

// Ready slices, since these go out with every answer.
var (
	nosniff    = []string{"nosniff"}
	noStore    = []string{"no-store"}
	nothing    = []string{"default-src 'none'; frame-ancestors 'none'"}
	deny       = []string{"DENY"}
	noReferrer = []string{"no-referrer"}
	twoYears   = []string{"max-age=63072000; includeSubDomains"}
)

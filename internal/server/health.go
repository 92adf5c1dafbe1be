package server

import (
	"encoding/json"
	"net/http"
)

// healthy answers as long as the process does.
func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) {
	report(w, http.StatusOK, map[string]string{"server": "ok"})
}

// ready answers 200 when each check passes and the server is not stopping. It names what fails, and no more: whoever may
// ask is not authenticated.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	status, checks := http.StatusOK, map[string]string{"server": "ok"}
	if s.draining.Load() {
		status, checks["server"] = http.StatusServiceUnavailable, "stopping"
	}
	for name, check := range s.config.Ready {
		checks[name] = "ok"
		if err := check(r.Context()); err != nil {
			status, checks[name] = http.StatusServiceUnavailable, "failed"
			s.logError(r.Context(), "not ready: "+name, err)
		}
	}
	report(w, status, checks)
}

func report(w http.ResponseWriter, status int, checks map[string]string) {
	w.Header()["Content-Type"] = jsonMedia.header
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(checks) // the client may have gone
}

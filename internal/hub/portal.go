package hub

import (
	"maps"
	"net/http"

	"korpu/internal/portal"
	"korpu/internal/server"
)

// openPortal adds the pages for people. What they ask goes through the whole server, as every request does.
func (h *Hub) openPortal(c *portal.Config, config *server.Config) error {
	if c == nil {
		return nil
	}
	own := *c
	own.GraphQL = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.Server.Handler().ServeHTTP(w, r) })
	pages, err := portal.New(own)
	if err != nil {
		return err
	}
	config.Pages = maps.Clone(config.Pages)
	if config.Pages == nil {
		config.Pages = map[string]http.Handler{}
	}
	config.Pages["/"] = pages
	return nil
}

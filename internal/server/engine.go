package server

import (
	"maps"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	lru "github.com/hashicorp/golang-lru/v2"
)

// profile is a role and a purpose; it has a schema of its own.
type profile struct{ role, purpose string }

// engine checks and runs the documents of one profile under one policy version. Its cache of validated documents is its
// own: a document that is valid for one profile must not pass for another because it has been seen before.
type engine struct {
	schema    graphql.ExecutableSchema
	version   string
	limits    Limits
	documents *lru.Cache[string, *document]
}

// engines holds one engine per profile that is in use.
type engines struct {
	schema func(role, purpose string) (graphql.ExecutableSchema, string, error)
	limits Limits

	mu        sync.RWMutex
	byProfile map[profile]*engine
}

func newEngines(schema func(role, purpose string) (graphql.ExecutableSchema, string, error), limits Limits) *engines {
	return &engines{schema: schema, limits: limits, byProfile: map[profile]*engine{}}
}

// of gives the profile's engine under the policy that is in force now.
func (e *engines) of(p profile) (*engine, error) {
	schema, version, err := e.schema(p.role, p.purpose)
	if err != nil {
		return nil, err
	}
	e.mu.RLock()
	known := e.byProfile[p]
	e.mu.RUnlock()
	if known != nil && known.version == version {
		return known, nil
	}
	return e.renew(p, schema, version)
}

// renew makes the profile's engine, and drops every engine of another version.
func (e *engines) renew(p profile, schema graphql.ExecutableSchema, version string) (*engine, error) {
	documents, err := lru.New[string, *document](e.limits.Documents)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	maps.DeleteFunc(e.byProfile, func(_ profile, old *engine) bool { return old.version != version })
	if known := e.byProfile[p]; known != nil {
		return known, nil
	}
	made := &engine{schema: schema, version: version, limits: e.limits, documents: documents}
	e.byProfile[p] = made
	return made, nil
}

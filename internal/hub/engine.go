package hub

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/graph"
	"korpu/internal/fault"
	"korpu/internal/identity"
	"korpu/policy"
	"korpu/resolvers"
)

// engine is the generated executor over the schema of one profile under one policy version.
type engine struct {
	graphql.ExecutableSchema
	hub     *Hub
	profile *policy.Profile
	version int64
}

// engines keeps one engine for each profile of the current version.
type engines struct {
	mutex   sync.Mutex
	version int64
	made    map[*policy.Profile]*engine
}

func (e *engines) of(h *Hub, p *policy.Profile, version int64) *engine {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.version != version {
		e.version, e.made = version, map[*policy.Profile]*engine{}
	}
	if e.made[p] == nil {
		e.made[p] = &engine{ExecutableSchema: executable(h, p.Schema()), hub: h, profile: p, version: version}
	}
	return e.made[p]
}

func executable(h *Hub, pruned *ast.Schema) graphql.ExecutableSchema {
	return graph.NewExecutableSchema(graph.Config{
		Schema:    pruned,
		Resolvers: &resolvers.Resolver{Records: h.records, Commands: h.commands, People: h.people},
	})
}

// Exec gives the operation its reads, and ends them: an operation that asked for no record is still checked in the
// database, so that nobody is answered who is not admitted any more.
func (e *engine) Exec(ctx context.Context) graphql.ResponseHandler {
	subject, ok := identity.From(ctx)
	if !ok {
		return graphql.OneShot(graphql.ErrorResponse(ctx, "%s", fault.Unauthenticated))
	}
	return func(ctx context.Context) *graphql.Response {
		ctx, request := e.hub.records.Begin(ctx, subject, e.profile, e.version)
		graphql.GetOperationContext(ctx).Stats.SetExtension(reads, request)
		resp := e.ExecutableSchema.Exec(ctx)(ctx)
		if err := request.Finish(ctx); err != nil {
			graphql.AddError(ctx, err)
			if fault.Of(err).Code == fault.Unauthenticated {
				e.hub.people.Forget(subject)
			}
		}
		request.Free()
		return resp
	}
}

var _ graphql.ExecutableSchema = (*engine)(nil)

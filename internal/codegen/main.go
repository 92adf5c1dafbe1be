// Command codegen runs gqlgen over the SDL with the @record plugin: types that records answers for are scalars to the
// generated code, so that no resolver of a field of theirs exists. Validation and introspection keep the whole types.
package main

import (
	"fmt"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"
)

const answer = "korpu/internal/records.Answer"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "codegen:", err)
		os.Exit(1)
	}
}

func run() error {
	cfg, err := config.LoadConfigFromDefaultLocations()
	if err != nil {
		return fmt.Errorf("read gqlgen.yml: %w", err)
	}
	return api.Generate(cfg, api.PrependPlugin(&recordPlugin{models: cfg.Models}))
}

type recordPlugin struct{ models config.TypeMap }

func (*recordPlugin) Name() string { return "record" }

// MutateSchema makes records and their pages scalars, inputs of theirs plain maps, and drops what only they needed.
func (p *recordPlugin) MutateSchema(schema *ast.Schema) error { //nolint:unparam // gqlgen's interface
	for name, def := range schema.Types {
		switch {
		case def.Directives.ForName("record") != nil || def.Directives.ForName("connection") != nil:
			p.scalar(def)
			p.models.Add(name, answer)
		case def.Directives.ForName("filters") != nil || def.Directives.ForName("writes") != nil || ordersRecords(schema, def):
			p.scalar(def)
			p.models.Add(name, "github.com/99designs/gqlgen/graphql.Map")
		}
	}
	dropDirectives(schema)
	keep := map[string]bool{}
	reach(schema, schema.Query.Name, keep)
	reach(schema, schema.Mutation.Name, keep)
	for name, def := range schema.Types {
		if !def.BuiltIn && !keep[name] {
			delete(schema.Types, name)
		}
	}
	return nil
}

// dropDirectives removes the SDL's own directives: they speak to the policy, and no code runs for them.
func dropDirectives(schema *ast.Schema) {
	for name, d := range schema.Directives {
		if d.Position.Src != nil && !d.Position.Src.BuiltIn {
			delete(schema.Directives, name)
		}
	}
	for _, f := range append(schema.Query.Fields, schema.Mutation.Fields...) {
		f.Directives = nil
	}
}

func (*recordPlugin) scalar(def *ast.Definition) {
	def.Kind = ast.Scalar
	def.Fields = nil
	def.Directives = nil
}

func ordersRecords(schema *ast.Schema, def *ast.Definition) bool {
	if def.Kind != ast.InputObject {
		return false
	}
	f := def.Fields.ForName("field")
	return f != nil && schema.Types[f.Type.Name()].Directives.ForName("orders") != nil
}

func reach(schema *ast.Schema, name string, keep map[string]bool) {
	def := schema.Types[name]
	if def == nil || keep[name] {
		return
	}
	keep[name] = true
	for _, f := range def.Fields {
		reach(schema, f.Type.Name(), keep)
		for _, a := range f.Arguments {
			reach(schema, a.Type.Name(), keep)
		}
	}
}

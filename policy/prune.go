package policy

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// directives that stay in a profile's schema; the rest are the hub's own affair, and @defer would answer after the audit.
var publicDirectives = []string{"include", "skip", "deprecated", "specifiedBy"}

// prune returns the SDL as the profile sees it: what is never open is not there, nor anything that only it needed.
// The result is printed and read again, so that it is a valid schema or an error.
func prune(c *Catalog, p *Profile) (*ast.Schema, error) {
	pr := &pruner{catalog: c, profile: p, types: map[string]*ast.Definition{}}
	pr.keep(c.Schema.Query.Name)
	if len(p.Commands) > 0 {
		pr.keep(c.Schema.Mutation.Name)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema of " + p.String(), Input: pr.print()})
	if err != nil {
		return nil, fmt.Errorf("the pruned schema of %s is no schema: %w", p, err)
	}
	maps.DeleteFunc(schema.Directives, func(name string, _ *ast.DirectiveDefinition) bool { return !slices.Contains(publicDirectives, name) })
	return schema, nil
}

type pruner struct {
	catalog *Catalog
	profile *Profile
	types   map[string]*ast.Definition
}

// keep copies a type that something visible needs, and whatever it needs itself.
func (pr *pruner) keep(name string) {
	def := pr.catalog.Schema.Types[name]
	if def == nil || def.BuiltIn || pr.types[name] != nil {
		return
	}
	copied := *def
	copied.Directives = public(def.Directives)
	pr.types[name] = &copied
	copied.Fields = nil
	for _, f := range def.Fields {
		if !strings.HasPrefix(f.Name, "__") && pr.visible(def, f) && pr.answerable(def, f) {
			copied.Fields = append(copied.Fields, pr.field(f))
		}
	}
	copied.EnumValues = pr.enumValues(def)
}

func (pr *pruner) field(f *ast.FieldDefinition) *ast.FieldDefinition {
	copied := *f
	copied.Directives = public(f.Directives)
	copied.Arguments = nil
	for _, a := range f.Arguments {
		if pr.usable(a.Type.Name()) {
			argument := *a
			argument.Directives = public(a.Directives)
			copied.Arguments = append(copied.Arguments, &argument)
			pr.keep(a.Type.Name())
		}
	}
	pr.keep(f.Type.Name())
	return &copied
}

func (pr *pruner) visible(def *ast.Definition, f *ast.FieldDefinition) bool {
	if def == pr.catalog.Schema.Query {
		return pr.rootVisible(f)
	}
	if def == pr.catalog.Schema.Mutation {
		return pr.profile.Commands[f.Name] != nil
	}
	if def.Directives.ForName("writes") != nil {
		return pr.given(def, f)
	}
	if d := def.Directives.ForName("filters"); d != nil {
		return pr.fieldSeen(argument(d, "type"), f.Name)
	}
	if pr.catalog.Records[def.Name] != nil && f.Name != "withheld" {
		return pr.fieldSeen(def.Name, f.Name)
	}
	record, _ := pr.catalog.answers(f.Type.Name())
	return record == nil || pr.profile.Types[record.Name] != nil
}

// answerable tells whether whatever the field requires to be asked, or an input field to be given, can be said.
func (pr *pruner) answerable(def *ast.Definition, f *ast.FieldDefinition) bool {
	if def.Kind == ast.InputObject {
		return pr.usable(f.Type.Name())
	}
	return !slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool {
		return a.Type.NonNull && a.DefaultValue == nil && !pr.usable(a.Type.Name())
	})
}

func (pr *pruner) rootVisible(f *ast.FieldDefinition) bool {
	if d := f.Directives.ForName("previews"); d != nil {
		return pr.profile.Commands[argument(d, "command")] != nil
	}
	root := pr.catalog.Root(f.Name)
	if root == nil {
		return true
	}
	needed := root.Keys
	if root.Only != nil {
		needed = append(slices.Clone(needed), root.Only)
	}
	return pr.profile.Types[root.Record.Name] != nil &&
		!slices.ContainsFunc(needed, func(k *Field) bool { return !pr.fieldSeen(root.Record.Name, k.Name) })
}

// given tells whether some command that the profile may do lets it give the input field.
func (pr *pruner) given(def *ast.Definition, f *ast.FieldDefinition) bool {
	in := pr.catalog.inputs[def.Name]
	i := slices.IndexFunc(in.Values, func(v *Value) bool { return v.Name == f.Name })
	if i < 0 {
		return true
	}
	for _, a := range pr.profile.Commands {
		if _, takes := a.Values[in.Values[i]]; takes {
			return a.Gives(in.Values[i])
		}
	}
	return false
}

func (pr *pruner) fieldSeen(record, field string) bool {
	t := pr.profile.Types[record]
	if t == nil {
		return false
	}
	_, seen := t.Fields[field]
	return seen
}

// usable tells whether an argument of the type has anything left to say: whatever it requires, and more than a direction.
func (pr *pruner) usable(name string) bool {
	def := pr.catalog.Schema.Types[name]
	switch def.Kind {
	case ast.InputObject:
		left := slices.DeleteFunc(slices.Clone(def.Fields), func(f *ast.FieldDefinition) bool { return !pr.visible(def, f) || !pr.usable(f.Type.Name()) })
		lost := func(f *ast.FieldDefinition) bool { return required(f) && !slices.Contains(left, f) }
		return !slices.ContainsFunc(def.Fields, lost) && slices.ContainsFunc(left, func(f *ast.FieldDefinition) bool { return f.Type.Name() != "OrderDirection" })
	case ast.Enum:
		return len(pr.enumValues(def)) > 0
	}
	return true
}

func required(f *ast.FieldDefinition) bool { return f.Type.NonNull && f.DefaultValue == nil }

// enumValues are all values of an enum, but of an order those by which the profile may order.
func (pr *pruner) enumValues(def *ast.Definition) ast.EnumValueList {
	d := def.Directives.ForName("orders")
	var kept ast.EnumValueList
	for _, v := range def.EnumValues {
		if d == nil || pr.profile.Orders(argument(d, "type"), OrderedField(v.Name)) {
			copied := *v
			copied.Directives = public(v.Directives)
			kept = append(kept, &copied)
		}
	}
	return kept
}

// Orders tells whether the profile may order the record by the field: it always sees it, and an index serves it.
func (p *Profile) Orders(record, field string) bool {
	t := p.Types[record]
	if t == nil {
		return false
	}
	f := t.Record.Field(field)
	return f != nil && f.Indexed && t.Fields[field].Kind == AlwaysOpen
}

// OrderedField is the field that a value of an order enum names: OPENED_ON is openedOn.
func OrderedField(value string) string {
	words := strings.Split(strings.ToLower(value), "_")
	for i := range words[1:] {
		words[i+1] = strings.ToUpper(words[i+1][:1]) + words[i+1][1:]
	}
	return strings.Join(words, "")
}

// public leaves out the directives that speak to the policy.
func public(list ast.DirectiveList) ast.DirectiveList {
	return slices.DeleteFunc(slices.Clone(list), func(d *ast.Directive) bool { return !slices.Contains(publicDirectives, d.Name) })
}

func (pr *pruner) mutation() *ast.Definition {
	if pr.catalog.Schema.Mutation == nil {
		return nil
	}
	return pr.types[pr.catalog.Schema.Mutation.Name]
}

func (pr *pruner) print() string {
	var b bytes.Buffer
	schema := &ast.Schema{Types: pr.types, Query: pr.types[pr.catalog.Schema.Query.Name], Mutation: pr.mutation(), Directives: map[string]*ast.DirectiveDefinition{}}
	formatter.NewFormatter(&b).FormatSchema(schema)
	return b.String()
}

package attacks

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/policy"
)

// everything asks each list of a profile for all values of its records and of what they lead to, in each order.
func everything(p *policy.Profile) []string {
	var all []string
	for _, root := range pages(p) {
		record := p.Catalog().Root(root.Name).Record
		body := values(p, record)
		for _, f := range links(p, record) {
			body += " " + nested(2, f, values(p, p.Catalog().Records[f.Link.Target]))
		}
		for _, order := range orders(p, root) {
			all = append(all, list(root.Name, "first: 30"+order, body))
		}
	}
	return all
}

// further asks each list for what lies two links away, one link at a time.
func further(p *policy.Profile) []string {
	var all []string
	for _, root := range pages(p) {
		for _, f := range links(p, p.Catalog().Root(root.Name).Record) {
			all = append(all, list(root.Name, "first: 30", "id "+follow(p, f)))
		}
	}
	return all
}

func list(name, arguments, body string) string {
	return fmt.Sprintf("{ %s(%s) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { withheld { field reason } %s } } } }", name, arguments, body)
}

// orders are the ways to ask for a list: its own order, and every other from its end, where the oldest records are.
func orders(p *policy.Profile, root *ast.FieldDefinition) []string {
	ways := []string{""}
	if arg := root.Arguments.ForName("orderBy"); arg != nil {
		by := p.Schema().Types[p.Schema().Types[arg.Type.Name()].Fields.ForName("field").Type.Name()]
		for _, v := range by.EnumValues {
			ways = append(ways, fmt.Sprintf(", orderBy: {field: %s, direction: ASC}", v.Name))
		}
	}
	return ways
}

// follow selects a link's target, all its values, and the values of what that leads to.
func follow(p *policy.Profile, f *policy.Field) string {
	target := p.Catalog().Records[f.Link.Target]
	body := "withheld { field } " + values(p, target)
	for _, next := range links(p, target) {
		body += " " + nested(2, next, values(p, p.Catalog().Records[next.Link.Target]))
	}
	return nested(3, f, body)
}

func nested(first int, f *policy.Field, body string) string {
	switch {
	case f.Link.Page:
		return fmt.Sprintf("%s(first: %d) { totalCount edges { cursor node { %s } } }", f.Name, first, body)
	case f.Link.Many:
		return fmt.Sprintf("%s(first: %d) { %s }", f.Name, first, body)
	}
	return fmt.Sprintf("%s { %s }", f.Name, body)
}

func values(p *policy.Profile, r *policy.Record) string {
	var names []string
	for _, f := range shown(p, r) {
		if f.Link == nil {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, " ")
}

func links(p *policy.Profile, r *policy.Record) []*policy.Field {
	var list []*policy.Field
	for _, f := range shown(p, r) {
		if f.Link != nil {
			list = append(list, f)
		}
	}
	return list
}

// shown are the fields of a record that the profile's schema has.
func shown(p *policy.Profile, r *policy.Record) []*policy.Field {
	var list []*policy.Field
	for _, f := range r.Fields {
		if schemaField(p, r.Name, f.Name) != nil {
			list = append(list, f)
		}
	}
	return list
}

func schemaField(p *policy.Profile, typeName, field string) *ast.FieldDefinition {
	def := p.Schema().Types[typeName]
	if def == nil {
		return nil
	}
	return def.Fields.ForName(field)
}

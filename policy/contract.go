package policy

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// meant are the directives that the catalog reads.
var meant = []string{"record", "data", "link", "connection", "filters", "orders", "only", "command", "writes", "key", "finds", "previews"}

// lintContract finds what the SDL's parser lets pass: words that no list has, and names that lead nowhere. Each would
// otherwise close, open or widen something silently.
func lintContract(c *Catalog, problems *Problems) {
	for name, d := range c.Schema.Directives {
		if !d.Position.Src.BuiltIn && !slices.Contains(meant, name) {
			problems.add(place(d.Position), "directive @%s means nothing to the hub, and guards nothing; use those of directives.graphqls", name)
		}
	}
	tables := map[string]string{}
	for _, def := range c.sorted() {
		c.lintWords(def.Directives, problems)
		for _, f := range def.Fields {
			c.lintWords(f.Directives, problems)
			c.lintArguments(f, problems)
		}
		switch {
		case def.Kind == ast.Union || def.Kind == ast.Interface:
			problems.add(place(def.Position), "%s is a union or interface; a record has one type, which its rules name", def.Name)
		case c.Records[def.Name] != nil:
			lintRecord(c.Records[def.Name], def, tables, problems)
		case def.Directives.ForName("filters") != nil:
			c.lintNamed(def.Directives.ForName("filters"), fieldNames(def), problems)
		case def.Directives.ForName("orders") != nil:
			c.lintNamed(def.Directives.ForName("orders"), orderedFields(def), problems)
		}
	}
	c.lintEncrypted(problems)
	c.lintPreviews(problems)
}

// lintPreviews finds previews of commands that there are not: they would be in no schema.
func (c *Catalog) lintPreviews(problems *Problems) {
	for _, f := range c.Schema.Query.Fields {
		if d := f.Directives.ForName("previews"); d != nil && c.Command(argument(d, "command")) == nil {
			problems.add(place(d.Position), "Query.%s previews %q, which is no command", f.Name, argument(d, "command"))
		}
	}
}

// sorted lists the types of our own SDL files by name.
func (c *Catalog) sorted() []*ast.Definition {
	var all []*ast.Definition
	for _, def := range c.Schema.Types {
		if !def.BuiltIn {
			all = append(all, def)
		}
	}
	slices.SortFunc(all, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// lintWords checks the words that directives hold, such as data classes: the parser does not.
func (c *Catalog) lintWords(list ast.DirectiveList, problems *Problems) {
	for _, d := range list {
		for _, a := range d.Arguments {
			words := c.Schema.Types[c.Schema.Directives[d.Name].Arguments.ForName(a.Name).Type.Name()]
			if words != nil && words.Kind == ast.Enum && words.EnumValues.ForName(a.Value.Raw) == nil {
				problems.add(place(a.Position), "%s is no %s; write one of those in directives.graphqls, or add it there", a.Value.Raw, words.Name)
			}
		}
	}
}

func lintRecord(r *Record, def *ast.Definition, tables map[string]string, problems *Problems) {
	if other := tables[r.Table]; other != "" {
		problems.add(place(def.Position), "%s and %s are both records of table %s; a table has one", other, r.Name, r.Table)
	}
	tables[r.Table] = r.Name
	if w := def.Fields.ForName("withheld"); w == nil || w.Type.String() != "[Withheld!]!" {
		problems.add(place(def.Position), "%s has no field withheld: [Withheld!]!; add it, so that refusals can be told", r.Name)
	}
}

// lintNamed checks that filters and orders name fields of the record; orders only such as an index serves.
func (c *Catalog) lintNamed(d *ast.Directive, names []string, problems *Problems) {
	r := c.Records[argument(d, "type")]
	if r == nil {
		problems.add(place(d.Position), "%s is no record", argument(d, "type"))
		return
	}
	for _, name := range names {
		f := r.Field(name)
		switch {
		case f != nil && f.Encrypted:
			lintCompared(f, d.Position, problems)
		case f == nil || f.Link != nil || d.Name == "orders" && !f.Indexed:
			problems.add(place(d.Position), "%s.%s cannot be named here: only values of the record can, and in an order only indexed ones", r.Name, name)
		}
	}
}

// lintArguments checks that a list of records is filtered and ordered by what is marked as theirs: of anything else, what
// a profile never sees would not be pruned.
func (c *Catalog) lintArguments(f *ast.FieldDefinition, problems *Problems) {
	r, _ := c.answers(f.Type.Name())
	if r == nil {
		return
	}
	for _, arg := range f.Arguments {
		marked := c.Schema.Types[arg.Type.Name()]
		mark := map[string]string{"filter": "filters", "orderBy": "orders"}[arg.Name]
		if by := marked.Fields.ForName("field"); mark == "orders" && by != nil {
			marked = c.Schema.Types[by.Type.Name()]
		}
		if mark == "" {
			continue
		}
		if d := marked.Directives.ForName(mark); d == nil || argument(d, "type") != r.Name {
			problems.add(place(arg.Position), "%s takes %s, which is not marked @%s(type: %q); mark it, or take the one that is", f.Name, marked.Name, mark, r.Name)
		}
	}
}

func fieldNames(def *ast.Definition) []string {
	var names []string
	for _, f := range def.Fields {
		names = append(names, f.Name)
	}
	return names
}

func orderedFields(def *ast.Definition) []string {
	var names []string
	for _, v := range def.EnumValues {
		names = append(names, OrderedField(v.Name))
	}
	return names
}

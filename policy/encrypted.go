package policy

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// AgencyColumn holds the agency of a row, under whose key its encrypted values are.
const AgencyColumn = "agency_id"

// Place is the table and column to which the encrypted values of the field are bound.
func (f *Field) Place() string {
	if f.Record.Original != "" {
		return f.Record.Original + "." + f.Column
	}
	return f.Record.Table + "." + f.Column
}

// RowColumn holds the identifier of the row to which the record's encrypted values are bound.
func (r *Record) RowColumn() string {
	if r.Original != "" {
		return r.Original + "_id"
	}
	return "id"
}

// Encrypted are the fields whose values stand encrypted in the database; views that show them too are not among them.
func (c *Catalog) Encrypted() []*Field {
	var all []*Field
	for _, name := range c.Names {
		for _, f := range c.Records[name].Fields {
			if f.Encrypted && f.Record.Original == "" {
				all = append(all, f)
			}
		}
	}
	return all
}

// Seals tells whether the command gives a value that is encrypted to the record itself.
func (c *Command) Seals() bool {
	return slices.ContainsFunc(c.Input.Values, func(v *Value) bool { return v.Field != nil && v.Field.Encrypted })
}

// readEncrypted notes that the field is encrypted, and keeps beside it what tells under whose key and in which place.
func (f *Field) readEncrypted() {
	f.Encrypted = true
	f.Record.needKey(AgencyColumn)
	f.Record.needKey(f.Record.RowColumn())
}

// lintEncrypted checks that fields can be encrypted: each is a text, no index needs to read it, and its row tells whose key it
// is under. A view shows such values of a table that has them.
func (c *Catalog) lintEncrypted(problems *Problems) {
	originals := map[string]bool{}
	for _, f := range c.Encrypted() {
		originals[f.Place()] = true
	}
	for _, name := range c.Names {
		for _, f := range c.Records[name].Fields {
			at := place(f.Def.Position)
			switch {
			case !f.Encrypted:
			case f.Def.Type.NamedType != "String":
				problems.add(at, "%s is encrypted, and only a String can be: make it one, or drop encrypted", f.Title())
			case f.Indexed:
				problems.add(at, "%s is encrypted, and no index serves what PostgreSQL cannot read: drop indexed", f.Title())
			case f.Record.Anchor == AnchorNone:
				problems.add(at, "%s is encrypted with a key of the row's agency, and a %s belongs to nobody: give the record an anchor, or drop encrypted", f.Title(), name)
			case !originals[f.Place()]:
				problems.add(at, "%s shows %s, which no record says is encrypted: mark that field, or name another original", f.Title(), f.Place())
			}
		}
	}
}

// lintGiven checks that a command does not give by itself what only a caller's text can be.
func lintGiven(f *Field, at *ast.Position, problems *Problems) {
	if f.Encrypted {
		problems.add(place(at), "%s is encrypted, so it is the caller who gives it: take it out of set", f.Title())
	}
}

// lintCompared checks that PostgreSQL is not asked to compare what it cannot read.
func lintCompared(f *Field, at *ast.Position, problems *Problems) {
	if f != nil && f.Encrypted {
		problems.add(place(at), "%s is encrypted, so nothing can be looked up, filtered or ordered by it: leave it out here", f.Title())
	}
}

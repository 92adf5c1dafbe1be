package policy

import "github.com/vektah/gqlparser/v2/ast"

// Anchor says what the rows of a record belong to.
type Anchor string

// The anchors, as the SDL names them.
const (
	AnchorNone          Anchor = "NONE"
	AnchorChild         Anchor = "CHILD"
	AnchorCase          Anchor = "CASE"
	AnchorChildWithCase Anchor = "CHILD_WITH_CASE"
)

// Catalog is what the SDL says of records: their tables, fields, classes and links.
type Catalog struct {
	Schema  *ast.Schema
	Hash    string
	Records map[string]*Record
	Names   []string // of the records, sorted
	Pages   map[string]*Record
	Roots   []*Root
	// Commands are the steps that change records, in the order of the SDL.
	Commands []*Command
	inputs   map[string]*Input
}

// Record is an object type whose rows are read through the views of a profile.
type Record struct {
	Name     string
	Table    string
	Original string // of a view: the table whose encrypted values it shows
	Anchor   Anchor
	Order    *Field // by which lists are ordered where the caller may always see it
	Fields   []*Field
	keys     []string // columns that views need beside those of fields: for links, and to decrypt
}

// Field is a field of a record. Link is nil for a value.
type Field struct {
	Record    *Record
	Name      string
	Column    string
	Class     string
	Indexed   bool
	Encrypted bool // under a key of the row's agency
	Link      *Link
	Def       *ast.FieldDefinition
}

// Link leads to another record: rows of Target whose Foreign column equals this record's Own column.
type Link struct {
	Target  string
	Own     string
	Foreign string
	Many    bool
	Page    bool // a connection rather than a plain list
}

// Root is a question: a field of Query that answers with records.
type Root struct {
	Name   string
	Record *Record
	Page   bool
	Keys   []*Field // the fields that are compared with the arguments of the same names
	Only   *Field
	Value  string
	Def    *ast.FieldDefinition
}

// Title is the record's or field's place in the SDL, for messages.
func (f *Field) Title() string { return f.Record.Name + "." + f.Name }

// Field returns the field of that name, or nil.
func (r *Record) Field(name string) *Field {
	for _, f := range r.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Root returns the question of that name, or nil.
func (c *Catalog) Root(name string) *Root {
	for _, r := range c.Roots {
		if r.Name == name {
			return r
		}
	}
	return nil
}

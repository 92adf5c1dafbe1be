package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"unicode"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

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
}

// Record is an object type whose rows are read through the views of a profile.
type Record struct {
	Name   string
	Table  string
	Anchor Anchor
	Order  *Field // by which lists are ordered where the caller may always see it
	Fields []*Field
	keys   []string // columns that links to and from the record need
}

// Field is a field of a record. Link is nil for a value.
type Field struct {
	Record  *Record
	Name    string
	Column  string
	Class   string
	Indexed bool
	Link    *Link
	Def     *ast.FieldDefinition
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
	Keys   []*Field // the fields that a look-up compares with its arguments of the same names
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

// ReadCatalog reads the SDL files of fsys. Every defect is reported at once.
func ReadCatalog(fsys fs.FS) (*Catalog, error) {
	sources, sum, err := sources(fsys)
	if err != nil {
		return nil, err
	}
	parsed, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		return nil, fmt.Errorf("read the SDL: %w", err)
	}
	c := &Catalog{Schema: parsed, Hash: sum, Records: map[string]*Record{}, Pages: map[string]*Record{}}
	problems := &Problems{}
	c.readRecords(problems)
	c.readLinks(problems)
	c.readRoots(problems)
	return c, problems.Err()
}

func sources(fsys fs.FS) ([]*ast.Source, string, error) {
	names, err := fs.Glob(fsys, "*.graphqls")
	if err != nil {
		return nil, "", fmt.Errorf("list SDL files: %w", err)
	}
	sort.Strings(names)
	h := sha256.New()
	var out []*ast.Source
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, "", fmt.Errorf("read SDL file: %w", err)
		}
		fmt.Fprintf(h, "%s\x00%s\x00", name, text)
		out = append(out, &ast.Source{Name: "schema/" + name, Input: string(text)})
	}
	return out, hex.EncodeToString(h.Sum(nil)), nil
}

func (c *Catalog) readRecords(problems *Problems) {
	for name, def := range c.Schema.Types {
		d := def.Directives.ForName("record")
		if d == nil {
			continue
		}
		r := &Record{Name: name, Table: argument(d, "table"), Anchor: Anchor(argument(d, "anchor"))}
		for _, f := range def.Fields {
			if f.Name != "withheld" {
				r.Fields = append(r.Fields, readField(r, f, problems))
			}
		}
		r.readOrder(argument(d, "order"), def, problems)
		c.Records[name] = r
		c.Names = append(c.Names, name)
	}
	sort.Strings(c.Names)
}

func readField(r *Record, def *ast.FieldDefinition, problems *Problems) *Field {
	f := &Field{Record: r, Name: def.Name, Column: snake(def.Name), Def: def}
	d := def.Directives.ForName("data")
	if d == nil {
		problems.add(place(def.Position), "field %s has no data class; add @data(class: …) to it", f.Title())
		return f
	}
	f.Class = argument(d, "class")
	f.Indexed = argument(d, "indexed") == "true"
	if column := argument(d, "column"); column != "" {
		f.Column = column
	}
	return f
}

func (r *Record) readOrder(name string, def *ast.Definition, problems *Problems) {
	if name == "" {
		return
	}
	r.Order = r.Field(name)
	if r.Order == nil || !r.Order.Indexed {
		problems.add(place(def.Position), "%s is ordered by %s, which is no indexed field of it", r.Name, name)
	}
}

func (c *Catalog) readLinks(problems *Problems) {
	for _, name := range c.Names {
		for _, f := range c.Records[name].Fields {
			if d := f.Def.Directives.ForName("link"); d != nil {
				c.readLink(f, d, problems)
			}
		}
	}
	for _, r := range c.Records {
		sort.Strings(r.keys)
	}
}

func (c *Catalog) readLink(f *Field, d *ast.Directive, problems *Problems) {
	target, page := f.Def.Type.Name(), false
	if def := c.Schema.Types[target]; def != nil && def.Directives.ForName("connection") != nil {
		target, page = def.Fields.ForName("nodes").Type.Name(), true
	}
	to := c.Records[target]
	if to == nil {
		problems.add(place(f.Def.Position), "%s leads to %s, which is no record", f.Title(), target)
		return
	}
	f.Link = &Link{Target: target, Own: argument(d, "column"), Foreign: argument(d, "foreign"), Page: page, Many: page || f.Def.Type.Elem != nil}
	if f.Link.Own == "" {
		f.Link.Own = "id"
	}
	if f.Link.Foreign == "" {
		f.Link.Foreign = "id"
	}
	if !f.Link.Many && f.Def.Type.NonNull {
		problems.add(place(f.Def.Position), "%s must be nullable: the record at its end may be closed to the caller", f.Title())
	}
	f.Record.needKey(f.Link.Own)
	to.needKey(f.Link.Foreign)
}

func (r *Record) needKey(column string) {
	if column != "id" && !contains(r.keys, column) {
		r.keys = append(r.keys, column)
	}
}

func (c *Catalog) readRoots(problems *Problems) {
	for name, def := range c.Schema.Types {
		if def.Directives.ForName("connection") != nil {
			c.Pages[name] = c.Records[def.Fields.ForName("nodes").Type.Name()]
		}
	}
	for _, def := range c.Schema.Query.Fields {
		result := def.Type.Name()
		root := &Root{Name: def.Name, Def: def, Record: c.Records[result]}
		if page := c.Pages[result]; page != nil {
			root.Record, root.Page = page, true
		}
		if root.Record == nil {
			continue
		}
		c.readRoot(root, problems)
		c.Roots = append(c.Roots, root)
	}
}

func (c *Catalog) readRoot(root *Root, problems *Problems) {
	if d := root.Def.Directives.ForName("only"); d != nil {
		root.Only, root.Value = root.Record.Field(argument(d, "field")), argument(d, "value")
	}
	if root.Page {
		return
	}
	for _, arg := range root.Def.Arguments {
		key := root.Record.Field(arg.Name)
		if key == nil {
			problems.add(place(arg.Position), "argument %s of Query.%s is no field of %s", arg.Name, root.Name, root.Record.Name)
			continue
		}
		root.Keys = append(root.Keys, key)
	}
}

func argument(d *ast.Directive, name string) string {
	if a := d.Arguments.ForName(name); a != nil {
		return a.Value.Raw
	}
	return ""
}

func place(p *ast.Position) string {
	if p == nil || p.Src == nil {
		return "schema"
	}
	return fmt.Sprintf("%s:%d", p.Src.Name, p.Line)
}

func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// ReadCatalog reads the SDL files of fsys. Every defect is reported at once.
func ReadCatalog(fsys fs.FS) (*Catalog, error) {
	problems := &Problems{}
	c := readCatalog(fsys, problems)
	return c, problems.Err()
}

// readCatalog returns nil where the SDL is none.
func readCatalog(fsys fs.FS, problems *Problems) *Catalog {
	sources, sum, err := sources(fsys)
	if err != nil {
		problems.add("schema", "%v", err)
		return nil
	}
	parsed, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		at, text := parseProblem(err)
		problems.add(at, "%s", text)
		return nil
	}
	c := &Catalog{Schema: parsed, Hash: sum, Records: map[string]*Record{}, Pages: map[string]*Record{}}
	c.readRecords(problems)
	c.readPages(problems)
	c.readLinks(problems)
	c.readRoots(problems)
	c.readCommands(problems)
	lintContract(c, problems)
	return c
}

func sources(fsys fs.FS) ([]*ast.Source, string, error) {
	names, err := fs.Glob(fsys, "*.graphqls")
	if err != nil {
		return nil, "", fmt.Errorf("list SDL files: %w", err)
	}
	slices.Sort(names)
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
		r := &Record{Name: name, Table: argument(d, "table"), Anchor: Anchor(argument(d, "anchor")), Original: argument(d, "original")}
		for _, f := range def.Fields {
			if f.Name != "withheld" {
				r.Fields = append(r.Fields, readField(r, f, problems))
			}
		}
		r.readOrder(argument(d, "order"), def, problems)
		c.Records[name] = r
		c.Names = append(c.Names, name)
	}
	slices.Sort(c.Names)
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
	if argument(d, "encrypted") == "true" {
		f.readEncrypted()
	}
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
		slices.Sort(r.keys)
	}
}

func (c *Catalog) readLink(f *Field, d *ast.Directive, problems *Problems) {
	to, page := c.answers(f.Def.Type.Name())
	if to == nil {
		problems.add(place(f.Def.Position), "%s leads to %s, which is no record", f.Title(), f.Def.Type.Name())
		return
	}
	f.Link = &Link{Target: to.Name, Own: argument(d, "column"), Foreign: argument(d, "foreign"), Page: page, Many: page || f.Def.Type.Elem != nil}
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
	if column != "id" && !slices.Contains(r.keys, column) {
		r.keys = append(r.keys, column)
	}
}

// readPages finds the types that are pages of records.
func (c *Catalog) readPages(problems *Problems) {
	for name, def := range c.Schema.Types {
		if def.Directives.ForName("connection") == nil {
			continue
		}
		nodes := def.Fields.ForName("nodes")
		if nodes == nil || c.Records[nodes.Type.Name()] == nil {
			problems.add(place(def.Position), "%s is a page of no record; give it nodes: [Type!]! of a record", name)
			continue
		}
		c.Pages[name] = c.Records[nodes.Type.Name()]
	}
}

// answers returns the record that a type holds, itself or as a page.
func (c *Catalog) answers(name string) (r *Record, page bool) {
	if r := c.Pages[name]; r != nil {
		return r, true
	}
	return c.Records[name], false
}

func (c *Catalog) readRoots(problems *Problems) {
	for _, def := range c.Schema.Query.Fields {
		root := &Root{Name: def.Name, Def: def}
		if root.Record, root.Page = c.answers(def.Type.Name()); root.Record != nil {
			c.readRoot(root, problems)
			c.Roots = append(c.Roots, root)
		}
	}
}

// ofPages are the arguments of pages that are no keys.
var ofPages = []string{"first", "after", "filter", "orderBy"}

func (c *Catalog) readRoot(root *Root, problems *Problems) {
	if d := root.Def.Directives.ForName("only"); d != nil {
		root.Only, root.Value = root.Record.Field(argument(d, "field")), argument(d, "value")
		if root.Only == nil {
			problems.add(place(d.Position), "Query.%s is limited by %s, which is no field of %s", root.Name, argument(d, "field"), root.Record.Name)
		}
		lintCompared(root.Only, d.Position, problems)
	}
	for _, arg := range root.Def.Arguments {
		if root.Page && slices.Contains(ofPages, arg.Name) {
			continue
		}
		key := root.Record.Field(arg.Name)
		if key == nil {
			problems.add(place(arg.Position), "argument %s of Query.%s is no field of %s", arg.Name, root.Name, root.Record.Name)
			continue
		}
		lintCompared(key, arg.Position, problems)
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

// parseProblem is where the parser stopped, and why.
func parseProblem(err error) (place, text string) {
	var e *gqlerror.Error
	if errors.As(err, &e) && len(e.Locations) > 0 {
		return fmt.Sprintf("%v:%d", e.Extensions["file"], e.Locations[0].Line), e.Message
	}
	return "schema", err.Error()
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

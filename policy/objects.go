package policy

import "strings"

// RowObject is the name under which rules decide whether a record is seen at all.
func RowObject(r *Record) string { return r.Name + ".@row" }

// protected is the name of the rows of all records that belong to a child.
const protected = "rows:protected"

// rowObjects are the names by which rules speak of the rows of a record. Only the first is the record's own, and no rule
// may write it.
func rowObjects(r *Record) []string {
	objects := []string{RowObject(r), "rows:" + r.Name}
	if r.Anchor != AnchorNone {
		objects = append(objects, protected)
	}
	return objects
}

// fieldObjects are the names by which rules speak of a field: its own and that of its class.
func fieldObjects(f *Field) []string {
	return []string{f.Title(), "class:" + strings.ToLower(f.Class)}
}

// object is what a name in a rule stands for: the records it speaks of, their fields where it speaks of fields, and the command
// that touches them where it speaks of one.
type object struct {
	records []*Record
	fields  []*Field
	command *Command
}

// objects maps every name that a rule may write to what it stands for.
func (c *Catalog) objects() map[string]*object {
	all := map[string]*object{}
	add := func(name string, r *Record, fields ...*Field) {
		o := all[name]
		if o == nil {
			o = &object{}
			all[name] = o
		}
		if len(o.records) == 0 || o.records[len(o.records)-1] != r {
			o.records = append(o.records, r)
		}
		o.fields = append(o.fields, fields...)
	}
	for _, name := range c.Names {
		r := c.Records[name]
		for _, rows := range rowObjects(r)[1:] {
			add(rows, r)
		}
		for _, f := range r.Fields {
			for _, title := range fieldObjects(f) {
				add(title, r, f)
			}
		}
	}
	for _, cmd := range c.Commands {
		all[cmd.Title()] = &object{records: append([]*Record{cmd.Record}, cmd.made()...), command: cmd}
	}
	return all
}

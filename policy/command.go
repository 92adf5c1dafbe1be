package policy

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Command is a step that changes records: a field of Mutation. Its rules name it as `Mutation.field`.
type Command struct {
	Name   string
	Action string  // create, update or transition
	Record *Record // that it makes or changes, and answers with
	From   []string
	To     string // states of a transition
	Sets   []Given
	Input  *Input
	Def    *ast.FieldDefinition
}

// Given is a value that a command itself gives: a text, or one of NOW, TODAY, AGENCY, STAFF and NULL.
type Given struct {
	Field *Field
	Value string
}

// Input is what a caller gives to a command: values of a record, and of records that are made with it.
type Input struct {
	Name   string
	Action string // of the field rules that open its values: create or update
	Record *Record
	Values []*Value
	Def    *ast.Definition
}

// Value is one input field that reaches the database. Field is nil for the key of what the record belongs to, and for
// records that are made with it.
type Value struct {
	Name   string
	Column string
	Parent string // the table of what the record belongs to, where the value is its key
	Field  *Field
	Finds  *Finder
	Made   *Input // records that are made with this one: the one that Column refers to, or many whose Column refers to this
	Def    *ast.FieldDefinition
}

// Finder finds a key by what the caller gives instead of it: the fields, in their order.
type Finder struct {
	Function string
	Fields   ast.FieldList
}

// Many tells whether the value is a list of records.
func (v *Value) Many() bool { return v.Made != nil && v.Def.Type.Elem != nil }

// Title is the name under which rules permit the command.
func (c *Command) Title() string { return "Mutation." + c.Name }

// FieldAction is the action of the rules that open the values which the command takes: those of a transition are changes.
func (c *Command) FieldAction() string {
	if c.Action == "create" {
		return "create"
	}
	return "update"
}

// Inputs are the command's input and those of the records that are made with its own.
func (c *Command) Inputs() []*Input {
	all := []*Input{c.Input}
	for i := 0; i < len(all); i++ {
		for _, v := range all[i].Values {
			if v.Made != nil && !slices.Contains(all, v.Made) {
				all = append(all, v.Made)
			}
		}
	}
	return all
}

// classed are the values of the input that rules open by the class of their field. Keys are open with the command.
func (in *Input) classed() []*Value {
	return slices.DeleteFunc(slices.Clone(in.Values), func(v *Value) bool { return v.Field == nil || v.Field.Link != nil })
}

// made are the records of which the command makes rows.
func (c *Command) made() []*Record {
	var all []*Record
	for i, in := range c.Inputs() {
		if in.Record != nil && (i > 0 || c.Action == "create") {
			all = append(all, in.Record)
		}
	}
	return all
}

// Command returns the command of that name, or nil.
func (c *Catalog) Command(name string) *Command {
	for _, one := range c.Commands {
		if one.Name == name {
			return one
		}
	}
	return nil
}

// envelope are the input fields that every command may have, and that are not of the record.
var envelope = []string{"idempotencyKey", "id", "expectedVersion"}

func (c *Catalog) readCommands(problems *Problems) {
	if c.Schema.Mutation == nil {
		return
	}
	c.inputs = map[string]*Input{}
	for _, def := range c.Schema.Mutation.Fields {
		d := def.Directives.ForName("command")
		record := c.Records[def.Type.Name()]
		input := inputOf(c.Schema, def)
		switch {
		case d == nil || record == nil || def.Type.NonNull || input == nil:
			problems.add(place(def.Position), "Mutation.%s must be marked @command, take one argument input of a type marked @writes, and answer with a nullable record", def.Name)
			continue
		case argument(input.Directives.ForName("writes"), "type") != record.Name:
			problems.add(place(def.Position), "Mutation.%s answers with %s, and its input does not write that", def.Name, record.Name)
			continue
		}
		c.readCommand(&Command{Name: def.Name, Action: strings.ToLower(argument(d, "act")), Record: record, To: argument(d, "to"), Def: def}, d, input, problems)
	}
}

func inputOf(s *ast.Schema, def *ast.FieldDefinition) *ast.Definition {
	a := def.Arguments.ForName("input")
	if a == nil || len(def.Arguments) != 1 || !a.Type.NonNull {
		return nil
	}
	if t := s.Types[a.Type.Name()]; t.Directives.ForName("writes") != nil {
		return t
	}
	return nil
}

func (c *Catalog) readCommand(cmd *Command, d *ast.Directive, input *ast.Definition, problems *Problems) {
	cmd.From = texts(d.Arguments.ForName("from"))
	for _, text := range texts(d.Arguments.ForName("set")) {
		name, value, _ := strings.Cut(text, ": ")
		f := cmd.Record.Field(name)
		if f == nil || value == "" {
			problems.add(place(d.Position), "Mutation.%s sets %q; write the name of a field of %s, a colon and the value", cmd.Name, text, cmd.Record.Name)
			continue
		}
		lintGiven(f, d.Position, problems)
		cmd.Sets = append(cmd.Sets, Given{f, value})
	}
	if (cmd.Action == "transition") != (cmd.To != "" && len(cmd.From) > 0) {
		problems.add(place(d.Position), "Mutation.%s: a transition, and nothing else, has states from and to", cmd.Name)
	}
	c.lintStates(cmd, problems)
	cmd.Input = c.readInput(input, cmd.FieldAction(), problems)
	c.lintEnvelope(cmd, problems)
	c.Commands = append(c.Commands, cmd)
}

func texts(a *ast.Argument) []string {
	if a == nil {
		return nil
	}
	var all []string
	for _, child := range a.Value.Children {
		all = append(all, child.Value.Raw)
	}
	return all
}

// lintStates finds states that the record's status cannot have.
func (c *Catalog) lintStates(cmd *Command, problems *Problems) {
	if cmd.Action != "transition" {
		return
	}
	status := cmd.Record.Field("status")
	for _, state := range append(slices.Clone(cmd.From), cmd.To) {
		if state == "" {
			continue
		}
		if status == nil || c.Schema.Types[status.Def.Type.Name()].EnumValues.ForName(state) == nil {
			problems.add(place(cmd.Def.Position), "Mutation.%s speaks of the state %s, which %s cannot have", cmd.Name, state, cmd.Record.Name)
		}
	}
}

// lintEnvelope finds commands whose retry would act twice, or which would write over what they have not seen.
func (c *Catalog) lintEnvelope(cmd *Command, problems *Problems) {
	needed := []string{"idempotencyKey"}
	if cmd.Action != "create" {
		needed = append(needed, "id", "expectedVersion")
		if cmd.Record.Field("version") == nil {
			problems.add(place(cmd.Def.Position), "Mutation.%s changes %s, which has no field version: add it", cmd.Name, cmd.Record.Name)
		}
	}
	for _, name := range needed {
		if f := cmd.Input.Def.Fields.ForName(name); f == nil || !f.Type.NonNull {
			problems.add(place(cmd.Input.Def.Position), "%s must have %s, and require it", cmd.Input.Name, name)
		}
	}
}

// readInput reads an input once; the commands that share it must do the same with it.
func (c *Catalog) readInput(def *ast.Definition, action string, problems *Problems) *Input {
	if known := c.inputs[def.Name]; known != nil {
		if known.Action != action {
			problems.add(place(def.Position), "%s serves commands that create and commands that change; write two", def.Name)
		}
		return known
	}
	in := &Input{Name: def.Name, Action: action, Record: c.Records[argument(def.Directives.ForName("writes"), "type")], Def: def}
	c.inputs[def.Name] = in
	if in.Record == nil {
		problems.add(place(def.Position), "%s writes %s, which is no record", def.Name, argument(def.Directives.ForName("writes"), "type"))
		return in
	}
	for _, f := range def.Fields {
		if v := c.readValue(in, f, problems); v != nil {
			in.Values = append(in.Values, v)
		}
	}
	return in
}

// parentOf is the table of the records to which a column of the record refers, as links say it from either side.
func (c *Catalog) parentOf(r *Record, column string) string {
	for _, name := range c.Names {
		for _, f := range c.Records[name].Fields {
			switch {
			case f.Link == nil:
			case f.Record == r && f.Link.Own == column && f.Link.Foreign == "id":
				return c.Records[f.Link.Target].Table
			case f.Link.Target == r.Name && f.Link.Foreign == column && f.Link.Own == "id":
				return f.Record.Table
			}
		}
	}
	return ""
}

func (c *Catalog) readValue(in *Input, def *ast.FieldDefinition, problems *Problems) *Value {
	v := &Value{Name: def.Name, Def: def}
	made := c.Schema.Types[def.Type.Name()]
	makes, finds := made.Directives.ForName("writes") != nil, made.Directives.ForName("finds")
	if d := def.Directives.ForName("key"); d != nil {
		v.Column = argument(d, "column")
		if v.Parent = c.parentOf(in.Record, v.Column); v.Parent == "" {
			problems.add(place(d.Position), "no record is linked to %s by its column %s", in.Record.Name, v.Column)
		}
		if makes {
			v.Made = c.readInput(made, "create", problems)
		}
		if finds != nil {
			v.Finds = &Finder{argument(finds, "function"), made.Fields}
		}
		return v
	}
	if slices.Contains(envelope, def.Name) {
		return nil
	}
	f := in.Record.Field(def.Name)
	switch {
	case f == nil || finds != nil:
		problems.add(place(def.Position), "%s.%s is no field of %s, nor marked @key", in.Name, def.Name, in.Record.Name)
		return nil
	case f.Link == nil:
		v.Field, v.Column = f, f.Column
	case makes && f.Link.Many:
		v.Made, v.Column = c.readInput(made, "create", problems), f.Link.Foreign
	case !f.Link.Many && f.Link.Foreign == "id":
		v.Field, v.Column = f, f.Link.Own
	default:
		problems.add(place(def.Position), "%s.%s cannot be given: only values, identifiers of one record, and lists of records that are made with this one can", in.Name, def.Name)
		return nil
	}
	return v
}

package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// WritingRole is the database role that carries out the commands of a role. Beside the keys of what it changes it may write
// the columns that some command of the role gives, on the rows that a function of the command's name lets through.
func WritingRole(role string) string { return "korpu_write_" + role }

// FunctionName is the end of the names of the functions that decide on a command.
func (c *Command) FunctionName() string { return snake(c.Name) }

// Function is a database function that decides whether a command may touch a row: `may_…` a row that is there, `become_…`
// one that the command makes.
type Function struct {
	Schema, Name, Table string
	condition           string
}

// SQL is the statement that makes the function. It runs as the owner of the tables: whoever calls it learns yes or no.
func (f Function) SQL() string {
	return fmt.Sprintf("create function %s.%s(t korpu.%s) returns boolean language sql stable security definer set search_path = '' as $f$\n%s\n$f$",
		f.Schema, f.Name, f.Table, f.condition)
}

// Signature names the function as PostgreSQL does.
func (f Function) Signature() string {
	return fmt.Sprintf("%s.%s(t korpu.%s)", f.Schema, f.Name, f.Table)
}

// Functions are those that decide on the commands of the profile under a version, in the order of their names.
func (p *Profile) Functions(version int64) []Function {
	var all []Function
	for _, name := range slices.Sorted(maps.Keys(p.Commands)) {
		all = append(all, p.Commands[name].functions(p.ViewSchema(version))...)
	}
	return all
}

func (a *CommandAccess) functions(schema string) []Function {
	cmd := a.Command
	var all []Function
	if cmd.Action != "create" {
		all = append(all,
			Function{schema, "may_" + cmd.FunctionName(), cmd.Record.Table, a.condition(cmd.Record)},
			Function{schema, "become_" + cmd.FunctionName(), cmd.Record.Table, "select " + cmd.outcome()})
	}
	for _, r := range cmd.made() {
		all = append(all, Function{schema, "become_" + cmd.FunctionName(), r.Table, a.condition(r) + a.own(r)})
	}
	return all
}

// outcome is what a changed row has to be: in the state that the command leads to.
func (c *Command) outcome() string {
	if c.Action == "transition" {
		return fmt.Sprintf("t.status = '%s'", c.To)
	}
	return "true"
}

// own holds a row that is made to the person and agency that make it, unless the agency is what the command gives.
func (a *CommandAccess) own(r *Record) string {
	text := " and t.author_id = korpu.staff()"
	if !slices.Contains(a.columnsOf(r), "agency_id") {
		text += " and t.agency_id = korpu.agency()"
	}
	return text
}

// condition decides whether a row of the record may be touched, as a view decides whether it is seen.
func (a *CommandAccess) condition(r *Record) string {
	t := &TypeAccess{Record: r, Row: Access{Guard: a.Formula}}
	where, err := t.where()
	if err != nil {
		panic(err) // the lint has refused conditions that say nothing of the record
	}
	where = strings.TrimPrefix(where, "\n where ")
	if where == "" {
		where = "true"
	}
	text := "select " + where
	if tail := joins(r, where); tail != "" {
		text = "select " + where + "\n  from (select) here" + tail
	}
	return ownAliases(r, text)
}

// columnsOf are the columns of the record that the command gives a value to, beside those of its own.
func (a *CommandAccess) columnsOf(r *Record) []string {
	var all []string
	if r == a.Command.Record {
		for _, s := range a.Command.Sets {
			all = append(all, s.Field.WrittenTo())
		}
		if a.Command.Action == "transition" {
			all = append(all, "status")
		}
	}
	for _, in := range a.Command.Inputs() {
		for _, v := range in.Values {
			switch {
			case !a.Gives(v):
			case in.Record == r && !v.Many():
				all = append(all, v.Column)
			case v.Made != nil && v.Made.Record == r && v.Many():
				all = append(all, v.Column)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// WrittenTo is the column that holds the field, or what a link of it leads to.
func (f *Field) WrittenTo() string {
	if f.Link != nil {
		return f.Link.Own
	}
	return f.Column
}

// Grant lets a writing role do something with columns of a table.
type Grant struct {
	Role, Table, Action string // INSERT, UPDATE or SELECT
	Columns             []string
}

// madeColumns are given by the hub itself to whatever it makes.
var madeColumns = []string{"id", "agency_id", "author_id"}

// Grants are what the writing roles may do, each role, table and action once.
func (c *Compiled) Grants() []Grant {
	columns := map[[3]string][]string{}
	add := func(role, table, action string, list []string) {
		key := [3]string{WritingRole(role), table, action}
		columns[key] = append(columns[key], list...)
	}
	for _, p := range c.Profiles {
		for _, a := range p.Commands {
			if a.Command.Action != "create" {
				add(p.Role, a.Command.Record.Table, "SELECT", append([]string{"id", "version"}, a.Command.state()...))
				add(p.Role, a.Command.Record.Table, "UPDATE", append([]string{"version"}, a.columnsOf(a.Command.Record)...))
			}
			for _, r := range a.Command.made() {
				add(p.Role, r.Table, "INSERT", append(slices.Clone(madeColumns), a.columnsOf(r)...))
			}
		}
	}
	var all []Grant
	for _, key := range slices.SortedFunc(maps.Keys(columns), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }) {
		list := columns[key]
		slices.Sort(list)
		all = append(all, Grant{key[0], key[1], key[2], slices.Compact(list)})
	}
	return all
}

// state are the columns that a command reads of the record that it changes, beside its key and version.
func (c *Command) state() []string {
	var all []string
	if c.Action == "transition" {
		all = append(all, "status")
	}
	if c.Seals() {
		all = append(all, AgencyColumn)
	}
	return all
}

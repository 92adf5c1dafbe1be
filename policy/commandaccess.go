package policy

import "slices"

// CommandAccess says when a profile may do a command, and which of its values it may give. A command that it may never do
// is absent from the profile.
type CommandAccess struct {
	Command *Command
	Formula Formula
	Values  map[*Value]bool
}

// compileCommands finds what the profile may do. A command needs the record that it answers with, and every value that it
// requires.
func (c *Compiled) compileCommands(p *Profile) map[string]*CommandAccess {
	all := map[string]*CommandAccess{}
	for _, cmd := range c.Catalog.Commands {
		a := c.compileCommand(p, cmd)
		if kindOf(a.Formula) != Never && p.Types[cmd.Record.Name] != nil && a.gives(cmd.Input) {
			all[cmd.Name] = a
		}
	}
	return all
}

func (c *Compiled) compileCommand(p *Profile, cmd *Command) *CommandAccess {
	a := &CommandAccess{Command: cmd, Values: map[*Value]bool{}}
	a.Formula = simplified(c.index.formula(p.Role, p.Purpose, cmd.Action, commandObjects(cmd)))
	for _, in := range cmd.Inputs() {
		for _, v := range in.Values {
			a.Values[v] = !slices.Contains(in.classed(), v) || c.writes(p, in.Action, v.Field)
		}
	}
	return a
}

// simplified drops terms that another makes superfluous.
func simplified(f Formula) Formula { return f.given(Formula{}) }

func (c *Compiled) writes(p *Profile, action string, f *Field) bool {
	return kindOf(c.index.formula(p.Role, p.Purpose, action, fieldObjects(f))) == AlwaysOpen
}

// gives tells whether the profile may give all that the input requires.
func (a *CommandAccess) gives(in *Input) bool {
	return !slices.ContainsFunc(in.Values, func(v *Value) bool { return required(v.Def) && (!a.Values[v] || v.Made != nil && !a.gives(v.Made)) })
}

// Gives tells whether the profile may give the value: it is open, and where it is records, all that they require.
func (a *CommandAccess) Gives(v *Value) bool {
	return a.Values[v] && (v.Made == nil || a.gives(v.Made))
}

// closed are the values of the command that the profile may not give.
func (a *CommandAccess) closed() []string {
	var all []string
	for _, in := range a.Command.Inputs() {
		for _, v := range in.Values {
			if !a.Values[v] {
				all = append(all, v.Name)
			}
		}
	}
	return all
}

// commandObjects are the names by which rules speak of a command: its own, and that of all records of a child.
func commandObjects(cmd *Command) []string {
	objects := []string{cmd.Title()}
	if cmd.Record.Anchor != AnchorNone {
		objects = append(objects, protected)
	}
	return objects
}

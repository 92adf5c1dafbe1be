package policy

import (
	"fmt"
	"slices"
	"strings"
)

// access is the decision on the command as words take it.
func (a *CommandAccess) access() Access {
	if a == nil {
		return Access{}
	}
	return Access{Kind: kindOf(a.Formula), Formula: a.Formula, Guard: a.Formula}
}

// commandEntries is what the profile may do.
func (p *Profile) commandEntries() []Entry {
	var all []Entry
	for _, cmd := range p.Catalog().Commands {
		if a := p.Commands[cmd.Name]; a != nil {
			all = append(all, entry("Mutation", cmd.Name, a.access()))
		}
	}
	return all
}

const commandsHead = `
## What may be done

One line per command and role. A command is not in the schema of a role that may never do it. Values that are left out are
those that the command takes and this role may not give.

| Command | Record | Role | When | Left out | Articles |
| --- | --- | --- | --- | --- | --- |
`

// writeCommands is the part of the matrix that says who may do what.
func writeCommands(b *strings.Builder, c *Compiled) {
	if len(c.Catalog.Commands) == 0 {
		return
	}
	b.WriteString(commandsHead)
	for _, cmd := range c.Catalog.Commands {
		for _, p := range c.Profiles {
			if a := p.Commands[cmd.Name]; a != nil {
				when := inWords(a.access())
				fmt.Fprintf(b, "| `%s` | %s | %s | %s. | %s | %s |\n", cmd.Name, cmd.Record.Name, p.title(), strings.ToUpper(when[:1])+when[1:],
					strings.Join(a.closed(), ", "), strings.Join(Basis(a.Formula.Allow), "; "))
			}
		}
	}
}

// commandChanges compares what may be done under two policies.
func (d differ) commandChanges() []Change {
	every := Formula{Allow: []Term{{}}}
	var all []Change
	for _, cmd := range d.after.Catalog().Commands {
		before, after := commandOf(d.before, cmd.Name), commandOf(d.after, cmd.Name)
		change, differs := compare(side{every, before.access()}, side{every, after.access()})
		gained, lost := missing(after, before), missing(before, after)
		if len(gained)+len(lost) > 0 {
			change = Change{Gains: change.Gains || len(gained) > 0, Loses: change.Loses || len(lost) > 0, Before: inWords(before.access()), After: inWords(after.access())}
			change.After += together(" with ", gained) + together(" without ", lost)
			differs = true
		}
		if differs {
			change.Profile, change.Record, change.Fields = d.profile, "Mutation", []string{cmd.Name}
			all = append(all, change)
		}
	}
	return all
}

func together(how string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return how + strings.Join(names, ", ")
}

func commandOf(p *Profile, name string) *CommandAccess {
	if p == nil {
		return nil
	}
	return p.Commands[name]
}

// missing are the values that the one lets give and the other, which also may do the command, does not.
func missing(from, in *CommandAccess) []string {
	if from == nil || in == nil {
		return nil
	}
	return slices.DeleteFunc(in.closed(), func(name string) bool { return slices.Contains(from.closed(), name) })
}

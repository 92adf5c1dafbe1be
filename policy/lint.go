package policy

import (
	"fmt"
	"slices"
	"strings"
)

// lintRules finds rules that name what does not exist or say what was said.
func lintRules(rules *Rules, catalog *Catalog, problems *Problems) {
	lintGroups(rules, problems)
	objects := catalog.objects()
	seen := map[string]*Rule{}
	for _, r := range rules.Rules {
		lintNames(r, rules, problems)
		lintObject(r, objects[r.Object], problems)
		if problems.at(r.Place) {
			continue
		}
		if earlier := seen[r.meaning()]; earlier != nil {
			problems.add(r.Place, "says the same as %s; remove one", earlier.Place)
		}
		seen[r.meaning()] = r
	}
}

// meaning is equal for two rules that decide the same, however they are written.
func (r *Rule) meaning() string {
	return fmt.Sprint(r.Role, r.Object, r.Action, r.Deny, slices.Sorted(slices.Values(r.Purposes)), slices.Sorted(slices.Values(r.Conditions)))
}

func lintGroups(rules *Rules, problems *Problems) {
	for i, g := range rules.Groups {
		for _, earlier := range rules.Groups[:i] {
			if earlier.Role == g.Role && earlier.Member == g.Member {
				problems.add(g.Place, "says the same as %s; remove one", earlier.Place)
			}
		}
		if above, _ := rules.closure(g.Role); slices.Contains(above, g.Member) {
			problems.add(g.Place, "role:%s is a member of itself; a circle of memberships has no meaning", g.Member)
		}
		if _, ok := RoleNamed(g.Member); !ok && !rules.isGroup(g.Member) {
			problems.add(g.Place, "role:%s is neither a role nor a group of roles", g.Member)
		}
		if _, ok := RoleNamed(g.Role); ok {
			problems.add(g.Place, "role:%s is a role; membership is in groups only, since roles are never united", g.Role)
		}
		if !rules.speakOf(g.Role) {
			problems.add(g.Place, "no rule speaks of role:%s, nor of a group that it is in; write the group's name as its rules do, or remove the line", g.Role)
		}
		if _, depth := rules.closure(g.Member); depth > deepest {
			problems.add(g.Place, "memberships of role:%s are %d deep; Casbin loses denials past ten, so %d is the limit", g.Member, depth, deepest)
		}
	}
}

// deepest is how many memberships may stand between a role and a group.
const deepest = 8

// speakOf tells whether some rule concerns the members of the group.
func (rs *Rules) speakOf(group string) bool {
	above, _ := rs.closure(group)
	return slices.ContainsFunc(rs.Rules, func(r *Rule) bool { return slices.Contains(above, r.Role) })
}

func (rs *Rules) isGroup(name string) bool {
	return slices.ContainsFunc(rs.Groups, func(g Group) bool { return g.Role == name })
}

func lintNames(r *Rule, rules *Rules, problems *Problems) {
	if _, ok := RoleNamed(r.Role); !ok && !rules.isGroup(r.Role) {
		problems.add(r.Place, "role:%s is unknown; the roles are listed in policy/roles.go, groups are made by g lines", r.Role)
	}
	if !slices.Contains(Actions, r.Action) {
		problems.add(r.Place, "action %q is unknown; write one of %s", r.Action, strings.Join(Actions, ", "))
	}
	lintPurposes(r, rules, problems)
	for i, name := range r.Conditions {
		if _, ok := ConditionNamed(name); !ok {
			problems.add(r.Place, "condition %q is unknown; write one of %s, or %s", name, strings.Join(ConditionNames(), ", "), Always)
		}
		if slices.Contains(r.Conditions[:i], name) {
			problems.add(r.Place, "condition %s is named twice", name)
		}
	}
	if r.Silent && !r.Deny {
		problems.add(r.Place, "a permission cannot be silent; only a denial that nobody may learn of is")
	}
}

func lintPurposes(r *Rule, rules *Rules, problems *Problems) {
	for i, purpose := range r.Purposes {
		if !slices.Contains(Purposes, purpose) {
			problems.add(r.Place, "purpose %q is unknown; the purposes are listed in policy/roles.go", purpose)
			continue
		}
		if slices.Contains(r.Purposes[:i], purpose) {
			problems.add(r.Place, "purpose %s is named twice", purpose)
		}
		if !rules.someMember(r.Role, func(role Role) bool { return slices.Contains(role.Purposes, purpose) }) {
			problems.add(r.Place, "is dead: purpose %s is not open to role:%s", purpose, r.Role)
		}
	}
}

// someMember tells whether a role that is, or is a member of, the named one fulfils the test.
func (rs *Rules) someMember(name string, test func(Role) bool) bool {
	return slices.ContainsFunc(Roles, func(role Role) bool {
		groups, _ := rs.closure(role.Name)
		return slices.Contains(groups, name) && test(role)
	})
}

func lintObject(r *Rule, o *object, problems *Problems) {
	if o == nil {
		problems.add(r.Place, "object %q is unknown; write class:name, rows:Type, rows:protected, Type.field or Mutation.command as the SDL has them", r.Object)
		return
	}
	lintAction(r, o, problems)
	for _, name := range r.Conditions {
		c, known := ConditionNamed(name)
		for _, record := range o.records {
			if known && c.text(record) == "" {
				problems.add(r.Place, "condition %s says nothing of %s, to which the rule applies", name, record.Name)
			}
		}
		if c.asksClass() && len(o.fields) == 0 {
			problems.add(r.Place, "condition %s asks for the class of a field, and rows have none; put it on the fields", name)
		}
	}
	for _, f := range o.fields {
		if f.Link != nil && len(r.Conditions) > 0 {
			problems.add(r.Place, "%s is a link; links are open or closed, never on a condition: put it on the rows of %s", f.Title(), f.Link.Target)
		}
	}
}

// lintAction finds rules on writing that no command asks about.
func lintAction(r *Rule, o *object, problems *Problems) {
	writes := r.Action != "read" && slices.Contains(Actions, r.Action)
	switch {
	case o.command != nil && o.command.Action != r.Action:
		problems.add(r.Place, "%s is decided under the action %s; write that", r.Object, o.command.Action)
	case !writes || o.command != nil || r.Object == protected:
	case len(o.fields) == 0:
		problems.add(r.Place, "rows are read only; what may be done to them is permitted by the command, Mutation.command")
	case r.Action == "transition":
		problems.add(r.Place, "the values that a transition takes are opened by the action update")
	case len(r.Conditions) > 0:
		problems.add(r.Place, "a value may be given or not, whatever holds: put the condition on the command")
	}
}

// lintProtected finds roles that see records of a child and that no denial on rows:protected reaches: a membership was
// forgotten, and sealed records would be open.
func lintProtected(c *Compiled, problems *Problems) {
	told := map[string]bool{}
	for _, p := range c.Profiles {
		for _, name := range c.Catalog.Names {
			t := p.Types[name]
			if t != nil && t.Record.Anchor != AnchorNone && !told[p.Role] {
				told[p.Role] = unprotected(t.Row.Formula, name, p.Role, problems)
			}
		}
		for _, cmd := range c.Catalog.Commands {
			if a := p.Commands[cmd.Name]; a != nil && cmd.Record.Anchor != AnchorNone && !told[p.Role+cmd.Action] {
				told[p.Role+cmd.Action] = unprotected(a.Formula, cmd.Title(), p.Role, problems)
			}
		}
	}
}

func unprotected(f Formula, what, role string, problems *Problems) bool {
	if slices.ContainsFunc(rulesOf(f.Deny), onProtected) {
		return false
	}
	opening := f.Allow[0].Rules[0]
	problems.add(opening.Place, "opens %s to role:%s, and no denial on %s reaches that role: make it a member of the group that such a rule names", what, role, protected)
	return true
}

func onProtected(r *Rule) bool { return r.Object == protected }

// lintNullable finds fields that are closed on some records although the SDL promises a value, or although joins need
// their column, which views therefore hold bare.
func lintNullable(c *Compiled, problems *Problems) {
	told := map[*Field]bool{}
	for _, p := range c.Profiles {
		for _, name := range c.Catalog.Names {
			for _, f := range c.Catalog.Records[name].Fields {
				if told[f] || f.Link != nil || !p.closesSome(f) {
					continue
				}
				told[f] = true
				if f.Def.Type.NonNull {
					problems.add(place(f.Def.Position), "%s is closed to %s on some records, so it must be nullable: drop its exclamation mark, or the condition", f.Title(), p)
				}
				if slices.Contains(f.Record.Keys(), f.Column) {
					problems.add(place(f.Def.Position), "%s is closed to %s on some records, but joins need its column %s: give it a column of its own", f.Title(), p, f.Column)
				}
			}
		}
	}
}

func (p *Profile) closesSome(f *Field) bool {
	t := p.Types[f.Record.Name]
	return t != nil && t.Fields[f.Name].Kind == When
}

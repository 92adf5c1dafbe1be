package policy

import (
	"slices"
	"strings"
)

// lintRules finds rules that name what does not exist, say what was said, or can never matter.
func lintRules(rules *Rules, catalog *Catalog, problems *Problems) {
	lintGroups(rules, problems)
	for i, r := range rules.Rules {
		lintNames(r, rules, problems)
		lintObject(r, catalog, problems)
		for _, earlier := range rules.Rules[:i] {
			if same(earlier, r) {
				problems.add(r.Place, "says the same as %s; remove one", earlier.Place)
			}
		}
		for _, other := range rules.Rules {
			if other != r && rules.makesSuperfluous(other, r, catalog) {
				problems.add(r.Place, "is dead: %s says it already, of more; remove it or narrow the other", other.Place)
			}
		}
	}
}

func lintGroups(rules *Rules, problems *Problems) {
	for i, g := range rules.Groups {
		for _, earlier := range rules.Groups[:i] {
			if earlier.Role == g.Role && earlier.Member == g.Member {
				problems.add(g.Place, "says the same as %s; remove one", earlier.Place)
			}
		}
		if slices.Contains(rules.closure(g.Role), g.Member) {
			problems.add(g.Place, "role:%s is a member of itself; a circle of memberships has no meaning", g.Member)
		}
		if _, ok := RoleNamed(g.Member); !ok && !rules.isGroup(g.Member) {
			problems.add(g.Place, "role:%s is neither a role nor a group of roles", g.Member)
		}
		if _, ok := RoleNamed(g.Role); ok {
			problems.add(g.Place, "role:%s is a role; membership is in groups only, since roles are never united", g.Role)
		}
		if depth := rules.depth(g.Member, 0); depth > 8 {
			problems.add(g.Place, "memberships are %d deep; Casbin loses denials past ten, so eight is the limit", depth)
		}
	}
}

func (rs *Rules) isGroup(name string) bool {
	return slices.ContainsFunc(rs.Groups, func(g Group) bool { return g.Role == name })
}

func (rs *Rules) depth(role string, level int) int {
	deepest := level
	for _, g := range rs.Groups {
		if g.Member == role && level < 20 {
			deepest = max(deepest, rs.depth(g.Role, level+1))
		}
	}
	return deepest
}

func lintNames(r *Rule, rules *Rules, problems *Problems) {
	if _, ok := RoleNamed(r.Role); !ok && !rules.isGroup(r.Role) {
		problems.add(r.Place, "role:%s is unknown; the roles are listed in policy/roles.go, groups are made by g lines", r.Role)
	}
	if !contains(Actions, r.Action) {
		problems.add(r.Place, "action %q is unknown; write one of %s", r.Action, strings.Join(Actions, ", "))
	}
	lintPurposes(r, rules, problems)
	for i, name := range r.Conditions {
		if _, ok := ConditionNamed(name); !ok {
			problems.add(r.Place, "condition %q is unknown; write one of %s, or %s", name, strings.Join(ConditionNames(), ", "), Always)
		}
		if contains(r.Conditions[:i], name) {
			problems.add(r.Place, "condition %s is named twice", name)
		}
	}
	if r.Silent && !r.Deny {
		problems.add(r.Place, "a permission cannot be silent; only a denial that nobody may learn of is")
	}
}

func lintPurposes(r *Rule, rules *Rules, problems *Problems) {
	for i, purpose := range r.Purposes {
		if !contains(Purposes, purpose) {
			problems.add(r.Place, "purpose %q is unknown; the purposes are listed in policy/roles.go", purpose)
			continue
		}
		if contains(r.Purposes[:i], purpose) {
			problems.add(r.Place, "purpose %s is named twice", purpose)
		}
		if !rules.someMember(r.Role, func(role Role) bool { return contains(role.Purposes, purpose) }) {
			problems.add(r.Place, "is dead: purpose %s is not open to role:%s", purpose, r.Role)
		}
	}
}

// someMember tells whether a role that is, or is a member of, the named one fulfils the test.
func (rs *Rules) someMember(name string, test func(Role) bool) bool {
	return slices.ContainsFunc(Roles, func(role Role) bool { return contains(rs.closure(role.Name), name) && test(role) })
}

func lintObject(r *Rule, catalog *Catalog, problems *Problems) {
	records, fields := catalog.matching(r.Object)
	if len(records) == 0 {
		problems.add(r.Place, "object %q is unknown; write class:name, rows:Type, rows:protected or Type.field as the SDL has them", r.Object)
		return
	}
	for _, name := range r.Conditions {
		c, _ := ConditionNamed(name)
		for _, record := range records {
			if c.Name != "" && c.text(record) == "" {
				problems.add(r.Place, "condition %s says nothing of %s, to which the rule applies", name, record.Name)
			}
		}
	}
	for _, f := range fields {
		if f.Link != nil && len(r.Conditions) > 0 {
			problems.add(r.Place, "%s is a link; links are open or closed, never on a condition: put it on the rows of %s", f.Title(), f.Link.Target)
		}
	}
}

// matching lists the records that an object of a rule speaks of, and its fields where it speaks of fields.
func (c *Catalog) matching(object string) (records []*Record, fields []*Field) {
	for _, name := range c.Names {
		r := c.Records[name]
		if contains(rowObjects(r)[1:], object) {
			records = append(records, r)
		}
		for _, f := range r.Fields {
			if contains(fieldObjects(f), object) {
				fields = append(fields, f)
				if !slices.Contains(records, r) {
					records = append(records, r)
				}
			}
		}
	}
	return records, fields
}

func same(a, b *Rule) bool {
	return a.Role == b.Role && a.Object == b.Object && a.Action == b.Action && a.Deny == b.Deny &&
		slices.Equal(a.Purposes, b.Purposes) && subset(a.Conditions, b.Conditions) && subset(b.Conditions, a.Conditions)
}

// makesSuperfluous tells whether the wider rule covers every decision in which the narrower could matter.
func (rs *Rules) makesSuperfluous(wider, narrower *Rule, catalog *Catalog) bool {
	return !same(wider, narrower) && wider.Deny == narrower.Deny && wider.Action == narrower.Action &&
		contains(rs.closure(narrower.Role), wider.Role) &&
		(wider.Purposes == nil || narrower.Purposes != nil && subset(narrower.Purposes, wider.Purposes)) &&
		subset(wider.Conditions, narrower.Conditions) && catalog.includes(wider.Object, narrower.Object)
}

func (c *Catalog) includes(wider, narrower string) bool {
	if wider == narrower {
		return true
	}
	_, wide := c.matching(wider)
	_, narrow := c.matching(narrower)
	return len(narrow) > 0 && !slices.ContainsFunc(narrow, func(f *Field) bool { return !slices.Contains(wide, f) })
}

// lintProfiles finds rules that matter to no profile, and conditional fields that the SDL promises to fill.
func lintProfiles(c *Compiled, problems *Problems) {
	used := map[*Rule]bool{}
	for _, p := range c.Profiles {
		for _, name := range c.Catalog.Names {
			if t := p.Types[name]; t != nil {
				t.markUsed(used)
				lintNullable(p, t, problems)
			}
		}
	}
	for _, r := range c.Rules.Rules {
		if !used[r] && !r.Deny {
			problems.add(r.Place, "is dead: no role sees the records to which it applies; add a rule on their rows, or remove this one")
		}
		if !used[r] && r.Deny {
			problems.add(r.Place, "is dead: nothing that it denies is permitted to anyone")
		}
	}
}

func (t *TypeAccess) markUsed(used map[*Rule]bool) {
	if len(t.Fields) == 0 {
		return
	}
	formulas := []Formula{t.Row.Formula}
	for _, a := range t.Fields {
		formulas = append(formulas, a.Formula)
	}
	for _, f := range formulas {
		for _, r := range slices.Concat(rulesOf(f.Allow), rulesOf(f.Deny)) {
			used[r] = true
		}
	}
}

func lintNullable(p *Profile, t *TypeAccess, problems *Problems) {
	for _, f := range t.Record.Fields {
		if a, ok := t.Fields[f.Name]; ok && a.Kind == When && f.Def.Type.NonNull {
			problems.add(place(f.Def.Position), "%s is closed to %s on some records, so it must be nullable: drop its exclamation mark", f.Title(), p)
		}
	}
}

package policy

import "slices"

// lintReach finds records whose rows are open to a profile that has no way to them: neither a question nor a link.
func lintReach(c *Compiled, problems *Problems) {
	for _, p := range c.Profiles {
		reached := p.reach()
		for _, name := range c.Catalog.Names {
			if t := p.Types[name]; t != nil && len(t.Fields) > 0 && !reached[name] {
				opening := t.Row.Formula.Allow[0].Rules[0]
				problems.add(opening.Place, "opens %s to %s, who has no way to it: no question that is open answers with it, and no link leads to it", name, p)
			}
		}
	}
}

// reach are the records that the profile's questions answer with, and those to which links lead from them.
func (p *Profile) reach() map[string]bool {
	catalog := p.compiled.Catalog
	pr := &pruner{catalog: catalog, profile: p}
	reached := map[string]bool{}
	var next []string
	for _, root := range catalog.Roots {
		if pr.rootVisible(root.Def) {
			next = append(next, root.Record.Name)
		}
	}
	for len(next) > 0 {
		name := next[0]
		next = next[1:]
		if reached[name] {
			continue
		}
		reached[name] = true
		for _, f := range catalog.Records[name].Fields {
			if _, open := p.Types[name].Fields[f.Name]; open && f.Link != nil && !slices.Contains(next, f.Link.Target) {
				next = append(next, f.Link.Target)
			}
		}
	}
	return reached
}

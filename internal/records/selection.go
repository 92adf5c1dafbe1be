package records

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// selected is one response key: the field that was asked for under it, and all that was asked of that field.
type selected struct {
	Key   string
	Field *ast.Field
	Sub   ast.SelectionSet
}

// collect flattens fragments, drops what @skip and @include leave out, and merges what was asked under one key.
// There are no unions or interfaces of records, so every fragment applies.
func collect(set ast.SelectionSet, vars map[string]any) []selected {
	var out []selected
	index := map[string]int{}
	g := gatherer{vars: vars, spread: map[string]bool{}}
	g.gather(set, func(f *ast.Field) {
		if i, ok := index[f.Alias]; ok {
			out[i].Sub = append(out[i].Sub[:len(out[i].Sub):len(out[i].Sub)], f.SelectionSet...)
			return
		}
		index[f.Alias] = len(out)
		out = append(out, selected{Key: f.Alias, Field: f, Sub: f.SelectionSet})
	})
	return out
}

// gatherer applies each fragment once, as the specification has it: fragments that spread one another twice would
// otherwise double the work at every level.
type gatherer struct {
	vars   map[string]any
	spread map[string]bool
}

func (g gatherer) gather(set ast.SelectionSet, add func(*ast.Field)) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if included(s.Directives, g.vars) {
				add(s)
			}
		case *ast.InlineFragment:
			if included(s.Directives, g.vars) {
				g.gather(s.SelectionSet, add)
			}
		case *ast.FragmentSpread:
			if !g.spread[s.Name] && included(s.Directives, g.vars) {
				g.spread[s.Name] = true
				g.gather(s.Definition.SelectionSet, add)
			}
		}
	}
}

func included(directives ast.DirectiveList, vars map[string]any) bool {
	if d := directives.ForName("skip"); d != nil && d.ArgumentMap(vars)["if"] == true {
		return false
	}
	d := directives.ForName("include")
	return d == nil || d.ArgumentMap(vars)["if"] == true
}

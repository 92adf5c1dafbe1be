package server

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/fault"
)

// check measures a document that is parsed but not validated: fragments may be missing or go in circles. Fragments are
// measured once each, so that a document in which they multiply costs no more than its length.
func (l Limits) check(doc *ast.QueryDocument) *fault.Error {
	s := &shape{heights: map[string]int{}, roots: map[string]int{}, fragments: map[string]*ast.FragmentDefinition{}}
	for _, f := range doc.Fragments {
		s.fragments[f.Name] = f
		s.directives += len(f.Directives)
		s.count(f.SelectionSet, map[string]bool{})
	}
	for _, o := range doc.Operations {
		s.directives += len(o.Directives)
		for _, v := range o.VariableDefinitions {
			s.directives += len(v.Directives)
		}
		s.count(o.SelectionSet, map[string]bool{})
		s.depth = max(s.depth, s.height(o.SelectionSet))
		s.root = max(s.root, s.rootFields(o.SelectionSet))
		if o.Operation == ast.Mutation {
			s.commands = max(s.commands, s.rootFields(o.SelectionSet))
		}
	}
	return s.over(l)
}

// shape is the measures of a document.
type shape struct {
	aliases, directives, repeats, depth, introspection, root, commands int

	fragments      map[string]*ast.FragmentDefinition
	heights, roots map[string]int
}

func (s *shape) over(l Limits) *fault.Error {
	for _, m := range []struct {
		name         string
		found, limit int
	}{
		{"aliases", s.aliases, l.Aliases},
		{"directives", s.directives, l.Directives},
		{"repeated fields", s.repeats, l.Repeats},
		{"levels of fields", s.depth, l.Depth},
		{"levels of introspection", s.introspection, l.Introspection},
		{"root fields", s.root, l.RootFields},
		{"command", s.commands, 1}, // each is a transaction of its own; one that fails would leave the others' fate unsaid
	} {
		if m.found > m.limit {
			return over(m.name, m.limit)
		}
	}
	return nil
}

func over(what string, limit int) *fault.Error {
	return &fault.Error{Code: fault.TooCostly, Message: fmt.Sprintf("the document has more than %d %s", limit, what)}
}

// count adds up what is written; seen holds the names of the selection that the set is part of.
func (s *shape) count(set ast.SelectionSet, seen map[string]bool) {
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			s.directives += len(it.Directives)
			if it.Alias != it.Name {
				s.aliases++
			}
			if seen[it.Alias] {
				s.repeats++
			}
			seen[it.Alias] = true
			s.count(it.SelectionSet, map[string]bool{})
		case *ast.InlineFragment:
			s.directives += len(it.Directives)
			s.count(it.SelectionSet, seen)
		case *ast.FragmentSpread:
			s.directives += len(it.Directives)
		}
	}
}

// height is the levels of fields in a set. Introspection is deep by nature and has a limit of its own.
func (s *shape) height(set ast.SelectionSet) int {
	top := 0
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			below := s.height(it.SelectionSet)
			if isIntrospection(it) {
				s.introspection, below = max(s.introspection, below), 0
			}
			top = max(top, 1+below)
		case *ast.InlineFragment:
			top = max(top, s.height(it.SelectionSet))
		case *ast.FragmentSpread:
			top = max(top, s.once(s.heights, it.Name, s.height))
		}
	}
	return top
}

// rootFields counts the fields of a root, with those of its fragments.
func (s *shape) rootFields(set ast.SelectionSet) int {
	n := 0
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			n++
		case *ast.InlineFragment:
			n = sum(n, s.rootFields(it.SelectionSet))
		case *ast.FragmentSpread:
			n = sum(n, s.once(s.roots, it.Name, s.rootFields))
		}
	}
	return n
}

// once measures a fragment, or answers from memory; a fragment that leads to itself counts nothing the second time.
func (s *shape) once(known map[string]int, name string, measure func(ast.SelectionSet) int) int {
	if n, ok := known[name]; ok {
		return n
	}
	known[name] = 0
	if f := s.fragments[name]; f != nil {
		known[name] = measure(f.SelectionSet)
	}
	return known[name]
}

func isIntrospection(f *ast.Field) bool { return f.Name == "__schema" || f.Name == "__type" }

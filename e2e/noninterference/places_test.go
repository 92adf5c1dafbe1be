package noninterference

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// hop is a field on the way from the root of a schema to some place.
type hop struct {
	parent string
	field  *ast.FieldDefinition
}

// atlas knows the ways through a schema.
type atlas struct {
	schema   *ast.Schema
	leading  map[string][]hop // to a type
	distance map[string]int   // of a type from the root
	places   []string
}

func newAtlas(schema *ast.Schema) *atlas {
	a := &atlas{schema: schema, leading: map[string][]hop{}, distance: map[string]int{"Query": 0}}
	for next := []string{"Query"}; len(next) > 0; next = next[1:] {
		for _, f := range schema.Types[next[0]].Fields {
			to := schema.Types[f.Type.Name()]
			if f.Name[0] == '_' || to.Kind != ast.Object {
				continue
			}
			a.leading[to.Name] = append(a.leading[to.Name], hop{next[0], f})
			if _, known := a.distance[to.Name]; !known {
				a.distance[to.Name] = a.distance[next[0]] + 1
				next = append(next, to.Name)
			}
		}
	}
	a.places = places(schema, sorted(a.distance))
	return a
}

// way draws a way to a place, seldom a roundabout one, and the path within the argument where the place is one.
func (a *atlas) way(rng *rand.Rand, place string) (way []hop, argument []string) {
	field, path, _ := strings.Cut(strings.TrimSuffix(place, ")"), "(")
	if path != "" {
		argument = strings.Split(path, ".")
	}
	parent, name, _ := strings.Cut(field, ".")
	way = []hop{{parent, a.schema.Types[parent].Fields.ForName(name)}}
	for way[0].parent != "Query" {
		to := way[0].parent
		nearer := slices.DeleteFunc(slices.Clone(a.leading[to]), func(h hop) bool {
			return a.distance[h.parent] > a.distance[to] || a.distance[h.parent] == a.distance[to] && (len(way) > 5 || rng.IntN(4) > 0)
		})
		way = append([]hop{pick(rng, nearer)}, way...)
	}
	return way, argument
}

// disclosing is the question that is there to tell one bit of what is hidden: whether the clinic acts for another child.
const disclosing = "mayTakeMandate"

// places lists every field of some types, and every place in an argument.
func places(schema *ast.Schema, types []string) []string {
	var all []string
	for _, name := range types {
		for _, f := range schema.Types[name].Fields {
			if f.Name[0] == '_' || f.Name == disclosing {
				continue
			}
			all = append(all, name+"."+f.Name)
			for _, a := range f.Arguments {
				for _, path := range inputPaths(schema, a.Name, a.Type, 5) {
					all = append(all, name+"."+f.Name+"("+path+")")
				}
			}
		}
	}
	return all
}

func inputPaths(schema *ast.Schema, at string, t *ast.Type, depth int) []string {
	all := []string{at}
	def := schema.Types[t.Name()]
	if def.Kind != ast.InputObject || depth == 0 {
		return all
	}
	for _, f := range def.Fields {
		all = append(all, inputPaths(schema, at+"."+f.Name, f.Type, depth-1)...)
	}
	return all
}

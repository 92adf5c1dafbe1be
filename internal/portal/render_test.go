package portal

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// A page is shown whole, or not at all where a template breaks. So each is shown with all that its document asks, with all of it
// withheld that may be, and with empty lists.
func TestEveryTemplateShowsWhatItsDocumentAnswers(t *testing.T) {
	p := &Portal{sessions: newSessions(Config{})}
	ctx, err := p.sessions.Load(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range pages {
		for role, name := range namesOf(g) {
			schema := profile(t, role).Schema()
			query, err := gqlparser.LoadQuery(schema, documents[name].text)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range []imagined{{schema, true, true, 2}, {schema, true, false, 1}, {schema, false, false, 1}, {schema, true, true, 0}} {
				data := i.object(query.Operations[0].SelectionSet)
				v := &view{Name: name, Role: role, Path: g.path, Language: "az", Languages: languages, Data: data, Me: data["me"], portal: p, ctx: ctx}
				var page bytes.Buffer
				if err := templates[name].ExecuteTemplate(&page, "layout", v); err != nil {
					t.Errorf("%s for %s: %v", name, role, err)
				}
				if text := page.String(); strings.Contains(text, "no value") {
					t.Errorf("%s for %s shows what its document does not ask", name, role)
				}
			}
		}
	}
}

// imagined makes up answers.
type imagined struct {
	schema *ast.Schema
	led    bool // whether a way to a record leads to one, where it need not
	open   bool // whether a field has a value, where it need not
	many   int  // how many records a list holds
}

func (i imagined) object(set ast.SelectionSet) map[string]any {
	all := map[string]any{}
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			all[it.Alias] = i.value(it.Definition.Type, it.SelectionSet)
		case *ast.FragmentSpread:
			for name, value := range i.object(it.Definition.SelectionSet) {
				all[name] = value
			}
		}
	}
	return all
}

func (i imagined) value(of *ast.Type, set ast.SelectionSet) any {
	switch {
	case !of.NonNull && (len(set) > 0 && !i.led || len(set) == 0 && !i.open):
		return nil
	case of.Elem != nil:
		list := []any{}
		for range i.many {
			list = append(list, i.value(of.Elem, set))
		}
		return list
	case len(set) > 0:
		return i.object(set)
	}
	return i.scalar(of.Name())
}

func (i imagined) scalar(name string) any {
	if kind := i.schema.Types[name]; kind.Kind == ast.Enum {
		return kind.EnumValues[0].Name
	}
	switch name {
	case "Int":
		return json.Number("3")
	case "Boolean":
		return true
	case "Date":
		return "2026-11-20"
	case "DateTime":
		return "2026-11-20T09:00:00Z"
	}
	return "text"
}

package records

import (
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/policy"
	"korpu/schema"
)

// A condition that the SDL offers and no statement holds would be left out without a word, and the answer be wider than asked.
func TestEveryConditionThatAFilterOffersIsOneThatStatementsHold(t *testing.T) {
	catalog, err := policy.ReadCatalog(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, def := range catalog.Schema.Types {
		d := def.Directives.ForName("filters")
		if d == nil {
			continue
		}
		record := catalog.Records[d.Arguments.ForName("type").Value.Raw]
		for _, filtered := range def.Fields {
			of := record.Field(filtered.Name).Def.Type.Name()
			for _, condition := range catalog.Schema.Types[filtered.Type.Name()].Fields {
				seen++
				if !held(catalog.Schema, condition, of) {
					t.Errorf("%s.%s offers %s: %s on a field of type %s", def.Name, filtered.Name, condition.Name, condition.Type, of)
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d conditions were looked at", seen)
	}
}

// held tells whether a statement can hold the condition on a field of the type.
func held(s *ast.Schema, condition *ast.FieldDefinition, of string) bool {
	text := of == "String" || s.Types[of].Kind == ast.Enum
	switch condition.Name {
	case "isNull":
		return condition.Type.String() == "Boolean"
	case "in":
		return condition.Type.Elem != nil && condition.Type.Name() == of && (text || of == "ID")
	case "startsWith":
		return condition.Type.String() == "String" && of == "String"
	}
	known := slices.ContainsFunc(operators, func(o operator) bool { return o.name == condition.Name })
	return known && condition.Type.String() == of
}

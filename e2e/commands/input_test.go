package commands

import (
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

func TestWhatIsWrongWithAnInputIsToldByItsField(t *testing.T) {
	p := open(t)
	for name, c := range map[string]struct {
		change func(input map[string]any)
		words  string
	}{
		"empty name":            {func(in map[string]any) { in["newChild"].(map[string]any)["givenName"] = "  " }, "newChild.givenName must not be empty"},
		"long text":             {func(in map[string]any) { in["allegedFacts"] = strings.Repeat("a", 20_001) }, "allegedFacts is longer"},
		"no allegation":         {func(in map[string]any) { in["allegations"] = []any{} }, "allegations must list"},
		"day that is none":      {func(in map[string]any) { in["newChild"].(map[string]any)["bornOn"] = "yesterday" }, "newChild.bornOn must be a day"},
		"neither child":         {func(in map[string]any) { delete(in, "newChild") }, "newChild"},
		"identifier of nothing": {func(in map[string]any) { in["district"] = "x" }, "district must be an identifier"},
		"under the age": {func(in map[string]any) {
			in["newChild"].(map[string]any)["bornOn"] = value[string](p, "select (current_date - interval '13 years')::date::text")
		}, "children under 14"},
		"fifteen, and not grave": {func(in map[string]any) {
			in["newChild"].(map[string]any)["bornOn"] = value[string](p, "select (current_date - interval '15 years 1 month')::date::text")
		}, "grave acts only"},
		"grown up": {func(in map[string]any) {
			in["newChild"].(map[string]any)["bornOn"] = value[string](p, "select (current_date - interval '19 years')::date::text")
		}, "was no child"},
		"act to come": {func(in map[string]any) {
			in["allegations"].([]any)[0].(map[string]any)["actOn"] = value[string](p, "select (current_date + 1)::text")
		}, "lies in the future"},
		"long key": {func(in map[string]any) { in["idempotencyKey"] = strings.Repeat("k", 101) }, "idempotencyKey"},
	} {
		t.Run(name, func(t *testing.T) {
			input := p.newCase()
			c.change(input)
			before, _ := p.counts()
			p.do("officer-sumgayit", "openCase", "id", input).Refused("INVALID", c.words)
			if after, _ := p.counts(); after != before {
				t.Error("a case was opened all the same")
			}
		})
	}
}

func TestARequestHoldsOneCommand(t *testing.T) {
	p := open(t)
	r := p.Ask(t, hubtest.Persona("officer-sumgayit"),
		"mutation($a: OpenCaseInput!, $b: OpenCaseInput!) { a: openCase(input: $a) { id } b: openCase(input: $b) { id } }", map[string]any{"a": p.newCase(), "b": p.newCase()})
	if !strings.Contains(string(r.Body), "more than 1 command") {
		t.Fatalf("%s", r.Body)
	}
}

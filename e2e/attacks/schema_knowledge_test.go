package attacks

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/hubtest"
	"korpu/policy"
)

const introspection = `{ __schema { queryType { name } mutationType { name } subscriptionType { name } directives { name args { name } }
  types { kind name description fields(includeDeprecated: true) { name description isDeprecated args { name description defaultValue type { ...t } } type { ...t } }
    inputFields { name description defaultValue type { ...t } } interfaces { name } enumValues(includeDeprecated: true) { name description } possibleTypes { name } } } }
  fragment t on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`

// introspected is the answer to an introspection, as far as it is compared.
type introspected struct {
	Data struct {
		Schema struct {
			Directives []struct{ Name string }
			Types      []struct {
				Name, Description               string
				Fields, InputFields, EnumValues []struct {
					Name, Description string
					Args              []struct{ Name, Description string }
				}
			}
		} `json:"__schema"`
	}
}

// names lists what an introspection tells: Type, Type.member, Type.member(argument).
func (i introspected) names() []string {
	var all []string
	for _, def := range i.Data.Schema.Types {
		if strings.HasPrefix(def.Name, "__") {
			continue
		}
		all = append(all, def.Name)
		for _, member := range slices.Concat(def.Fields, def.InputFields, def.EnumValues) {
			all = append(all, def.Name+"."+member.Name)
			for _, arg := range member.Args {
				all = append(all, def.Name+"."+member.Name+"("+arg.Name+")")
			}
		}
	}
	sort.Strings(all)
	return all
}

// names lists the same of a schema.
func names(s *ast.Schema) []string {
	var all []string
	for _, def := range s.Types {
		if strings.HasPrefix(def.Name, "__") {
			continue
		}
		all = append(all, def.Name)
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			all = append(all, def.Name+"."+f.Name)
			for _, arg := range f.Arguments {
				all = append(all, def.Name+"."+f.Name+"("+arg.Name+")")
			}
		}
		for _, v := range def.EnumValues {
			all = append(all, def.Name+"."+v.Name)
		}
	}
	sort.Strings(all)
	return all
}

func introspect(t *testing.T, h *hubtest.Hub, p *policy.Profile) introspected {
	t.Helper()
	r := h.Ask(t, asker(p), introspection, nil)
	var i introspected
	if err := json.Unmarshal(r.Body, &i); err != nil || len(i.Data.Schema.Types) == 0 {
		t.Fatalf("%s: %v %s", p, err, r.Body)
	}
	return i
}

func TestAttack37IntrospectionShowsExactlyTheProfilesOwnSchema(t *testing.T) {
	h, _ := open(t)
	different := map[string]bool{}
	for _, p := range hubtest.Policy().Profiles {
		got, want := introspect(t, h, p).names(), names(p.Schema())
		if !slices.Equal(got, want) {
			t.Errorf("%s: introspection tells %v", p, diff(got, want))
		}
		different[strings.Join(got, " ")] = true
		for name := range hubtest.Policy().Catalog.Schema.Types {
			if p.Schema().Types[name] != nil || strings.HasPrefix(name, "__") {
				continue
			}
			got := h.Ask(t, asker(p), fmt.Sprintf("{ __type(name: %q) { name kind description } }", name), nil)
			want := h.Ask(t, asker(p), fmt.Sprintf("{ __type(name: %q) { name kind description } }", misspelled(name)), nil)
			alike(t, p.String()+": the type "+name, got, want)
		}
	}
	if len(different) < 12 {
		t.Fatalf("only %d different schemas", len(different))
	}
}

func diff(a, b []string) (only []string) {
	for _, x := range a {
		if !slices.Contains(b, x) {
			only = append(only, "+"+x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			only = append(only, "-"+x)
		}
	}
	return only
}

func TestAttack38NothingIsSuggested(t *testing.T) {
	h, _ := open(t)
	for _, near := range []string{
		"{ case { number } }", "{ caseses { totalCount } }", "{ cases(firs: 1) { totalCount } }", "{ cases(filter: {numbe: {eq: \"x\"}}) { totalCount } }",
		"{ cases(orderBy: {field: NUMBE}) { totalCount } }", "query($f: CaseFilte) { __typename }", "{ cases { nodes { numbe } } }", "{ cases { nodes { stage { x } } } }",
		"{ cases { nodes } }", "{ ... on Cas { number } }", "{ cases @ski(if: true) { totalCount } }", "{ __type(nam: \"Case\") { name } }", "query($o: CaseOrder = {field: NUMBE}) { __typename }",
	} {
		if r := h.Ask(t, hubtest.Persona("officer-sumgayit"), near, nil); regexp.MustCompile(`(?i)did you mean|suggest|expected one of|expecting type`).Match(r.Body) {
			t.Errorf("%s: %s", near, r.Body)
		}
	}
}

// guesser recovers a schema from the validator's answers alone, as Clairvoyance does, with our own SDL as its word list.
type guesser struct {
	t     *testing.T
	h     *hubtest.Hub
	a     hubtest.Asker
	words []string
	found map[string]bool
	ways  map[string]string // how to get to a type: a query with %s in its place
}

var (
	noField   = regexp.MustCompile(`Cannot query field "(\w+)" on type "(\w+)"`)
	noArg     = regexp.MustCompile(`Unknown argument "(\w+)" on field "([\w.]+)"`)
	anyQuoted = regexp.MustCompile(`"(\w+)"`)
)

// messages are the error texts of a query.
func (g *guesser) messages(query string) []string {
	r := g.h.Ask(g.t, g.a, query, nil)
	var body struct{ Errors []struct{ Message string } }
	if err := json.Unmarshal(r.Body, &body); err != nil {
		g.t.Fatal(err)
	}
	var all []string
	for _, e := range body.Errors {
		all = append(all, e.Message)
	}
	return all
}

// probe asks for five words at a time, which is how many errors the hub tells of one document.
func (g *guesser) probe(typeName string) {
	way := g.ways[typeName]
	for chunk := range slices.Chunk(g.words, 5) {
		known := slices.Clone(chunk)
		for _, m := range g.messages(fmt.Sprintf(way, strings.Join(chunk, " "))) {
			if hit := noField.FindStringSubmatch(m); hit != nil && hit[2] == typeName {
				known = slices.DeleteFunc(known, func(w string) bool { return w == hit[1] })
			}
		}
		for _, word := range known {
			g.learn(typeName, word)
		}
	}
}

func (g *guesser) learn(typeName, field string) {
	for _, m := range g.messages(fmt.Sprintf(g.ways[typeName], field+" { "+misspelled("xxxxx")+" }")) {
		if hit := noField.FindStringSubmatch(m); hit != nil && hit[2] == typeName && hit[1] == field {
			return // the chunk told of other errors
		}
		if hit := noField.FindStringSubmatch(m); hit != nil && hit[2] != typeName {
			if _, ok := g.ways[hit[2]]; !ok {
				g.ways[hit[2]] = strings.Replace(g.ways[typeName], "%s", field+" { %s }", 1)
			}
		}
	}
	g.found[typeName+"."+field] = true
	for chunk := range slices.Chunk(g.words, 5) {
		arguments := slices.Clone(chunk)
		for _, m := range g.messages(fmt.Sprintf(g.ways[typeName], field+"("+strings.Join(chunk, ": 1 ")+": 1)")) {
			if hit := noArg.FindStringSubmatch(m); hit != nil {
				arguments = slices.DeleteFunc(arguments, func(w string) bool { return w == hit[1] })
			}
		}
		for _, arg := range arguments {
			g.found[typeName+"."+field+"("+arg+")"] = true
		}
	}
}

func TestAttack39GuessingWithOurOwnWordsRecoversNoMoreThanTheProfilesSchema(t *testing.T) {
	h, _ := open(t)
	var words []string
	for _, def := range hubtest.Policy().Catalog.Schema.Types {
		for _, f := range def.Fields {
			words = append(words, f.Name)
			for _, arg := range f.Arguments {
				words = append(words, arg.Name)
			}
		}
	}
	sort.Strings(words)
	words = slices.DeleteFunc(slices.Compact(words), func(w string) bool { return strings.HasPrefix(w, "__") })
	for _, role := range []string{"court_clerk", "activity_provider", "psychologist"} {
		p := profile(t, role, hubtest.Policy().Profiles[slices.IndexFunc(hubtest.Policy().Profiles, func(p *policy.Profile) bool { return p.Role == role })].Purpose)
		g := &guesser{t: t, h: h, a: asker(p), words: words, found: map[string]bool{}, ways: map[string]string{"Query": "{ %s }"}}
		for probed := map[string]bool{}; len(probed) < len(g.ways); {
			for name := range g.ways {
				if !probed[name] {
					probed[name] = true
					g.probe(name)
					break
				}
			}
		}
		own := names(p.Schema())
		recovered := 0
		for name := range g.found {
			if slices.Contains(own, name) {
				recovered++
			} else {
				t.Errorf("%s: guessing finds %s", p, name)
			}
		}
		if recovered < 20 {
			t.Fatalf("%s: only %d names were recovered: the guesser is broken", p, recovered)
		}
	}
}

func TestAttack40DeniedAndUnknownAnswerAlikeToTheByte(t *testing.T) {
	h, _ := open(t)
	for _, p := range hubtest.Policy().Profiles {
		for _, name := range hubtest.Policy().Catalog.Names {
			if p.Schema().Types[name] == nil {
				likeAMisspelling(t, h, asker(p), "{ me { ... on "+name+" { id } } }", name, nil)
				likeAMisspelling(t, h, asker(p), "query($x: "+name+") { me { role } }", name, nil)
			}
		}
		for _, root := range hubtest.Policy().Catalog.Schema.Query.Fields {
			if p.Schema().Query.Fields.ForName(root.Name) == nil && !strings.HasPrefix(root.Name, "__") {
				likeAMisspelling(t, h, asker(p), "{ "+root.Name+" { id } }", root.Name, nil)
				likeAMisspelling(t, h, asker(p), "{ "+root.Name+`(id: "x", number: "y") }`, root.Name, nil)
			}
		}
	}
}

// camel is a name of several words, as only fields have it; shouted one of an order.
var camel = regexp.MustCompile(`\b[a-z]+[A-Z]\w*|\b[A-Z]+_[A-Z_]+\b`)

func TestAttack41DescriptionsDefaultsAndDirectivesNameNothingThatIsHidden(t *testing.T) {
	h, _ := open(t)
	for _, p := range hubtest.Policy().Profiles {
		i := introspect(t, h, p)
		known := strings.Join(i.names(), " ")
		for _, def := range i.Data.Schema.Types {
			if strings.HasPrefix(def.Name, "__") {
				continue
			}
			texts := []string{def.Description}
			for _, m := range slices.Concat(def.Fields, def.InputFields, def.EnumValues) {
				texts = append(texts, m.Description)
				for _, a := range m.Args {
					texts = append(texts, a.Description)
				}
			}
			for _, text := range texts {
				for _, name := range camel.FindAllString(text, -1) {
					if isName(name) && !regexp.MustCompile(`\.`+name+`\b`).MatchString(known) {
						t.Errorf("%s: %s: %q names %s, which the profile has not", p, def.Name, text, name)
					}
				}
			}
		}
		var directives []string
		for _, d := range i.Data.Schema.Directives {
			directives = append(directives, d.Name)
		}
		if sort.Strings(directives); !slices.Equal(directives, []string{"deprecated", "include", "skip", "specifiedBy"}) {
			t.Errorf("%s: directives %v", p, directives)
		}
	}
}

// isName tells whether the public contract has a member of that name.
func isName(name string) bool {
	for _, def := range hubtest.Policy().Catalog.Schema.Types {
		if def.Fields.ForName(name) != nil || def.EnumValues.ForName(name) != nil {
			return true
		}
	}
	return false
}

// membersOfErrors stand in every error, whatever the schema has of the same name.
var membersOfErrors = []string{"errors", "message", "path", "extensions", "code"}

func TestAttack42CoercionNamesNoHiddenInputField(t *testing.T) {
	h, _ := open(t)
	psychologist := hubtest.Persona("psychologist")
	own := strings.Join(names(profile(t, "psychologist", "REHABILITATION").Schema()), " ")
	for _, given := range []any{"x", 1, []any{}, map[string]any{}, map[string]any{"eq": 1}, map[string]any{"xxx": 1}, true, nil} {
		r := h.Ask(t, psychologist, "query($f: ChildFilter!) { children(filter: $f) { totalCount } }", map[string]any{"f": map[string]any{"familyName": given}})
		for _, hidden := range anyQuoted.FindAllStringSubmatch(string(r.Body), -1) {
			if isName(hidden[1]) && !strings.Contains(own, "."+hidden[1]) && !slices.Contains(membersOfErrors, hidden[1]) {
				t.Errorf("%v: %s", given, r.Body)
			}
		}
	}
	clerk := hubtest.Persona("clerk-sumgayit")
	for _, field := range []string{"familyName", "bornOn", "legalNote"} {
		likeAMisspelling(t, h, clerk, "query($f: ProcedureFilter) { hearings(filter: $f) { totalCount } }", field, map[string]any{"f": map[string]any{field: map[string]any{"eq": "x"}}})
		likeAMisspelling(t, h, clerk, "{ hearings(filter: {"+field+": {eq: 1}}) { totalCount } }", field, nil)
	}
}

package programme

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/hubtest"
	"korpu/policy"
)

// justice are words from which a school or service would learn why a child comes: the list that the policy's tests have.
func justice(t *testing.T) *regexp.Regexp {
	t.Helper()
	text, err := os.ReadFile("../../policy/testdata/justice.txt")
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile("(?i)" + strings.Join(strings.Fields(strings.ReplaceAll(string(text), " ", `\s`)), "|"))
}

// reader is a persona of a service with all that it has been answered.
type reader struct {
	*story
	who     string
	profile *policy.Profile
	read    map[string]string // by what was asked
}

func (s *story) reader(who, purpose string) *reader {
	return &reader{story: s, who: who, profile: hubtest.Policy().Profile(hubtest.Persona(who).Role, purpose), read: map[string]string{}}
}

// ask keeps status, headers and body of an answer.
func (r *reader) ask(what, query string, variables map[string]any) string {
	r.t.Helper()
	answer := r.Ask(r.t, hubtest.Persona(r.who), query, variables)
	return r.keep(what, answer)
}

func (r *reader) keep(what string, answer hubtest.Response) string {
	header := answer.Header.Clone()
	for _, opaque := range []string{"Korpu-Request-Id", "Date"} {
		header.Del(opaque)
	}
	r.read[what] = fmt.Sprintln(answer.Status, header, string(answer.Body))
	return string(answer.Body)
}

const wholeSchema = `{ __schema { description queryType { name } mutationType { name } directives { name description args { name description } } types { name description kind
  fields(includeDeprecated: true) { name description deprecationReason args { name description defaultValue } } inputFields { name description defaultValue } enumValues { name description deprecationReason } } } }`

const aboutMe = "{ me { name agency role purpose client roles { role purposes } } myAccess { type field access when basis } }"

// all asks for everything there is: the schema, who the caller is and what it may see and do, every list and every child.
func (r *reader) all(c child) {
	r.t.Helper()
	r.schema()
	r.ask("access", aboutMe, nil)
	seen := 0
	for _, f := range r.profile.Schema().Query.Fields {
		root := r.profile.Catalog().Root(f.Name)
		switch {
		case root == nil || f.Name == "child":
		case root.Page:
			body := r.ask("list "+f.Name, "{ "+f.Name+"(first: 12) { totalCount nodes { "+r.selection(root.Record.Name, 2)+" } } }", nil)
			if strings.Contains(body, "errors") || !strings.Contains(body, "totalCount") {
				r.t.Fatalf("%s is answered %s", f.Name, body)
			}
			seen += strings.Count(body, "\"withheld\"")
		default:
			r.t.Fatalf("%s is asked otherwise", f.Name)
		}
	}
	body := r.ask("child", "query($id: ID!) { child(id: $id) { "+r.selection("Child", 2)+" } }", map[string]any{"id": c.id})
	if !strings.Contains(body, "\"withheld\"") || seen < 8 {
		r.t.Fatalf("%s sees %d records, and of the child %s", r.who, seen, body)
	}
}

// schema asks for the whole schema. The words of GraphQL itself are left out, which are the same everywhere.
func (r *reader) schema() {
	r.t.Helper()
	var answer struct {
		Data struct {
			Schema map[string]any `json:"__schema"`
		}
	}
	if err := json.Unmarshal([]byte(r.ask("schema", wholeSchema, nil)), &answer); err != nil {
		r.t.Fatal(err)
	}
	types, _ := answer.Data.Schema["types"].([]any)
	answer.Data.Schema["types"] = slices.DeleteFunc(types, func(one any) bool { return strings.HasPrefix(one.(map[string]any)["name"].(string), "__") })
	if len(types) < 20 {
		r.t.Fatalf("the schema of %s has %d types", r.who, len(types))
	}
	r.read["schema"] = fmt.Sprint(answer.Data.Schema)
}

// selection are all values of a record and of what it leads to.
func (r *reader) selection(record string, links int) string {
	t := r.profile.Types[record]
	all := []string{"withheld { field reason basis howToRequest }"}
	for _, name := range slices.Sorted(maps.Keys(t.Fields)) {
		f := t.Record.Field(name)
		switch {
		case f.Link == nil:
			all = append(all, name)
		case links == 0 || r.profile.Types[f.Link.Target] == nil:
		case f.Link.Page:
			all = append(all, name+"(first: 3) { totalCount nodes { "+r.selection(f.Link.Target, links-1)+" } }")
		case f.Link.Many:
			all = append(all, name+"(first: 3) { "+r.selection(f.Link.Target, links-1)+" }")
		default:
			all = append(all, name+" { "+r.selection(f.Link.Target, links-1)+" }")
		}
	}
	return strings.Join(all, " ")
}

// errs collects what the caller is told of what is wrong: with commands, documents, headers and paths.
func (r *reader) errs() {
	r.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(r.profile.Commands)) {
		input := r.profile.Commands[name].Command.Input
		query := fmt.Sprintf("mutation($input: %s!) { %s(input: $input) { id } }", input.Name, name)
		r.ask(name+" of nothing", query, map[string]any{"input": r.given(input)})
		r.ask(name+" without input", query, map[string]any{"input": map[string]any{}})
	}
	for _, word := range []string{"cases", "statusCard", "diversion", "detentions", "agencies", "policeReports"} {
		r.read["an unknown field"] += strings.ReplaceAll(r.ask("unknown", "{ "+word+" { id } }", nil), word, "") // what the caller wrote itself
	}
	delete(r.read, "unknown")
	r.ask("an unknown child", "query($id: ID!) { child(id: $id) { id } }", map[string]any{"id": uuid.NewString()})
	r.ask("no document", "{", nil)
	r.ask("a list that is too long", "{ children(first: 101) { totalCount } }", nil)
	a := hubtest.Persona(r.who)
	for _, wrong := range []hubtest.Asker{{Subject: a.Subject, Role: a.Role, Purpose: "STATISTICS"}, {Subject: a.Subject, Role: "analyst"}, {Subject: a.Subject, Role: a.Role, Purpose: "x"}, {Subject: a.Subject, Role: "x"}} {
		answer := r.Ask(r.t, wrong, aboutMe, nil)
		if answer.Status == http.StatusOK && !strings.Contains(string(answer.Body), "errors") {
			r.t.Fatalf("%+v is answered", wrong)
		}
		r.keep(fmt.Sprintf("as %s for %s", wrong.Role, wrong.Purpose), answer)
	}
}

// given is an input of the right form that is about nothing.
func (r *reader) given(input *policy.Input) map[string]any {
	given := map[string]any{}
	for _, f := range input.Def.Fields {
		given[f.Name] = r.sample(f)
	}
	return given
}

func (r *reader) sample(f *ast.FieldDefinition) any {
	var one any = "x"
	switch name := f.Type.Name(); name {
	case "ID":
		one = uuid.NewString()
	case "Int":
		one = 1
	case "Boolean":
		one = true
	case "Date":
		one = day(0)
	case "DateTime":
		one = moment(0)
	case "String":
	default:
		one = r.profile.Catalog().Schema.Types[name].EnumValues[0].Name
	}
	if f.Type.Elem != nil {
		return []any{one}
	}
	return one
}

// guards are the texts with which triggers refuse what the caller's commands write; that a session was held only rescheduleSession can meet.
func (r *reader) guards() {
	r.t.Helper()
	for _, a := range r.profile.Commands {
		when := 16 // update
		if a.Command.Action == "create" {
			when = 4
		}
		texts := value[[]string](r.story, `select coalesce(array_agg(distinct coalesce(m[1], '') || ' ' || replace(encode(t.tgargs, 'escape'), '\000', ' ')), '{}') from pg_trigger t join pg_proc p on p.oid = t.tgfoid
			left join lateral regexp_matches(p.prosrc, 'refuse\(.([^'']*)', 'g') m on true where t.tgrelid = ('korpu.' || $1)::regclass and t.tgtype::integer & $2 > 0 and not t.tgisinternal
			and p.proname not in ('fill_keys', 'check_programme') and coalesce(m[1], '') not like 'the session was held%'`, a.Command.Record.Table, when)
		r.read["guards of "+a.Command.Name] = strings.Join(texts, "; ")
	}
}

// No school and no service learns from anything that it can read that the child has to do with police or court: not from data, nor from the
// schema with its descriptions, nor from who it is and what it may do, nor from errors.
func TestStoryG11AndG12NothingThatASchoolOrServiceCanReadSpeaksOfJustice(t *testing.T) {
	s := tell(t)
	words := justice(t)
	c := s.ward()
	s.diverted(c)
	plan := s.inForce(c)
	s.run("update korpu.child set safety_need = 'Asthma' where id = $1", c.id)
	s.do("coach-sumgayit", "planSession", "id", map[string]any{"action": football(plan), "plannedAt": moment(-3), "place": "ACTIVITY"}).Done()
	for code, purpose := range map[string]string{"SUM-SPORT": "SERVICE_DELIVERY", "SUM-SCHOOL-1": "EDUCATION", "SUM-ASSISTANCE": "SERVICE_DELIVERY"} {
		s.do("social-worker", "refer", "id", map[string]any{"child": c.id, "receiver": s.agency(code), "service": "ASSISTANCE", "need": "Nobody at home has work."}).Done()
		s.do("social-worker", "giveConsent", "id", map[string]any{
			"child": c.id, "kind": "CONSENT", "recipient": s.agency(code), "purposes": []string{purpose},
			"classes": []string{"IDENTITY", "CONTACT", "HEALTH_SAFETY", "SCHOOL_STATUS", "LEARNING", "ASSISTANCE", "REFERRAL_NEED"},
		}).Done()
	}
	s.do("school-sumgayit", "enrolChild", "id", map[string]any{"child": c.id, "startsOn": day(0), "grade": 9}).Done()
	s.do("coach-sumgayit", "beginTraining", "id", map[string]any{"child": c.id, "course": "Bicycle repair", "startsOn": day(0), "endsOn": day(90)}).Done()
	s.do("social-worker", "applyForAssistance", "id", map[string]any{"child": c.id, "office": s.agency("SUM-ASSISTANCE"), "kind": "TARGETED"}).Done()

	for who, purpose := range map[string]string{"school-sumgayit": "EDUCATION", "coach-sumgayit": "SERVICE_DELIVERY", "assistance-sumgayit": "SERVICE_DELIVERY"} {
		r := s.reader(who, purpose)
		r.all(c)
		r.errs()
		r.guards()
		for _, what := range slices.Sorted(maps.Keys(r.read)) {
			for _, found := range words.FindAllStringIndex(r.read[what], 5) {
				t.Errorf("%s reads %q in %s: …%s…", who, r.read[what][found[0]:found[1]], what, r.read[what][max(0, found[0]-60):min(len(r.read[what]), found[1]+60)])
			}
		}
	}

	// The list is good for something: others read such words at once.
	judge := s.reader("judge-sumgayit", "CASE_PROCEEDINGS")
	judge.schema()
	judge.ask("access", aboutMe, nil)
	for what, text := range judge.read {
		if !words.MatchString(text) {
			t.Errorf("the judge reads none of the words in %s", what)
		}
	}
}

package records

import (
	"fmt"
	"maps"
	"reflect"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"pgregory.net/rapid"

	"korpu/internal/identity"
	"korpu/policy"
	"korpu/schema"
)

// shared are documents whose variables stand wherever a variable can stand.
var shared = []string{
	`query($first: Int! = 3, $after: String, $filter: CaseFilter, $order: CaseOrder, $flag: Boolean!) {
	  cases(first: $first, after: $after, filter: $filter, orderBy: $order) { totalCount @include(if: $flag) nodes { id allegedFacts child @skip(if: $flag) { id } withheld { field } } } }`,
	`query($eq: String, $list: [String!], $start: String, $absent: Boolean, $stage: CaseStage, $stages: [CaseStage!], $day: Date, $field: CaseOrderField! = NUMBER, $direction: OrderDirection! = ASC) {
	  cases(filter: {number: {eq: $eq, in: $list, startsWith: $start, isNull: $absent}, stage: {eq: $stage, in: $stages}, openedOn: {gt: $day, lt: "2026-01-01"}}, orderBy: {field: $field, direction: $direction}) { nodes { number } } }`,
	`query($number: TextFilter, $opened: DateFilter, $events: ProcedureFilter, $n: Int! = 2, $m: Int! = 2, $at: DateTime, $cursor: String) {
	  cases(first: 2, filter: {number: $number, openedOn: $opened}) { nodes { parties(first: $m) { id } one: procedure(first: $n, filter: $events) { totalCount } two: procedure(first: $m, after: $cursor, filter: {at: {lt: $at}}) { nodes { id } } } } }`,
	`query($number: TextFilter!) { cases(filter: {number: $number}) { totalCount } }`,
	`query($filter: CaseFilter!) { cases(filter: $filter) { totalCount } }`,
	`query($number: String!, $year: Int!, $id: ID!) { statusCard(caseNumber: $number, yearOfBirth: $year) { status } case(number: $number) { id } child(id: $id) { id } }`,
	`query($order: ChildOrder, $filter: ChildFilter, $names: [String!]) { children(orderBy: $order, filter: $filter) { nodes { id } } other: children(filter: {familyName: {in: $names}, schoolStatus: {eq: FINISHED}}) { totalCount } }`,
}

// Two requests share a plan where document and shape are the same. Then they must be the same statement, and the plan of
// the one must read the parameters of the other.
func TestRequestsThatShareAPlanAreTheSameStatement(t *testing.T) {
	sharers := newSharers(t)
	same, different := 0, 0
	for range 50 {
		rapid.Check(t, func(t *rapid.T) { sharers.pair(t, &same, &different) })
	}
	t.Logf("%d pairs share a plan, %d do not", same, different)
	if same < 100 || different < 100 {
		t.Error("the samples are too much alike, or too different")
	}
}

// pair draws two requests with the same document, and compares them where they share a plan.
func (s *sharers) pair(t *rapid.T, same, different *int) {
	op := rapid.SampledFrom(s.operations).Draw(t, "operation")
	one := s.draw(t, op, nil)
	other := s.draw(t, op, one)
	if shapeOf(s.profile.Schema(), op, one) != shapeOf(s.profile.Schema(), op, other) {
		*different++
		return
	}
	plans, err1 := compileAll(s.profile, 1, op, one)
	others, err2 := compileAll(s.profile, 1, op, other)
	if err1 == nil {
		*same++
	}
	if fmt.Sprint(err1) != fmt.Sprint(err2) {
		t.Fatalf("one is refused as %v, the other as %v", err1, err2)
	}
	for i := range plans {
		s.compare(t, plans[i], others[i], other)
	}
}

// sharers are operations of a profile that sees enough for all of them.
type sharers struct {
	profile    *policy.Profile
	store      *Store
	operations []*ast.OperationDefinition
}

func newSharers(t *testing.T) *sharers {
	t.Helper()
	compiled, err := policy.Build(schema.FS, policy.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	s := &sharers{profile: compiled.Profile("clinic_lawyer", "LEGAL_DEFENCE"), store: &Store{}}
	if s.store.cursors, err = newCursors(make([]byte, CursorKeySize)); err != nil {
		t.Fatal(err)
	}
	for _, document := range shared {
		parsed, errs := gqlparser.LoadQuery(s.profile.Schema(), document)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		s.operations = append(s.operations, parsed.Operations[0])
	}
	return s
}

// compare tests that a plan, which was made for another request, serves one with these variables as its own plan does.
func (s *sharers) compare(t *rapid.T, plan, own *plan, vars map[string]any) {
	t.Helper()
	if plan.sql != own.sql || plan.guess != own.guess || plan.total != own.total || plan.width != own.width {
		t.Fatalf("the statements differ:\n%s\n%s", plan.sql, own.sql)
	}
	given, err1 := parametersOf(plan, s.request(vars))
	wanted, err2 := parametersOf(own, s.request(vars))
	if fmt.Sprint(err1) != fmt.Sprint(err2) || !reflect.DeepEqual(given, wanted) {
		t.Fatalf("the parameters differ: %v %v, %v %v", given, err1, wanted, err2)
	}
}

func (s *sharers) request(vars map[string]any) *Request {
	return &Request{store: s.store, subject: identity.Subject{Client: "test"}, profile: s.profile, vars: vars, bindings: map[*page]string{}}
}

// draw draws the variables of an operation, most of them as in another request.
func (s *sharers) draw(t *rapid.T, op *ast.OperationDefinition, like map[string]any) map[string]any {
	given := maps.Clone(like)
	if like == nil {
		given = map[string]any{}
	}
	for _, def := range op.VariableDefinitions {
		if like != nil && rapid.IntRange(0, 2).Draw(t, "same "+def.Variable) > 0 {
			continue
		}
		delete(given, def.Variable)
		if def.Type.NonNull && def.DefaultValue == nil || rapid.Bool().Draw(t, "has "+def.Variable) {
			given[def.Variable] = s.value(t, def.Type, def.Variable)
		}
	}
	vars, err := validator.VariableValues(s.profile.Schema(), op, given)
	if err != nil {
		t.Fatal(err)
	}
	return vars
}

// value draws a value of a type, null where it may be.
func (s *sharers) value(t *rapid.T, of *ast.Type, label string) any {
	switch {
	case !of.NonNull && rapid.IntRange(0, 3).Draw(t, label+" is null") == 0:
		return nil
	case of.Elem != nil:
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return s.value(t, of.Elem, label) }), 0, 2).Draw(t, label)
	}
	switch def := s.profile.Schema().Types[of.Name()]; def.Kind {
	case ast.InputObject:
		return s.object(t, def, label)
	case ast.Enum:
		return rapid.SampledFrom(def.EnumValues).Draw(t, label).Name
	}
	return scalarOf(t, of.Name(), label)
}

func (s *sharers) object(t *rapid.T, def *ast.Definition, label string) any {
	object := map[string]any{}
	for _, f := range def.Fields {
		if f.Type.NonNull && f.DefaultValue == nil || rapid.Bool().Draw(t, label+" has "+f.Name) {
			object[f.Name] = s.value(t, f.Type, label+"."+f.Name)
		}
	}
	return object
}

// scalarOf draws among few values, of which some are refused later on.
func scalarOf(t *rapid.T, name, label string) any {
	return rapid.SampledFrom(map[string][]any{
		"Int":      {int64(1), int64(2), int64(100), int64(101)},
		"Boolean":  {true, false},
		"ID":       {"", "64a0e2b4-5f0a-4d8e-9a53-0f1d2c3b4a59"},
		"Date":     {"2025-01-01", "2025-01-02", "never"},
		"DateTime": {"2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z", "never"},
		"String":   {"", "a", "b", "a\x00"},
	}[name]).Draw(t, label)
}

func TestANumberThatIsLeftOutHasAnotherPlanThanZero(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: "type Query { a(n: Int): Int }"})
	document := gqlparser.MustLoadQuery(schema, "query($n: Int) { a(n: $n) }")
	seen := map[string]any{}
	for _, n := range []any{nil, int64(0), int64(1), int64(-1)} {
		shape := shapeOf(schema, document.Operations[0], map[string]any{"n": n})
		if other, known := seen[shape]; known {
			t.Errorf("%v has the plan of %v", n, other)
		}
		seen[shape] = n
	}
}

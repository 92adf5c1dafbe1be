package attacks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/hubtest"
	"korpu/policy"
)

// filters calls f for every filter of every list that the public contract has.
func filters(f func(root *ast.FieldDefinition, input *ast.Definition)) {
	catalog := hubtest.Policy().Catalog
	for _, root := range catalog.Schema.Query.Fields {
		if arg := root.Arguments.ForName("filter"); arg != nil {
			f(root, catalog.Schema.Types[arg.Type.Name()])
		}
	}
}

func TestAttack13EqualityOnADeniedColumnAnswersAsAMisspelling(t *testing.T) {
	h, _ := open(t)
	asked := 0
	for _, p := range hubtest.Policy().Profiles {
		filters(func(root *ast.FieldDefinition, input *ast.Definition) {
			for _, field := range input.Fields {
				if sees(p, p.Catalog().Root(root.Name).Record.Name, field.Name) {
					continue
				}
				asked++
				likeAMisspelling(t, h, asker(p), fmt.Sprintf("query($f: %s = {%s: {eq: \"x\"}}) { __typename }", input.Name, field.Name), field.Name, nil)
				if p.Schema().Types[input.Name] != nil {
					likeAMisspelling(t, h, asker(p), fmt.Sprintf("query($f: %s) { %s(filter: $f) { totalCount } }", input.Name, root.Name),
						field.Name, map[string]any{"f": map[string]any{field.Name: map[string]any{"eq": "x"}}})
				}
			}
		})
	}
	if asked < 100 {
		t.Fatalf("only %d filters are closed to somebody", asked)
	}
}

// facts are case facts that an officer does not see any more, in cases that the officer sees.
const facts = `update korpu.case_file set alleged_facts = $1 where stage <> 'INVESTIGATION' and sealed_at is null
    and parties @> array[(select id from korpu.agency where code = 'SUM-POLICE')]`

func TestAttack13And14AFilterOnAWithheldTextIsDeafToItsValue(t *testing.T) {
	h, conn := open(t)
	officer := hubtest.Persona("officer-sumgayit")
	var first []hubtest.Response
	for _, secret := range []any{"Oğurluq", "oğurluq", "Xuliqanlıq", "%", "", nil} {
		change(t, conn, facts, secret)
		for i, condition := range []string{`eq: "Oğurluq"`, `in: ["Oğurluq", "Xuliqanlıq"]`, `startsWith: "O"`, `startsWith: "Oğurlu"`, `startsWith: ""`, `isNull: true`, `isNull: false`} {
			r := h.Ask(t, officer, "{ cases(first: 100, filter: {openedOn: {gt: \"2000-01-01\"}, allegedFacts: {"+condition+"}}) { totalCount edges { cursor node { number allegedFacts withheld { field } } } } }", nil)
			r.Data(t)
			if len(first) == i {
				first = append(first, r)
				continue
			}
			alike(t, fmt.Sprintf("%s where the withheld text is %q", condition, secret), r, first[i])
		}
	}
	if !strings.Contains(string(first[5].Body), "allegedFacts\"}") {
		t.Fatalf("no fact is withheld: %s", first[5].Body)
	}
}

func TestAttack14ThereIsNoPatternAndAPrefixIsTakenLetterByLetter(t *testing.T) {
	h, conn := open(t)
	lawyer := hubtest.Persona("lawyer")
	for _, operator := range []string{"like", "ilike", "regex", "contains", "endsWith", "matches", "search", "similar", "ne", "not"} {
		r := h.Ask(t, lawyer, fmt.Sprintf("query($f: TextFilter = {%s: \"x\"}) { __typename }", operator), nil)
		if !strings.Contains(string(r.Body), fmt.Sprintf(`Field \"%s\" is not defined by type \"TextFilter\"`, operator)) {
			t.Errorf("%s: %s", operator, r.Body)
		}
	}
	id := value[[16]byte](t, conn, "select id from korpu.child where counsel && (select array_agg(staff_id) from korpu.staff_identity where subject = 'lawyer') and sealed_at is null order by id limit 1")
	change(t, conn, `update korpu.child set family_name = '50%_\Əliyev' where id = $1`, id)
	const begins = "query($s: String!) { children(filter: {familyName: {startsWith: $s}}) { totalCount } }"
	for prefix, want := range map[string]int{"50%_\\": 1, "50%_\\Ə": 1, "%": 0, "_": 0, "50_": 0, "5.*": 0, "50%%": 0, "50%_\\ə": 0, "50%_\\E": 0} {
		if got := total(t, h.Ask(t, lawyer, begins, map[string]any{"s": prefix}), "children"); got != want {
			t.Errorf("%q: %d, want %d", prefix, got, want)
		}
	}
}

func total(t *testing.T, r hubtest.Response, list string) int {
	t.Helper()
	return int(r.Data(t)[list].(map[string]any)["totalCount"].(float64))
}

func TestAttack15ARangeOnAWithheldDayIsDeafToItsValue(t *testing.T) {
	files := policy.Embedded() // with a day that the officer always sees, beside which the other may be compared
	files["rules/services.csv"] += `p, role:assistance_officer, Child.registeredOn, read, SERVICE_DELIVERY, always, allow, flagged, "Test"` + "\n"
	h, conn := openUnder(t, files)
	officer := hubtest.Persona("assistance-sumgayit")
	const query = `query($d: Date) { children(first: 100, filter: {registeredOn: {gt: "2000-01-01"}, bornOn: {gt: $d}}) { totalCount nodes { id bornOn withheld { field } } } }`
	change(t, conn, "delete from korpu.consent")
	var first []hubtest.Response
	for _, born := range []string{"2009-01-01", "2014-06-30", "1900-01-01"} {
		change(t, conn, "update korpu.child set born_on = $1::date", born)
		for i, day := range []string{"1800-01-01", "2009-01-01", "2008-12-31", "2014-06-29"} {
			r := h.Ask(t, officer, query, map[string]any{"d": day})
			if total(t, r, "children") != 0 {
				t.Errorf("a withheld day was compared: %s", r.Body)
			}
			if len(first) == i {
				first = append(first, r)
				continue
			}
			alike(t, born+" after "+day, r, first[i])
		}
	}
	if n := total(t, h.Ask(t, officer, "{ children { totalCount } }", nil), "children"); n == 0 {
		t.Fatal("the officer sees no child")
	}
}

func TestAttack16AFilterForAbsenceCannotTellAbsentFromWithheld(t *testing.T) {
	h, conn := open(t)
	coach := hubtest.Persona("coach-sumgayit")
	change(t, conn, "delete from korpu.consent")
	ask := func() hubtest.Response {
		return h.Ask(t, coach, `{ children(first: 100) { totalCount nodes { id safetyNeed withheld { field reason basis howToRequest } } } }`, nil)
	}
	change(t, conn, "update korpu.child set safety_need = null")
	without := ask()
	change(t, conn, "update korpu.child set safety_need = 'Astma'")
	alike(t, "a withheld need", ask(), without)
	if total(t, without, "children") == 0 || !strings.Contains(string(without.Body), `"safetyNeed","reason"`) {
		t.Fatalf("nothing is withheld: %s", without.Body)
	}
	likeAMisspelling(t, h, coach, "{ children(filter: {safetyNeed: {isNull: true}}) { totalCount } }", "safetyNeed", nil)
	likeAMisspelling(t, h, coach, "{ children(filter: {schoolStatus: {isNull: true}}) { totalCount } }", "schoolStatus", nil)
}

func TestAttack17AnEmptyListMatchesNothing(t *testing.T) {
	h, _ := open(t)
	officer := hubtest.Persona("officer-sumgayit")
	const query = "query($n: [String!], $s: [CaseStage!]) { cases(filter: {number: {in: $n}, stage: {in: $s}}) { totalCount nodes { number } } }"
	for _, vars := range []map[string]any{{"n": []string{}}, {"s": []string{}}, {"n": []string{}, "s": []string{"COURT", "CLOSED"}}} {
		if n := total(t, h.Ask(t, officer, query, vars), "cases"); n != 0 {
			t.Errorf("%v matches %d", vars, n)
		}
	}
	if n := total(t, h.Ask(t, officer, "{ cases(filter: {number: {in: []}}) { totalCount } }", nil), "cases"); n != 0 {
		t.Errorf("[] matches %d", n)
	}
	if n := total(t, h.Ask(t, officer, query, nil), "cases"); n == 0 {
		t.Error("the officer sees no case at all")
	}
	likeAMisspelling(t, h, officer, `{ cases(filter: {number: {notIn: []}}) { totalCount } }`, "notIn", nil)
}

// The operators of 18, 19, 20 and 24: whatever joins, negates, or leads elsewhere is not in the language.
func TestAttack18To20And24FiltersOnlyCompareOwnFieldsWithConstants(t *testing.T) {
	catalog := hubtest.Policy().Catalog
	constants := []string{"eq", "in", "lt", "gt", "startsWith", "isNull"}
	filters(func(_ *ast.FieldDefinition, input *ast.Definition) {
		record := catalog.Records[input.Directives.ForName("filters").Arguments.ForName("type").Value.Raw]
		for _, f := range input.Fields {
			if own := record.Field(f.Name); own == nil || own.Link != nil {
				t.Errorf("%s.%s is no value of %s", input.Name, f.Name, record.Name)
			}
			for _, operator := range catalog.Schema.Types[f.Type.Name()].Fields {
				leaf := catalog.Schema.Types[operator.Type.Name()]
				if !slices.Contains(constants, operator.Name) || !leaf.IsLeafType() {
					t.Errorf("%s.%s.%s is a new operator: attack it first", input.Name, f.Name, operator.Name)
				}
			}
		}
	})
	h, _ := open(t)
	officer := hubtest.Persona("officer-sumgayit")
	for _, name := range []string{"NOT", "OR", "AND", "_not", "_or", "child", "some", "every", "none", "parties", "column"} {
		likeAMisspelling(t, h, officer, "{ cases(filter: {"+name+": {eq: 1}}) { totalCount } }", name, nil)
	}
	for _, constant := range []string{`{column: "openedOn"}`, `{_gt: "x"}`, `["a", ["b"]]`, `openedOn`, `$x`} {
		if r := h.Ask(t, officer, "{ cases(filter: {number: {eq: "+constant+"}}) { totalCount } }", nil); strings.Contains(string(r.Body), `"data"`) {
			t.Errorf("%s is compared: %s", constant, r.Body)
		}
	}
}

func TestAttack21ThereIsNoSearchOverColumnsThatNobodyNamed(t *testing.T) {
	for _, p := range hubtest.Policy().Profiles {
		for _, root := range pages(p) {
			for _, arg := range root.Arguments {
				if !slices.Contains([]string{"first", "after", "filter", "orderBy"}, arg.Name) {
					t.Errorf("%s: %s(%s) is a new argument: attack it first", p, root.Name, arg.Name)
				}
			}
		}
		for _, root := range p.Catalog().Roots { // a list by a key is compared with what is open on every record
			for _, key := range root.Keys {
				if seen := p.Types[root.Record.Name]; root.Page && seen != nil && seen.Fields[key.Name].Kind == policy.When {
					t.Errorf("%s: %s is asked for by %s, which is open on some records only", p, root.Name, key.Title())
				}
			}
		}
	}
	h, _ := open(t)
	likeAMisspelling(t, h, hubtest.Persona("lawyer"), `{ children(search: "x") { totalCount } }`, "search", nil)
}

func TestAttack22ALookUpByTwoKeysNeedsBothAndTellsNotWhichIsWrong(t *testing.T) {
	h, conn := open(t)
	clerk := hubtest.Persona("clerk-sumgayit")
	const query = "query($n: String!, $y: Int!) { statusCard(caseNumber: $n, yearOfBirth: $y) { status } }"
	var number string
	var year int
	err := conn.QueryRow(t.Context(), `select c.number, k.year_of_birth from korpu.case_file c join korpu.child k on k.id = c.child_id join korpu.diversion d on d.case_id = c.id
	   where c.sealed_at is null and c.parties @> array[(select id from korpu.agency where code = 'SUM-COURT')] order by c.number limit 1`).Scan(&number, &year)
	if err != nil {
		t.Fatal(err)
	}
	if h.Ask(t, clerk, query, map[string]any{"n": number, "y": year}).Data(t)["statusCard"] == nil {
		t.Fatal("no card")
	}
	never := h.Ask(t, clerk, query, map[string]any{"n": "SUM-1999-99999", "y": 1801})
	for _, key := range []map[string]any{{"n": number, "y": year - 1}, {"n": "SUM-1999-99999", "y": year}, {"n": strings.ToLower(number), "y": year}, {"n": number + " ", "y": year}, {"n": number, "y": -2147483648}} {
		alike(t, fmt.Sprint(key), h.Ask(t, clerk, query, key), never)
	}
	for _, keys := range []string{`nationalId: "1"`, `id: "00000000-0000-4000-8000-000000000000"`} {
		name, _, _ := strings.Cut(keys, ":")
		likeAMisspelling(t, h, clerk, "{ statusCard(caseNumber: \"x\", yearOfBirth: 2010, "+keys+") { status } }", name, nil)
	}
}

func TestAttack25NoArgumentRaisesAnErrorThatDependsOnData(t *testing.T) {
	h, conn := open(t)
	officer := hubtest.Persona("officer-sumgayit")
	const query = `query($t: String, $d: Date, $c: String) { cases(first: 3, after: $c, filter: {number: {eq: $t, startsWith: $t}, openedOn: {lt: $d}}) { totalCount nodes { number } } }`
	odd := []map[string]any{
		{"t": "1/0"}, {"t": "\x00"}, {"t": "\ufffd\U0010ffff"}, {"t": "'; select 1/0 --"}, {"t": strings.Repeat("9", 30000)}, {"t": "$1"}, {"t": "\\"},
		{"d": "0001-01-01"}, {"d": "9999-12-31"}, {"d": "10000-01-01"}, {"d": "infinity"}, {"d": "-infinity"}, {"d": "2026-02-30"}, {"d": "now"}, {"d": ""},
		{"c": ""}, {"c": "x"}, {"c": strings.Repeat("A", 4000)}, {"c": "1' or '1'='1"},
	}
	var before []hubtest.Response
	for _, vars := range odd {
		r := h.Ask(t, officer, query, vars)
		if r.Status == 500 || strings.Contains(strings.ToLower(string(r.Body)), "sql") {
			t.Errorf("%.40v: %s", vars, r.Body)
		}
		before = append(before, r)
	}
	change(t, conn, `update korpu.case_file set number = '1/0' || left(id::text, 8), opened_on = 'infinity' where not parties @> array[(select id from korpu.agency where code = 'SUM-POLICE')]`)
	for i, vars := range odd {
		alike(t, fmt.Sprintf("%.40v", vars), h.Ask(t, officer, query, vars), before[i])
	}
	for _, literal := range []string{"99999999999999999999", "1e400", "-1", "2147483648", "0.5"} {
		r := h.Ask(t, hubtest.Persona("clerk-sumgayit"), `{ statusCard(caseNumber: "x", yearOfBirth: `+literal+`) { status } }`, nil)
		if r.Status == 500 || strings.Contains(string(r.Body), literal) && !strings.Contains(literal, "-1") {
			t.Errorf("%s: %s", literal, r.Body)
		}
	}
}

func TestAttack26TextIsComparedCodePointByCodePoint(t *testing.T) {
	h, conn := open(t)
	lawyer := hubtest.Persona("lawyer")
	const query = "query($s: String!) { children(filter: {familyName: {eq: $s}}) { totalCount } }"
	id := value[[16]byte](t, conn, "select id from korpu.child where counsel && (select array_agg(staff_id) from korpu.staff_identity where subject = 'lawyer') and sealed_at is null order by id limit 1")
	change(t, conn, `update korpu.child set family_name = 'İsmayılov-Ágh' where id = $1`, id)
	for text, want := range map[string]int{
		"İsmayılov-Ágh": 1, "İsmayılov-A\u0301gh": 0, "i̇smayılov-Ágh": 0, "Ismayilov-Agh": 0, "İSMAYILOV-ÁGH": 0, "İsmayılov-Ágh ": 0, "İsmayılov-Ágh\u200b": 0,
	} {
		if got := total(t, h.Ask(t, lawyer, query, map[string]any{"s": text}), "children"); got != want {
			t.Errorf("%q: %d", text, got)
		}
	}
	for _, name := range []string{"x1.number", "t.number", "korpu.number", `"number"`, "number::text"} {
		if r := h.Ask(t, lawyer, "{ cases(filter: {"+name+": {eq: \"x\"}}) { totalCount } }", nil); strings.Contains(string(r.Body), `"data"`) {
			t.Errorf("%s is a filter: %s", name, r.Body)
		}
	}
}

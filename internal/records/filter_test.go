package records_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

// matches asks for the numbers of the cases that a filter lets through, and compares them with what PostgreSQL finds.
func (d *desk) matches(t *testing.T, filter string, variables map[string]any, declared, condition string, args ...any) {
	t.Helper()
	want := d.texts(t, "select number from korpu.case_file where parties @> array[md5('SABAIL')::uuid] and "+condition+" order by number", args...)
	query := fmt.Sprintf("query(%s $n: Int! = 100) { cases(first: $n, filter: %s, orderBy: {field: NUMBER, direction: ASC}) { totalCount nodes { number } } }", declared, filter)
	page := d.page(t, officer, "cases", query, variables)
	if got := each(page.Nodes, "number"); !slices.Equal(got, want) && len(got)+len(want) > 0 || page.TotalCount != len(want) {
		t.Errorf("%s %v: %d are %v instead of %v", filter, variables, page.TotalCount, got, want)
	}
}

func TestEveryOperatorFindsWhatPostgreSQLFinds(t *testing.T) {
	d := openDesk(t)
	for filter, condition := range map[string]string{
		`{number: {eq: "A_-1"}}`:                                     `number = 'A_-1'`,
		`{number: {eq: "a_-1"}}`:                                     `false`,
		`{number: {in: []}}`:                                         `false`,
		`{number: {in: ["A_-1", "A_-1", "Ab-3", "none"]}}`:           `number in ('A_-1', 'Ab-3')`,
		`{number: {in: "A_-1"}}`:                                     `number = 'A_-1'`,
		`{number: {isNull: true}}`:                                   `false`,
		`{number: {isNull: false}}`:                                  `true`,
		`{stage: {eq: COURT}}`:                                       `stage = 'COURT'`,
		`{stage: {in: [COURT, CLOSED]}}`:                             `stage in ('COURT', 'CLOSED')`,
		`{stage: {in: []}}`:                                          `false`,
		`{openedOn: {eq: "2025-01-02"}}`:                             `opened_on = '2025-01-02'`,
		`{openedOn: {lt: "2025-01-02"}}`:                             `opened_on < '2025-01-02'`,
		`{openedOn: {gt: "2025-01-02"}}`:                             `opened_on > '2025-01-02'`,
		`{openedOn: {gt: "2025-01-01", lt: "2025-01-04"}}`:           `opened_on > '2025-01-01' and opened_on < '2025-01-04'`,
		`{openedOn: {gt: "0001-01-01", lt: "9999-12-31"}}`:           `true`,
		`{stage: {eq: COURT}, number: {startsWith: "A"}}`:            `stage = 'COURT' and number like 'A%'`,
		`{number: {startsWith: "A", eq: "Ab-3", in: ["Ab-3", "x"]}}`: `number = 'Ab-3'`,
		`{number: {startsWith: "A", eq: "B-7"}}`:                     `false`,
		`{}`:                                                         `true`,
		`null`:                                                       `true`,
		`{number: {}}`:                                               `true`,
		`{number: null}`:                                             `true`,
		`{number: {eq: null, startsWith: null, in: null, isNull: null}}`: `true`,
	} {
		d.matches(t, filter, nil, "", condition)
	}
}

// A prefix is taken letter by letter: no sign in it stands for others.
func TestAPrefixIsTakenLetterByLetter(t *testing.T) {
	d := openDesk(t)
	for _, prefix := range []string{"", "A", "A%", "A_", `A\`, `A\\`, "a'", `a'"`, "Ş", "Şə", "ş", "😀", "😀-", "\U0010FFFF", "%", "_", "A%-8", "Ab-3 ", "A\n"} {
		d.matches(t, "{number: {startsWith: $p}}", map[string]any{"p": prefix}, "$p: String,", "starts_with(number, $1)", prefix)
	}
}

// A variable that is null or absent sets no condition, also where another request of the same document set one.
func TestAVariableThatIsNullSetsNoCondition(t *testing.T) {
	d := openDesk(t)
	for range 2 {
		d.matches(t, "{number: {eq: $e, in: $i}, stage: $s}", map[string]any{"e": "Ab-3"}, "$e: String, $i: [String!], $s: CaseStageFilter,", "number = 'Ab-3'")
		d.matches(t, "{number: {eq: $e, in: $i}, stage: $s}", map[string]any{"e": nil, "i": nil, "s": nil}, "$e: String, $i: [String!], $s: CaseStageFilter,", "true")
		d.matches(t, "{number: {eq: $e, in: $i}, stage: $s}", nil, "$e: String, $i: [String!], $s: CaseStageFilter,", "true")
		d.matches(t, "{number: {eq: $e, in: $i}, stage: $s}", map[string]any{"i": []string{}}, "$e: String, $i: [String!], $s: CaseStageFilter,", "false")
		d.matches(t, "{number: {eq: $e, in: $i}, stage: $s}", map[string]any{"s": map[string]any{"eq": "COURT", "in": nil}}, "$e: String, $i: [String!], $s: CaseStageFilter,", "stage = 'COURT'")
		d.matches(t, "$f", map[string]any{"f": map[string]any{"number": map[string]any{"eq": "Ab-3"}}}, "$f: CaseFilter,", "number = 'Ab-3'")
		d.matches(t, "$f", map[string]any{"f": nil}, "$f: CaseFilter,", "true")
	}
}

// What is closed is not found by its value: it counts as absent, and tells not whether there is one.
func TestAFilterOnWhatIsOpenOnSomeRecordsOnlySeesWhatIsOpen(t *testing.T) {
	d := openDesk(t)
	const open = "stage = 'INVESTIGATION' and alleged_facts"
	for filter, condition := range map[string]string{
		`{allegedFacts: {eq: "facts 1"}, openedOn: {gt: "2000-01-01"}}`:                                                          open + ` = 'facts 1'`,
		`{allegedFacts: {eq: "facts 2"}, openedOn: {gt: "2000-01-01"}}`:                                                          open + ` = 'facts 2'`,
		`{allegedFacts: {startsWith: "facts 1"}, openedOn: {gt: "2000-01-01"}}`:                                                  open + ` like 'facts 1%'`,
		`{allegedFacts: {isNull: false}, number: {isNull: false}}`:                                                               open + ` is not null`,
		`{allegedFacts: {isNull: true}, stage: {eq: COURT}, openedOn: {gt: "2000-01-01"}}`:                                       `stage = 'COURT'`,
		`{allegedFacts: {in: ["facts 1", "facts 2", "facts 4"]}, stage: {in: [COURT, INVESTIGATION]}, number: {startsWith: ""}}`: open + ` in ('facts 2', 'facts 4')`,
	} {
		d.matches(t, filter, nil, "", condition)
	}
}

func TestAFilterOnWhatIsOpenOnSomeRecordsNeedsOneBesideItThatIsAlwaysOpen(t *testing.T) {
	d := openDesk(t)
	for _, filter := range []string{`{allegedFacts: {eq: "facts 2"}}`, `{allegedFacts: {isNull: true}}`, `{allegedFacts: {isNull: false}, number: {}}`,
		`{allegedFacts: {eq: "x"}, number: {eq: null}}`, `{allegedFacts: {eq: "x"}, openedOn: null}`} {
		r := d.Ask(t, officer, "{ cases(filter: "+filter+") { totalCount } }", nil)
		if expectCode(t, r, "INVALID"); !strings.Contains(string(r.Body), "openedOn") {
			t.Errorf("the refusal of %s does not say what to add: %s", filter, r.Body)
		}
	}
	r := d.Ask(t, officer, `{ children(first: 1) { nodes { cases(filter: {allegedFacts: {eq: "facts 2"}}) { totalCount } } } }`, nil)
	expectCode(t, r, "INVALID")
}

func TestAFilterOnEventsIsAboutDaysAndMoments(t *testing.T) {
	d := openDesk(t)
	for filter, condition := range map[string]string{
		`{at: {lt: "2025-01-02T10:00:00Z"}}`:                     `at < '2025-01-02 10:00+00'`,
		`{at: {gt: "2025-01-02T10:00:00Z"}}`:                     `at > '2025-01-02 10:00+00'`,
		`{at: {gt: "2025-01-02T13:59:59.999999+04:00"}}`:         `at > '2025-01-02 09:59:59.999999+00'`,
		`{kind: {eq: HEARING}}`:                                  `kind = 'HEARING'`,
		`{kind: {in: [HEARING, DECISION]}, at: {isNull: false}}`: `kind in ('HEARING', 'DECISION')`,
	} {
		var answer struct {
			Case struct{ Procedure connection }
		}
		into(t, d.Ask(t, officer, `{ case(number: "a'\"-6") { procedure(filter: `+filter+`) { totalCount nodes { id } } } }`, nil).Data(t), &answer)
		want := d.texts(t, "select id::text from korpu.procedure_event where case_id = md5('case6')::uuid and "+condition+" order by at desc, id desc")
		if p := answer.Case.Procedure; !slices.Equal(each(p.Nodes, "id"), want) || p.TotalCount != len(want) || len(want) == 0 {
			t.Errorf("%s: %v instead of %v", filter, p, want)
		}
	}
}

// What PostgreSQL could not hold is refused before it sees it, so that no error of its own arises.
func TestAValueOfTheWrongFormIsRefused(t *testing.T) {
	d := openDesk(t)
	for _, query := range []string{
		`{ cases(filter: {openedOn: {eq: "2025-13-01"}}) { totalCount } }`,
		`{ cases(filter: {openedOn: {lt: "2025-02-30"}}) { totalCount } }`,
		`{ cases(filter: {openedOn: {lt: "infinity"}}) { totalCount } }`,
		`{ cases(filter: {openedOn: {lt: "0000-01-01"}}) { totalCount } }`,
		`{ cases(filter: {openedOn: {lt: "10000-01-01"}}) { totalCount } }`,
		`{ cases(filter: {openedOn: {lt: "2025-01-01T00:00:00Z"}}) { totalCount } }`,
		`{ cases(filter: {openedOn: {lt: 20250101}}) { totalCount } }`,
		`{ case(number: "a") { procedure(filter: {at: {lt: "2025-01-01"}}) { totalCount } } }`,
		`{ cases(filter: {number: {eq: "a\u0000b"}}) { totalCount } }`,
		`{ cases(filter: {number: {in: ["a", "a\u0000b"]}}) { totalCount } }`,
		`{ cases(filter: {number: {startsWith: "\u0000"}}) { totalCount } }`,
		`{ cases(filter: {number: {eq: 7}}) { totalCount } }`,
		`{ cases(filter: {stage: {eq: "COURT"}}) { totalCount } }`,
		`{ cases(filter: {stage: {eq: PRISON}}) { totalCount } }`,
		`{ child(id: "1") { id } }`,
		`{ child(id: "") { id } }`,
		`{ statusCard(caseNumber: "a", yearOfBirth: 2147483648) { since } }`,
	} {
		expectCode(t, d.Ask(t, officer, query, nil), "INVALID")
	}
	for _, value := range []any{"a\x00b", 7, true, []any{"a"}, map[string]any{}} {
		r := d.Ask(t, officer, `query($v: String) { cases(filter: {number: {eq: $v}}) { totalCount } }`, map[string]any{"v": value})
		expectCode(t, r, "INVALID")
	}
}

func TestALookUpComparesAllOfItsKeys(t *testing.T) {
	d := openDesk(t)
	const card = "query($n: String!, $y: Int!) { statusCard(caseNumber: $n, yearOfBirth: $y) { caseNumber } }"
	year := 2010
	number := one[string](t, d, "select c.number from korpu.case_file c join korpu.child k on k.id = c.child_id where c.stage = 'COURT' and k.year_of_birth = $1 and c.parties @> array[md5('SABAIL')::uuid] limit 1", year)
	ask := func(n string, y int) hubtest.Response { return d.Ask(t, officer, card, map[string]any{"n": n, "y": y}) }
	if got := string(ask(number, year).Body); !strings.Contains(got, "caseNumber") || strings.Contains(got, `"statusCard":null`) {
		t.Errorf("%s of %d gives %s", number, year, got)
	}
	for _, r := range []hubtest.Response{ask(number, year+1), ask(number+" ", year), ask("", year)} {
		if got := string(r.Body); got != `{"data":{"statusCard":null}}` {
			t.Errorf("a wrong key gives %s", got)
		}
	}
}

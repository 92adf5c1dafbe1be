package records_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Each pair of documents asks for the same in two ways.
func TestWaysToWriteTheSameSelectionHaveTheSameAnswer(t *testing.T) {
	d := openDesk(t)
	for what, pair := range map[string][2]string{
		"a fragment": {
			"{ cases(first: 3) { nodes { id number child { id givenName } } } }",
			"{ cases(first: 3) { nodes { ...F } } } fragment F on Case { id number child { ...G } } fragment G on Child { id givenName }"},
		"an inline fragment": {
			"{ cases(first: 3) { nodes { id number } } }",
			"{ cases(first: 3) { ... { nodes { ... on Case { id } ... { number } } } } }"},
		"fields asked for twice": {
			"{ cases(first: 3) { nodes { id number } } }",
			"{ cases(first: 3) { nodes { id id number id } nodes { number } } }"},
		"a key with two selections of a to-one link": {
			"{ cases(first: 3) { nodes { child { id givenName familyName } } } }",
			"{ cases(first: 3) { nodes { child { id } child { givenName } ...F } } } fragment F on Case { child { familyName } }"},
		"a key with two selections of a list": {
			"{ cases(first: 3) { nodes { parties(first: 2) { id capacity agency { id code } } } } }",
			"{ cases(first: 3) { nodes { parties(first: 2) { id } parties(first: 2) { capacity agency { id } } parties(first: 2) { agency { code } } } } }"},
		"a key with two selections of a page": {
			"{ cases(first: 3) { nodes { procedure(first: 2) { totalCount nodes { id kind } pageInfo { hasNextPage endCursor } } } } }",
			"{ cases(first: 3) { nodes { procedure(first: 2) { totalCount nodes { id } } procedure(first: 2) { nodes { kind } pageInfo { hasNextPage } pageInfo { endCursor } } } } }"},
		"a root field in parts": {
			"{ cases(first: 3) { totalCount nodes { id number } } }",
			"{ cases(first: 3) { totalCount } ... { cases(first: 3) { nodes { id } } } cases(first: 3) { nodes { number } } }"},
		"what is withheld, in parts": {
			"{ cases(first: 3) { nodes { allegedFacts withheld { field reason } } } }",
			"{ cases(first: 3) { nodes { allegedFacts withheld { field } withheld { reason } } } }"},
	} {
		one, other := d.Ask(t, officer, pair[0], nil), d.Ask(t, officer, pair[1], nil)
		if string(one.Body) != string(other.Body) || codeOf(t, one) != "" {
			t.Errorf("%s: %s\n%s", what, one.Body, other.Body)
		}
	}
}

func TestAliasesNameTheAnswersAndNothingElse(t *testing.T) {
	d := openDesk(t)
	plain := d.Ask(t, officer, `{ cases(first: 2, filter: `+withEvents+`) { totalCount edges { cursor node { id child { id family { id } } procedure(first: 1) { totalCount nodes { kind } } } } pageInfo { endCursor } } }`, nil).Data(t)
	aliased := d.Ask(t, officer, `{ a: cases(first: 2, filter: `+withEvents+`) { b: totalCount c: edges { d: cursor e: node { f: id g: child { f: id h: family { f: id } } i: procedure(first: 1) { b: totalCount j: nodes { k: kind } } } } l: pageInfo { m: endCursor } } }`, nil).Data(t)
	names := map[string]string{"a": "cases", "b": "totalCount", "c": "edges", "d": "cursor", "e": "node", "f": "id", "g": "child", "h": "family", "i": "procedure", "j": "nodes", "k": "kind", "l": "pageInfo", "m": "endCursor"}
	if renamed := rename(aliased, names); !reflect.DeepEqual(renamed, any(plain)) {
		t.Errorf("the answers are\n%v\n%v", plain, renamed)
	}
}

// rename gives every member of a JSON value its other name.
func rename(value any, names map[string]string) any {
	switch value := value.(type) {
	case map[string]any:
		renamed := map[string]any{}
		for name, member := range value {
			renamed[names[name]] = rename(member, names)
		}
		return renamed
	case []any:
		renamed := []any{}
		for _, element := range value {
			renamed = append(renamed, rename(element, names))
		}
		return renamed
	}
	return value
}

func TestOneListUnderTwoNamesIsTwoLists(t *testing.T) {
	d := openDesk(t)
	query := `{ cases(first: 1, filter: {number: {eq: "😀-5"}}) { nodes { number
	  early: procedure(first: 2, filter: {at: {lt: "2025-01-02T00:00:00Z"}}) { totalCount nodes { at } }
	  late: procedure(first: 1, filter: {at: {gt: "2025-01-02T00:00:00Z"}}) { totalCount nodes { at } } } } }`
	var answer struct {
		Cases struct {
			Nodes []struct{ Early, Late connection }
		}
	}
	into(t, d.Ask(t, officer, query, nil).Data(t), &answer)
	early, late := answer.Cases.Nodes[0].Early, answer.Cases.Nodes[0].Late
	if early.TotalCount != 1 || len(early.Nodes) != 1 || late.TotalCount != 4 || len(late.Nodes) != 1 {
		t.Errorf("early %v, late %v", early, late)
	}
}

func TestSkipAndIncludeDecideAnewForEachRequest(t *testing.T) {
	d := openDesk(t)
	const query = `query($yes: Boolean!, $no: Boolean! = false) { cases(first: 1) {
	  nodes { id @include(if: $yes) number @skip(if: $yes) ...F @include(if: $yes) ... @skip(if: $no) { stage } child @include(if: $yes) @skip(if: $no) { __typename } }
	  totalCount @skip(if: $yes) } other: children(first: 1) @include(if: $no) { nodes { __typename } } } fragment F on Case { openedOn }`
	for range 2 { // the second time from the cache
		for given, want := range map[string][]string{
			`true false`:  {"id", "openedOn", "stage", "child"},
			`true true`:   {"id", "openedOn", "other"},
			`false false`: {"number", "stage", "totalCount"},
			`false true`:  {"number", "totalCount", "other"},
		} {
			yes, no, _ := strings.Cut(given, " ")
			body := string(d.Ask(t, officer, query, map[string]any{"yes": yes == "true", "no": no == "true"}).Body)
			for _, name := range []string{"id", "number", "openedOn", "stage", "child", "totalCount", "other"} {
				if asked := slices.Contains(want, name); asked != strings.Contains(body, `"`+name+`":`) {
					t.Errorf("%s: %s is asked for: %t, in %s", given, name, asked, body)
				}
			}
		}
	}
}

func TestNothingButTypeNamesCanBeAskedFor(t *testing.T) {
	d := openDesk(t)
	const query = `{ __typename cases(first: 1) { __typename nodes { __typename child { __typename } parties(first: 1) { __typename } procedure(first: 1) { __typename nodes { __typename } edges { __typename node { __typename } } pageInfo { __typename } } withheld { __typename } } } }`
	const want = `{"data":{"__typename":"Query","cases":{"__typename":"CaseConnection","nodes":[{"__typename":"Case","child":{"__typename":"Child"},"parties":[{"__typename":"CaseParty"}],` +
		`"procedure":{"__typename":"ProcedureEventConnection","nodes":[],"edges":[],"pageInfo":{"__typename":"PageInfo"}},"withheld":[]}]}}}`
	if got := string(d.Ask(t, officer, query, nil).Body); got != want {
		t.Errorf("the answer is\n%s instead of\n%s", got, want)
	}
}

// A field that is closed is reported where it is asked for, once, under its own name, whatever it is called in the answer.
func TestWhatIsWithheldIsToldOfTheFieldsThatWereAskedFor(t *testing.T) {
	d := openDesk(t)
	for selection, want := range map[string]int{
		"number withheld { field }":                                        0,
		"allegedFacts withheld { field }":                                  1,
		"a: allegedFacts b: allegedFacts withheld { field }":               1,
		"w: withheld { field } allegedFacts":                               1,
		"withheld { field } ... { allegedFacts }":                          1,
		"allegedFacts @include(if: false) withheld { field }":              0,
		"withheld { field } diversion { legalGround }":                     0,
		"withheld { field } diversion { withheld { field } legalGround }":  1,
		"withheld { field } allegations { withheld { field } article id }": 0,
	} {
		r := d.Ask(t, officer, `{ cases(first: 1, filter: {number: {eq: "A_-1"}}) { nodes { `+selection+` } } }`, nil)
		if got := strings.Count(string(r.Body), `{"field":`); got != want || codeOf(t, r) != "" {
			t.Errorf("%s: %d instead of %d: %s", selection, got, want, r.Body)
		}
	}
	open := d.Ask(t, officer, `{ cases(first: 1, filter: {number: {eq: "A\\-2"}}) { nodes { allegedFacts withheld { field } } } }`, nil)
	if string(open.Body) != `{"data":{"cases":{"nodes":[{"allegedFacts":"facts 2","withheld":[]}]}}}` {
		t.Errorf("of an open field is told %s", open.Body)
	}
}

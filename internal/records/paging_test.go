package records_test

import (
	"fmt"
	"slices"
	"testing"

	"korpu/internal/hubtest"
)

// orders are orders that an officer may choose, with what PostgreSQL makes of them.
var orders = []struct{ list, argument, sql string }{
	{"cases", "", "opened_on desc, id desc"},
	{"cases", "orderBy: {field: OPENED_ON, direction: ASC}", "opened_on, id"},
	{"cases", "orderBy: {field: NUMBER}", "number desc, id desc"},
	{"cases", "orderBy: {field: NUMBER, direction: ASC}", "number, id"},
	{"children", "", "registered_on desc, id desc"},
	{"children", "orderBy: {field: REGISTERED_ON, direction: ASC}", "registered_on, id"},
	{"children", "orderBy: {field: FAMILY_NAME, direction: ASC}", "family_name, id"},
	{"children", "orderBy: {field: FAMILY_NAME, direction: DESC}", "family_name desc, id desc"},
	{"children", "orderBy: {field: BORN_ON, direction: ASC}", "born_on, id"},
	{"children", "orderBy: {field: BORN_ON, direction: DESC}", "born_on desc, id desc"},
}

var tableOf = map[string]string{"cases": "case_file", "children": "child"}

// Many share a day or a name here, some days are infinite, and some names are empty.
func TestTurningPagesVisitsEveryRecordOnceInItsOrder(t *testing.T) {
	d := openDesk(t)
	for _, o := range orders {
		want := d.texts(t, fmt.Sprintf("select id::text from korpu.%s where parties @> array[md5('SABAIL')::uuid] order by %s", tableOf[o.list], o.sql))
		for _, size := range []int{1, 2, 3, 7, len(want) - 1, len(want), len(want) + 1, 100} {
			if got := d.turn(t, officer, o.list, o.argument, size); !slices.Equal(got, want) {
				t.Errorf("%s by %s, %d at a time: %d records, not the %d in order", o.list, o.sql, size, len(got), len(want))
			}
		}
	}
}

// turn turns the pages of a list and returns the identifiers.
func (d *desk) turn(t *testing.T, a hubtest.Asker, list, argument string, size int) (ids []string) {
	t.Helper()
	query := fmt.Sprintf("query($n: Int!, $after: String) { %s(first: $n, after: $after, %s) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }", list, argument)
	var after any
	for {
		page := d.page(t, a, list, query, map[string]any{"n": size, "after": after})
		ids = append(ids, each(page.Nodes, "id")...)
		if page.PageInfo.HasPreviousPage != (after != nil) || len(page.Edges) != len(page.Nodes) || len(page.Nodes) == 0 ||
			page.PageInfo.StartCursor != page.Edges[0].Cursor || page.PageInfo.EndCursor != page.Edges[len(page.Edges)-1].Cursor {
			t.Fatalf("the page is %v", page)
		}
		if !page.PageInfo.HasNextPage {
			if page.TotalCount != len(ids) {
				t.Errorf("%d of %d records", len(ids), page.TotalCount)
			}
			return ids
		}
		after = page.PageInfo.EndCursor
	}
}

func TestThePageAfterTheLastRecordIsEmptyAndStillCounted(t *testing.T) {
	d := openDesk(t)
	const query = "query($after: String) { cases(first: 100, after: $after) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
	whole := d.page(t, officer, "cases", query, nil)
	answer := d.Ask(t, officer, query, map[string]any{"after": whole.PageInfo.EndCursor})
	const want = `{"data":{"cases":{"totalCount":35,"nodes":[],"edges":[],"pageInfo":{"hasNextPage":false,"hasPreviousPage":true,"startCursor":null,"endCursor":null}}}}`
	if string(answer.Body) != want {
		t.Errorf("the answer is %s", answer.Body)
	}
}

func TestAListThatHoldsNothingIsCountedAsNothing(t *testing.T) {
	d := openDesk(t)
	d.do(t, "delete from korpu.case_party where agency_id = md5('OTHER')::uuid")
	if page := d.page(t, outsider, "cases", "{ cases { totalCount nodes { id } pageInfo { hasNextPage } } }", nil); page.TotalCount != 0 || len(page.Nodes) != 0 || page.PageInfo.HasNextPage {
		t.Errorf("the page is %v", page)
	}
}

func TestTheCountIsRightWhateverElseIsAskedFor(t *testing.T) {
	d := openDesk(t)
	for _, query := range []string{"{ cases { totalCount } }", "{ cases(first: 1) { totalCount __typename } }", "{ cases { nodes { __typename } totalCount } }", "{ cases { n: totalCount totalCount } }"} {
		if page := d.page(t, officer, "cases", query, nil); page.TotalCount != 35 {
			t.Errorf("%s counts %d", query, page.TotalCount)
		}
	}
}

func TestPagesHaveOneToAHundredRecords(t *testing.T) {
	d := openDesk(t)
	for _, first := range []string{"0", "-1", "101", "2147483647", "-2147483648", "4611686018427387904", `"ten"`, "1.5", "null"} {
		for _, query := range []string{"{ cases(first: %s) { nodes { id } } }", "{ cases(first: 2) { nodes { procedure(first: %s) { nodes { id } } } } }", "{ cases(first: 2) { nodes { parties(first: %s) { id } } } }"} {
			expectCode(t, d.Ask(t, officer, fmt.Sprintf(query, first), nil), "INVALID")
		}
	}
	for first, want := range map[int]int{1: 1, 100: 35} {
		if page := d.page(t, officer, "cases", "query($n: Int!) { cases(first: $n) { nodes { id } } }", map[string]any{"n": first}); len(page.Nodes) != want {
			t.Errorf("first %d gives %d records", first, len(page.Nodes))
		}
	}
	if page := d.page(t, officer, "cases", "query($n: Int! = 3) { cases(first: $n) { nodes { id } } }", nil); len(page.Nodes) != 3 {
		t.Errorf("the default gives %d records", len(page.Nodes))
	}
}

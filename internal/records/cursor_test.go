package records_test

import (
	"fmt"
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

// cursorOf is the cursor of the third record of a list.
func (d *desk) cursorOf(t *testing.T, a hubtest.Asker, field string) string {
	t.Helper()
	return d.page(t, a, "list", fmt.Sprintf("{ list: %s { edges { cursor } } }", field), nil).Edges[2].Cursor
}

// after asks for what comes after a cursor; field holds %s where further arguments go.
func (d *desk) after(t *testing.T, a hubtest.Asker, field, cursor string) hubtest.Response {
	t.Helper()
	return d.Ask(t, a, fmt.Sprintf("query($after: String) { list: %s { nodes { id } } }", strings.Replace(field, "(", "(after: $after, ", 1)), map[string]any{"after": cursor})
}

// A cursor serves the one who got it, for the question that gave it. Page size and selection are no part of the question.
func TestACursorServesNobodyElseAndNothingElse(t *testing.T) {
	d := openDesk(t)
	const given = `cases(first: 5, filter: {number: {startsWith: "A"}})`
	cursor := d.cursorOf(t, officer, given)
	for _, same := range []string{given, `cases(first: 50, filter: {number: {startsWith: "A"}})`, `cases(first: 5, filter: {number: {startsWith: "A"}}, orderBy: {field: OPENED_ON})`} {
		if r := d.after(t, officer, same, cursor); codeOf(t, r) != "" {
			t.Errorf("%s refuses its own cursor: %s", same, r.Body)
		}
	}
	for what, r := range map[string]hubtest.Response{
		"a colleague":                d.after(t, colleague, given, cursor),
		"another agency":             d.after(t, outsider, given, cursor),
		"another role":               d.after(t, inspector, given, cursor),
		"a system for the officer":   d.after(t, d.system(t, "officer"), given, cursor),
		"another list":               d.after(t, officer, "children(first: 5)", cursor),
		"another filter":             d.after(t, officer, `cases(first: 5, filter: {number: {startsWith: "Ab"}})`, cursor),
		"another operator":           d.after(t, officer, `cases(first: 5, filter: {number: {eq: "A"}})`, cursor),
		"no filter":                  d.after(t, officer, "cases(first: 5)", cursor),
		"another order":              d.after(t, officer, `cases(first: 5, filter: {number: {startsWith: "A"}}, orderBy: {field: NUMBER})`, cursor),
		"another direction":          d.after(t, officer, `cases(first: 5, filter: {number: {startsWith: "A"}}, orderBy: {field: OPENED_ON, direction: ASC})`, cursor),
		"the list inside of a child": d.Ask(t, officer, "query($c: String) { children(first: 1) { nodes { cases(after: $c) { nodes { id } } } } }", map[string]any{"c": cursor}),
	} {
		if codeOf(t, r) != "INVALID" || strings.Contains(string(r.Body), "nodes") {
			t.Errorf("%s may use the cursor: %s", what, r.Body)
		}
	}
}

func TestTheCursorOfASystemServesOnlyThatSystemAndPerson(t *testing.T) {
	d := openDesk(t)
	cursor := d.cursorOf(t, d.system(t, "officer"), "cases(first: 5)")
	if r := d.after(t, d.system(t, "officer"), "cases(first: 5)", cursor); codeOf(t, r) != "" {
		t.Errorf("the system may not go on: %s", r.Body)
	}
	expectCode(t, d.after(t, d.system(t, "colleague"), "cases(first: 5)", cursor), "INVALID")
	expectCode(t, d.after(t, officer, "cases(first: 5)", cursor), "INVALID")
}

func TestACursorThatTheHubDidNotGiveIsRefused(t *testing.T) {
	d := openDesk(t)
	cursor := d.cursorOf(t, officer, "cases(first: 5)")
	forged := []string{"", "a", "%%%", " ", cursor + "=", cursor + "A", cursor + "\n", cursor[:4] + "\n" + cursor[4:], " " + cursor, strings.ToLower(cursor), strings.Repeat("A", 48), "\x00", "ə"}
	for i := range cursor {
		other := "A"
		if cursor[i] == 'A' {
			other = "B"
		}
		forged = append(forged, cursor[:i], cursor[:i]+other+cursor[i+1:])
	}
	for _, f := range forged {
		expectCode(t, d.after(t, officer, "cases(first: 5)", f), "INVALID")
	}
	for _, r := range []hubtest.Response{
		d.Ask(t, officer, "{ cases(after: 7) { nodes { id } } }", nil),
		d.Ask(t, officer, `query($c: [String]) { cases(after: $c) { nodes { id } } }`, map[string]any{"c": []string{cursor}}),
	} {
		expectCode(t, r, "INVALID")
	}
}

func TestTheSamePlaceHasTheSameCursorOnEveryInstanceAndAgain(t *testing.T) {
	d := openDesk(t)
	const query = "{ cases(first: 5) { edges { cursor node { id number } } pageInfo { startCursor endCursor } } }"
	first := d.Ask(t, officer, query, nil)
	again := d.Ask(t, officer, query, nil)
	elsewhere := hubtest.Send(t, d.Instance(t), d.Request(t, officer, query, nil))
	if string(first.Body) != string(again.Body) || string(first.Body) != string(elsewhere.Body) {
		t.Errorf("the answers differ:\n%s\n%s\n%s", first.Body, again.Body, elsewhere.Body)
	}
}

func TestACursorTellsNothingOfTheRecordThatItPointsTo(t *testing.T) {
	d := openDesk(t)
	seen := map[string]bool{}
	for _, e := range d.page(t, officer, "cases", "{ cases(first: 100) { edges { cursor } } }", nil).Edges {
		if seen[e.Cursor[:8]] {
			t.Errorf("two cursors begin with %s", e.Cursor[:8])
		}
		seen[e.Cursor[:8]] = true
	}
}

// The record that a cursor points to need not be there any more, nor be open to the caller.
func TestACursorGoesOnWhereItsRecordHasGone(t *testing.T) {
	d := openDesk(t)
	page := d.page(t, officer, "cases", "{ cases(first: 5) { nodes { id } edges { cursor } } }", nil)
	d.do(t, "update korpu.case_file set sealed_at = now() where id = $1", page.Nodes[2]["id"])
	var rest struct{ List connection }
	into(t, d.after(t, officer, "cases(first: 5)", page.Edges[2].Cursor).Data(t), &rest)
	if got := each(rest.List.Nodes, "id"); len(got) != 5 || got[0] != page.Nodes[3]["id"] || got[1] != page.Nodes[4]["id"] {
		t.Errorf("after the sealed case come %v instead of %v", got, page.Nodes[3:])
	}
}

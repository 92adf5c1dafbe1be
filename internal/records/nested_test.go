package records_test

import (
	"slices"
	"testing"
)

// procedures are the pages of procedure inside of each case of a page.
type procedures struct {
	Cases struct {
		Nodes []struct {
			Number    string
			Procedure connection
		}
	}
}

const withEvents = `{number: {in: ["A_-1", "A\\-2", "Ab-3", "Şə-4", "😀-5", "a'\"-6"]}}`

func TestEachNestedPageHasItsOwnCountAndCursors(t *testing.T) {
	d := openDesk(t)
	query := `query($after: String) { cases(first: 6, filter: ` + withEvents + `, orderBy: {field: NUMBER}) { nodes { number
	  procedure(first: 2, after: $after) { totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }`
	var answer procedures
	into(t, d.Ask(t, officer, query, nil).Data(t), &answer)
	if len(answer.Cases.Nodes) != 6 {
		t.Fatalf("%d cases", len(answer.Cases.Nodes))
	}
	for _, c := range answer.Cases.Nodes {
		n := int(c.Number[len(c.Number)-1] - '0')
		p := c.Procedure
		if p.TotalCount != n || len(p.Nodes) != min(n, 2) || len(p.Edges) != len(p.Nodes) || p.PageInfo.HasNextPage != (n > 2) || p.PageInfo.HasPreviousPage || p.PageInfo.EndCursor != p.Edges[len(p.Edges)-1].Cursor {
			t.Errorf("case %s has the page %v", c.Number, p)
		}
	}
}

func TestTurningNestedPagesVisitsEveryRecordOnce(t *testing.T) {
	d := openDesk(t)
	const query = `query($after: String, $n: Int!) { case(number: "a'\"-6") { procedure(first: $n, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } } }`
	want := d.texts(t, "select id::text from korpu.procedure_event where case_id = md5('case6')::uuid order by at desc, id desc")
	for size := 1; size <= 7; size++ {
		var got []string
		var after any
		for more := true; more; {
			var answer struct {
				Case struct{ Procedure connection }
			}
			into(t, d.Ask(t, officer, query, map[string]any{"after": after, "n": size}).Data(t), &answer)
			p := answer.Case.Procedure
			got, more, after = append(got, each(p.Nodes, "id")...), p.PageInfo.HasNextPage, p.PageInfo.EndCursor
			if p.TotalCount != 6 {
				t.Fatalf("%d are counted", p.TotalCount)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d at a time: %v instead of %v", size, got, want)
		}
	}
}

func TestAListInsideOfAListIsCutForEachRecord(t *testing.T) {
	d := openDesk(t)
	var answer struct {
		Children struct {
			Nodes []struct {
				ID    string
				Cases struct {
					TotalCount int
					Nodes      []struct {
						ID        string
						Procedure connection
						Parties   []struct{ Agency struct{ Code string } }
					}
				}
			}
		}
	}
	into(t, d.Ask(t, officer, "{ children(first: 30) { nodes { id cases(first: 1) { totalCount nodes { id parties(first: 1) { agency { code } } procedure(first: 1) { totalCount nodes { id } } } } } } }", nil).Data(t), &answer)
	for _, child := range answer.Children.Nodes {
		want := d.texts(t, "select id::text from korpu.case_file where child_id = $1 and parties @> array[md5('SABAIL')::uuid] order by opened_on desc, id desc", child.ID)
		if child.Cases.TotalCount != len(want) || len(child.Cases.Nodes) != 1 || child.Cases.Nodes[0].ID != want[0] {
			t.Fatalf("the child has %v instead of %v", child.Cases, want)
		}
		for _, c := range child.Cases.Nodes {
			events := d.texts(t, "select id::text from korpu.procedure_event where case_id = $1 order by at desc, id desc", c.ID)
			if c.Procedure.TotalCount != len(events) || !slices.Equal(each(c.Procedure.Nodes, "id"), events[:min(1, len(events))]) || len(c.Parties) != 1 || c.Parties[0].Agency.Code != "SABAIL" {
				t.Errorf("the case has %v instead of %v, parties %v", c.Procedure, events, c.Parties)
			}
		}
	}
}

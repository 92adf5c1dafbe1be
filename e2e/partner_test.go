package e2e

import (
	"fmt"
	"testing"

	"korpu/internal/hubtest"
)

// system is the police department's own system, which names an officer.
func system(t *testing.T, h *hubtest.Hub) hubtest.Asker {
	t.Helper()
	me := h.Ask(t, hubtest.Persona("officer-sumgayit"), "{ me { id } }", nil).Data(t)["me"].(map[string]any)
	return hubtest.Asker{Client: "police-system", Role: "police_officer", OnBehalfOf: me["id"].(string)}
}

const page = `query($first: Int!, $after: String, $filter: CaseFilter, $order: CaseOrder) {
  cases(first: $first, after: $after, filter: $filter, orderBy: $order) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { cursor node { number openedOn stage child { familyName } parties { capacity agency { name } }
      diversion { status history(first: 5) { status at } } procedure(first: 5) { totalCount nodes { kind at } } } } } }`

func TestAPartnerSystemPagesThroughTheCasesOfItsAgency(t *testing.T) {
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	partner := system(t, h)
	var want int
	err := conn.QueryRow(t.Context(), `select count(*) from korpu.case_file c join korpu.agency a on a.id = any(c.parties)
	   where a.code = 'SUM-POLICE' and c.sealed_at is null`).Scan(&want)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var after any
	for range want {
		answer := h.Ask(t, partner, page, map[string]any{"first": 3, "after": after, "order": map[string]any{"field": "NUMBER", "direction": "ASC"}})
		list := answer.Data(t)["cases"].(map[string]any)
		if got := int(list["totalCount"].(float64)); got != want {
			t.Fatalf("totalCount %d, parties to %d", got, want)
		}
		for _, edge := range list["edges"].([]any) {
			seen[edge.(map[string]any)["node"].(map[string]any)["number"].(string)] = true
		}
		info := list["pageInfo"].(map[string]any)
		if after = info["endCursor"]; info["hasNextPage"] == false {
			break
		}
	}
	if len(seen) != want || want < 4 {
		t.Fatalf("%d cases seen of %d", len(seen), want)
	}
}

func TestAPartnerSystemLooksUpOneCaseAndFiltersByStage(t *testing.T) {
	admin, _ := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	partner := system(t, h)
	filter := map[string]any{"stage": map[string]any{"in": []string{"DIVERSION", "COURT"}}}
	list := h.Ask(t, partner, page, map[string]any{"first": 50, "filter": filter}).Data(t)["cases"].(map[string]any)
	edges := list["edges"].([]any)
	if len(edges) == 0 {
		t.Fatal("no case in diversion or before the court")
	}
	for _, edge := range edges {
		node := edge.(map[string]any)["node"].(map[string]any)
		if node["stage"] != "DIVERSION" && node["stage"] != "COURT" {
			t.Errorf("stage %v", node["stage"])
		}
		one := h.Ask(t, partner, "query($n: String!) { case(number: $n) { number } }", map[string]any{"n": node["number"]}).Data(t)["case"]
		if fmt.Sprint(one) != fmt.Sprint(map[string]any{"number": node["number"]}) {
			t.Errorf("%v answers %v", node["number"], one)
		}
	}
}

func TestMeTellsAPartnerSystemWhomItActsForAndInWhichRoles(t *testing.T) {
	admin, _ := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	partner := system(t, h)
	me := h.Ask(t, partner, "{ me { id role purpose client asserted roles { role purposes } } }", nil).Data(t)["me"].(map[string]any)
	if me["id"] != partner.OnBehalfOf || me["asserted"] != true || me["client"] != "police-system" || me["role"] != "police_officer" {
		t.Fatalf("%v", me)
	}
}

func TestMyAccessIsTheScheduleOfTheRole(t *testing.T) {
	admin, _ := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	entries := h.Ask(t, hubtest.Persona("clerk-sumgayit"), "{ myAccess { type field access when basis } }", nil).Data(t)["myAccess"].([]any)
	types := map[any]bool{}
	for _, e := range entries {
		entry := e.(map[string]any)
		types[entry["type"]] = true
		if len(entry["basis"].([]any)) == 0 {
			t.Errorf("no article: %v", entry)
		}
	}
	if len(types) != 3 || !types["StatusCard"] || !types["ProcedureEvent"] || !types["Mutation"] {
		t.Fatalf("a clerk sees %v", types)
	}
}

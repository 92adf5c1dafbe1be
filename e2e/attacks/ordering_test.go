package attacks

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"korpu/internal/hubtest"
	"korpu/policy"
)

func TestAttack27And28OrderingByADeniedFieldAnswersAsAMisspelling(t *testing.T) {
	h, _ := open(t)
	asked := 0
	for _, p := range hubtest.Policy().Profiles {
		for _, def := range hubtest.Policy().Catalog.Schema.Types {
			d := def.Directives.ForName("orders")
			if d == nil {
				continue
			}
			for _, v := range def.EnumValues {
				record := d.Arguments.ForName("type").Value.Raw
				if field := policy.OrderedField(v.Name); sees(p, record, field) && p.Types[record].Fields[field].Kind == policy.AlwaysOpen {
					continue
				}
				asked++
				input := strings.TrimSuffix(def.Name, "Field")
				likeAMisspelling(t, h, asker(p), fmt.Sprintf("query($o: %s = {field: %s}) { __typename }", input, v.Name), v.Name, nil)
				likeAMisspelling(t, h, asker(p), fmt.Sprintf("query($o: %s) { children(orderBy: $o) { totalCount } cases(orderBy: $o) { totalCount } }", input),
					v.Name, map[string]any{"o": map[string]any{"field": v.Name}})
			}
		}
	}
	if asked < 10 {
		t.Fatalf("only %d orders are closed to somebody", asked)
	}
	coach := hubtest.Persona("coach-sumgayit")
	for _, field := range []string{"BORN_ON", "FAMILY_NAME"} {
		likeAMisspelling(t, h, coach, "{ children(orderBy: {field: "+field+"}) { totalCount } }", field, nil)
		likeAMisspelling(t, h, hubtest.Persona("psychologist"), "{ children { nodes { careTeam(orderBy: {field: "+field+"}) { id } } } }", field, nil)
	}
}

// cursors asks a list with its cursors.
const cursors = `query($o: CaseOrder, $a: String, $f: CaseFilter) { cases(first: 3, orderBy: $o, after: $a, filter: $f) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id number openedOn } } } }`

func end(t *testing.T, r hubtest.Response) string {
	t.Helper()
	cursor, ok := r.Data(t)["cases"].(map[string]any)["pageInfo"].(map[string]any)["endCursor"].(string)
	if !ok {
		t.Fatalf("no cursor: %s", r.Body)
	}
	return cursor
}

func TestAttack29ACursorTellsNothing(t *testing.T) {
	h, _ := open(t)
	for _, field := range []string{"OPENED_ON", "NUMBER"} {
		r := h.Ask(t, hubtest.Persona("officer-sumgayit"), cursors, map[string]any{"o": map[string]any{"field": field}})
		for _, edge := range r.Data(t)["cases"].(map[string]any)["edges"].([]any) {
			node := edge.(map[string]any)["node"].(map[string]any)
			sealed, err := base64.RawURLEncoding.DecodeString(edge.(map[string]any)["cursor"].(string))
			if err != nil {
				t.Fatal(err)
			}
			id := strings.ReplaceAll(node["id"].(string), "-", "")
			for _, text := range []string{node["number"].(string), node["openedOn"].(string), id, "SUM", "case", "officer"} {
				if strings.Contains(string(sealed), text) || strings.Contains(fmt.Sprintf("%x", sealed), text) {
					t.Errorf("a cursor holds %q", text)
				}
			}
		}
	}
}

func TestAttack30ACursorIsGoodForItsPersonRoleAndQuestionOnly(t *testing.T) {
	h, conn := open(t)
	officer := hubtest.Persona("officer-sumgayit")
	byDay := map[string]any{"field": "OPENED_ON"}
	mine := end(t, h.Ask(t, officer, cursors, map[string]any{"o": byDay}))
	if n := h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": mine}); len(n.Data(t)["cases"].(map[string]any)["edges"].([]any)) == 0 {
		t.Fatal("the cursor is not good for its own question")
	}
	never := h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": "AAAA"})
	if !strings.Contains(string(never.Body), "must be a cursor") {
		t.Fatalf("%s", never.Body)
	}
	colleague := value[string](t, conn, `select s.id::text from korpu.staff s join korpu.staff_role r on r.staff_id = s.id join korpu.agency a on a.id = s.agency_id
	   where a.code = 'SUM-POLICE' and r.role = 'police_officer' and s.id not in (select staff_id from korpu.staff_identity) and s.left_at is null limit 1`)
	system := hubtest.Asker{Client: "police-system", Role: "police_officer"}
	bySystem := func(staff string) hubtest.Asker { system.OnBehalfOf = staff; return system }
	self := value[string](t, conn, "select staff_id::text from korpu.staff_identity where subject = 'officer-sumgayit'")
	theirs := end(t, h.Ask(t, bySystem(self), cursors, map[string]any{"o": byDay}))
	h.Ask(t, bySystem(self), cursors, map[string]any{"o": byDay, "a": theirs}).Data(t)
	for what, r := range map[string]hubtest.Response{
		"another role":           h.Ask(t, hubtest.Persona("judge-sumgayit"), cursors, map[string]any{"o": byDay, "a": mine}),
		"a colleague":            h.Ask(t, bySystem(colleague), cursors, map[string]any{"o": byDay, "a": theirs}),
		"the same by a system":   h.Ask(t, bySystem(self), cursors, map[string]any{"o": byDay, "a": mine}),
		"another order":          h.Ask(t, officer, cursors, map[string]any{"o": map[string]any{"field": "NUMBER"}, "a": mine}),
		"another direction":      h.Ask(t, officer, cursors, map[string]any{"o": map[string]any{"field": "OPENED_ON", "direction": "ASC"}, "a": mine}),
		"another filter":         h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": mine, "f": map[string]any{"stage": map[string]any{"eq": "COURT"}}}),
		"an empty filter":        h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": mine, "f": map[string]any{}}),
		"one letter less":        h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": mine[:len(mine)-1]}),
		"one letter more":        h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": mine + "A"}),
		"padding":                h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": mine + "="}),
		"a flipped bit":          h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": flipped(t, mine, 20)}),
		"a flipped first bit":    h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": flipped(t, mine, 0)}),
		"a plain id":             h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": self}),
		"a made-up cursor":       h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": base64.RawURLEncoding.EncodeToString(make([]byte, 36))}),
		"a cursor of other keys": h.Ask(t, officer, cursors, map[string]any{"o": byDay, "a": strings.Repeat("QUJD", 500)}),
	} {
		alike(t, what, r, never)
	}
	const elsewhere = `query($a: String) { children(first: 1) { nodes { cases(first: 1, after: $a, orderBy: {field: OPENED_ON}) { totalCount } } } }`
	if r := h.Ask(t, officer, elsewhere, map[string]any{"a": mine}); !strings.Contains(string(r.Body), "must be a cursor") {
		t.Errorf("a cursor of one list is good for another: %s", r.Body)
	}
}

func flipped(t *testing.T, cursor string, at int) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	raw[at] ^= 1
	return base64.RawURLEncoding.EncodeToString(raw)
}

func TestAttack31ACursorOfARecordThatWasSealedTellsNotWhetherItStillExists(t *testing.T) {
	h, conn := open(t)
	officer := hubtest.Persona("officer-sumgayit")
	first := h.Ask(t, officer, cursors, nil)
	last := first.Data(t)["cases"].(map[string]any)["edges"].([]any)[2].(map[string]any)["node"].(map[string]any)["id"]
	after := map[string]any{"a": end(t, first)}
	change(t, conn, "update korpu.case_file set sealed_at = now() where id = $1", last)
	sealed := h.Ask(t, officer, cursors, after)
	erase(t, conn)
	alike(t, "the page behind a sealed record", h.Ask(t, officer, cursors, after), sealed)
	if len(sealed.Data(t)["cases"].(map[string]any)["edges"].([]any)) == 0 {
		t.Error("nothing comes after a sealed record")
	}
}

// walk pages through a list by ones and returns its ids and the totals that were told on the way.
func walk(t *testing.T, h *hubtest.Hub, a hubtest.Asker, list string) (ids []string, totals []int) {
	t.Helper()
	query := "query($a: String) { " + list + "(first: 4, after: $a) { totalCount pageInfo { hasNextPage endCursor } nodes { id } } }"
	vars := map[string]any{}
	for range 2000 {
		page := h.Ask(t, a, query, vars).Data(t)[list].(map[string]any)
		totals = append(totals, int(page["totalCount"].(float64)))
		for _, n := range page["nodes"].([]any) {
			ids = append(ids, n.(map[string]any)["id"].(string))
		}
		info := page["pageInfo"].(map[string]any)
		if info["hasNextPage"] == false {
			return ids, totals
		}
		if len(page["nodes"].([]any)) != 4 {
			t.Fatalf("%s: a page has a gap: %v", list, page)
		}
		vars = map[string]any{"a": info["endCursor"]}
	}
	t.Fatalf("%s has no end", list)
	return nil, nil
}

func TestAttack32PagesTotalsAndTheirEndCountOnlyWhatIsSeen(t *testing.T) {
	h, conn := open(t)
	// Of a child with whom the centre has nothing to do the police were informed.
	change(t, conn, `insert into korpu.harm_report (child_id, agency_id, author_id, reported_at, kind, noticed_at, imminent, account, recipient_id)
		select k.id, k.agency_id, k.author_id, now(), 'NEGLECT', now(), false, '', a.id from korpu.child k, korpu.agency a, korpu.agency centre
		 where a.code = 'SUM-POLICE' and centre.code = 'BAK-CENTRE' and k.sealed_at is null and not k.receivers @> array[centre.id] and not exists (select from korpu.case_party p where p.child_id = k.id and p.agency_id = centre.id) limit 1`)
	walked := 0
	for _, p := range hubtest.Policy().Profiles {
		for _, root := range pages(p) {
			record := p.Catalog().Root(root.Name).Record
			if slices.Contains([]string{"staff", "agencies", "clients", "serviceOffers"}, root.Name) {
				continue // directories: long, and hidden from nobody who sees them at all
			}
			ids, totals := walk(t, h, asker(p), root.Name)
			if slices.Compact(slices.Clone(totals))[0] != len(ids) || len(slices.Compact(totals)) != 1 {
				t.Errorf("%s: %s has %d records and tells %v", p, root.Name, len(ids), totals)
			}
			slices.Sort(ids)
			if n := len(slices.Compact(ids)); n != len(ids) {
				t.Errorf("%s: %s repeats records", p, root.Name)
			}
			walked += len(ids)
			all := value[int](t, conn, "select count(*) from korpu."+record.Table)
			if len(ids) == all && all > 0 && p.Role != "dpo" && p.Role != "analyst" { // who see all references and figures, and no child
				t.Errorf("%s sees every %s: nothing is hidden that a page could betray", p, record.Name)
			}
		}
	}
	if walked < 300 {
		t.Fatalf("only %d records were walked over", walked)
	}
}

func TestAttack33To36ThereIsNoAggregateGroupOrDistinct(t *testing.T) {
	for _, p := range hubtest.Policy().Profiles {
		for name, def := range p.Schema().Types {
			for _, f := range def.Fields {
				if strings.HasSuffix(name, "Connection") && !slices.Contains([]string{"edges", "nodes", "pageInfo", "totalCount"}, f.Name) {
					t.Errorf("%s: %s.%s is new: attack it first", p, name, f.Name)
				}
			}
		}
	}
	h, _ := open(t)
	for _, name := range []string{"aggregate", "groupBy", "min", "max", "avg", "sum", "count", "distinct", "distinctOn", "histogram", "casesAggregate"} {
		likeAMisspelling(t, h, hubtest.Persona("officer-sumgayit"), "{ cases { "+name+" } }", name, nil)
		likeAMisspelling(t, h, hubtest.Persona("officer-sumgayit"), "{ "+name+" }", name, nil)
		likeAMisspelling(t, h, hubtest.Persona("officer-sumgayit"), "{ cases("+name+": openedOn) { totalCount } }", name, nil)
	}
}

func TestAttack35AListThatMayNotUseItsOwnOrderIsOrderedById(t *testing.T) {
	files := policy.Embedded()
	files["rules/services.csv"] = strings.Replace(files["rules/services.csv"], "p, role:activity_provider, class:referral, ", "p, role:activity_provider, Referral.service, ", 1)
	h, conn := openUnder(t, files)
	coach := hubtest.Persona("coach-sumgayit")
	const query = "{ referrals(first: 50) { edges { cursor node { id service } } } }"
	before := h.Ask(t, coach, query, nil)
	if len(before.Data(t)["referrals"].(map[string]any)["edges"].([]any)) < 2 {
		t.Fatalf("%s", before.Body)
	}
	likeAMisspelling(t, h, coach, "{ referrals { nodes { sentOn } } }", "sentOn", nil)
	change(t, conn, "update korpu.referral set sent_on = sent_on - (random() * 1000)::int")
	alike(t, "an order that is not seen", h.Ask(t, coach, query, nil), before)
}

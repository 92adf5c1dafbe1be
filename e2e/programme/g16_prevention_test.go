package programme

import (
	"bytes"
	"slices"
	"testing"

	"korpu/internal/hubtest"
	"korpu/internal/postgres/pgtest"
	"korpu/policy"
)

const (
	helpOffered = "query($id: ID!) { child(id: $id) { preventionContacts(first: 100) { at need offered answer nextStep by { id } } } }"
	ofOffer     = "id answer child { id familyName }"
	atRisk      = "Yardımlı" // a family name that no other child of the country has
)

// offer is what is written of an offer of help to a child whom nobody knows yet.
func (s *story) offer(district string) map[string]any {
	return map[string]any{
		"newChild": map[string]any{"givenName": "Nigar", "familyName": atRisk, "bornOn": day(-13 * 365), "sex": "FEMALE", "district": s.district(district)},
		"at":       moment(0), "need": "SCHOOL", "offered": "Help with homework.", "answer": "ACCEPTED", "nextStep": "Meet on Monday.",
	}
}

func (s *story) offers(who string, c child) []map[string]any {
	s.t.Helper()
	found, _ := s.asks(who, helpOffered, map[string]any{"id": c.id}).(map[string]any)
	return list(found, "preventionContacts")
}

// As inspector or social worker I offer help to a child at risk; those who help the child see it, and the child is free to decline.
func TestStoryG16HelpIsOfferedToAChildAtRisk(t *testing.T) {
	s := tell(t)
	s.do("inspector-sumgayit", "offerHelp", "id", s.offer("BAK-YAS")).Refused("NOT_FOUND", "")
	offered := s.do("inspector-sumgayit", "offerHelp", ofOffer, s.offer("SUM")).Done()
	c := child{id: offered["child"].(map[string]any)["id"].(string)}
	if seen := s.offers("inspector-sumgayit", c); len(seen) != 1 || seen[0]["offered"] != "Help with homework." {
		t.Fatalf("the inspector sees %v", seen)
	}
	further := func(who, answer string) hubtest.Outcome {
		return s.do(who, "offerFurtherHelp", "answer", map[string]any{"child": c.id, "at": moment(0), "need": "LEISURE", "offered": "A sports club.", "answer": answer})
	}
	further("social-worker", "ACCEPTED").Refused("NOT_FOUND", "")
	further("inspector-sumgayit", "DECLINED").Done()

	// The child comes to the centre by a referral, as any other, and its worker sees what was offered.
	sent := s.do("inspector-sumgayit", "referToCentre", "id", map[string]any{"child": c.id, "receiver": s.agency("BAK-CENTRE"), "need": "Somebody to talk to."}).Done()
	s.do("manager", "acceptReferral", "id", map[string]any{"id": sent["id"], "expectedVersion": 1}).Done()
	s.joins(c, "social-worker")
	further("social-worker", "ACCEPTED").Done()
	if seen := s.offers("social-worker", c); len(seen) != 3 {
		t.Fatalf("the worker sees %v", seen)
	}
	if seen := s.offers("inspector-sumgayit", c); len(seen) != 2 {
		t.Fatalf("the inspector sees others' offers: %v", seen)
	}
	alone := s.do("social-worker", "offerHelp", ofOffer, s.offer("BAK-YAS")).Done()
	if !s.knows("social-worker", child{id: alone["child"].(map[string]any)["id"].(string)}) {
		t.Fatal("the worker does not see the child to whom help was offered")
	}
}

// Prevention work never makes a record of justice (norm D46, Riyadh Guidelines 5(f)): no search of police, prosecution, court or commission finds the child.
func TestStoryG16NoPathLeadsFromPreventionToJustice(t *testing.T) {
	s := tell(t)
	offered := s.do("inspector-sumgayit", "offerHelp", ofOffer, s.offer("SUM")).Done()
	id := offered["child"].(map[string]any)["id"].(string)
	const byName = `{ children(first: 100, filter: {familyName: {eq: "` + atRisk + `"}}) { nodes { id } } }`
	searches := []string{
		`{ children(first: 100) { nodes { id } } }`, `{ cases(first: 100) { nodes { child { id } } } }`, `{ hearings(first: 100) { nodes { case { child { id } } } } }`, byName,
		`{ child(id: "` + id + `") { id } }`, `{ child(id: "` + id + `") { id givenName } }`,
	}
	asked, finds := 0, []string{}
	for _, p := range hubtest.Policy().Profiles {
		asker := hubtest.OfRole(p.Role)
		asker.Purpose = p.Purpose
		for _, query := range searches {
			r := s.Ask(t, asker, query, nil)
			if bytes.Contains(r.Body, []byte(`"data"`)) {
				asked++
			}
			if bytes.Contains(r.Body, []byte(`"id":"`+id)) && !slices.Contains(finds, p.String()) {
				finds = append(finds, p.String())
			}
		}
	}
	if inspector := hubtest.Policy().Profile("police_inspector", "SUPERVISION").String(); !slices.Equal(finds, []string{inspector}) || asked < 30 {
		t.Fatalf("of %d searches the child is found by %v", asked, finds)
	}
	s.do("officer-sumgayit", "openCaseOfChild", "id", map[string]any{
		"district": s.district("SUM"), "court": s.agency("SUM-COURT"), "child": id, "allegations": []any{map[string]any{"article": "CC 177.1", "actOn": day(-3)}},
	}).Refused("NOT_FOUND", "")
	for _, table := range pgtest.Column[string](t, s.admin, `select c.relname::text from pg_class c where c.relnamespace = 'korpu'::regnamespace and c.relkind in ('r', 'v')
		and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'child_id') and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'case_id')`) {
		if value[int](s, "select count(*)::int from korpu."+table+" where child_id = $1 and case_id is not null", id) > 0 {
			t.Errorf("%s has a row of the child", table)
		}
	}
}

// The record has no field of an offence and no way to a case, and is in no schema of justice.
func TestStoryG16TheRecordHasNothingOfAnOffence(t *testing.T) {
	s := tell(t)
	r := hubtest.Policy().Catalog.Records["PreventionContact"]
	for _, f := range r.Fields {
		if f.Link != nil && f.Link.Target != "Child" && f.Link.Target != "Staff" || f.Link == nil && f.Class != "PREVENTION" && f.Class != "REFERENCE" {
			t.Errorf("%s leads out of prevention", f.Title())
		}
	}
	if r.Anchor != policy.AnchorChild {
		t.Errorf("it is anchored to %s", r.Anchor)
	}
	var seers []string
	for _, p := range hubtest.Policy().Profiles {
		if p.Types["PreventionContact"] != nil {
			seers = append(seers, p.Role+" "+p.Purpose)
		} else if p.Schema().Types["PreventionContact"] != nil || p.Schema().Types["HelpNeed"] != nil {
			t.Errorf("%s has something of it", p)
		}
	}
	if slices.Sort(seers); !slices.Equal(seers, []string{"clinic_lawyer LEGAL_DEFENCE", "police_inspector SUPERVISION", "social_worker REHABILITATION"}) {
		t.Errorf("it is open to %v", seers)
	}
	for _, who := range []string{"officer-sumgayit", "prosecutor-sumgayit", "judge-sumgayit", "clerk-sumgayit", "secretary-sumgayit", "member-sumgayit", "registrar", "defender-sumgayit", "analyst"} {
		s.hasNo(who, "{ preventionContacts { totalCount } }")
	}
}

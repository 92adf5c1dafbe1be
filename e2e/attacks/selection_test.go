package attacks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"korpu/internal/hubtest"
	"korpu/policy"
)

// refusedAsMisspelled asks every profile for the fields that it never sees, in the given form: for each, or for one of
// so many.
func refusedAsMisspelled(t *testing.T, form string, oneOf int) {
	h, _ := open(t)
	asked := 0
	closed(func(p *policy.Profile, f *policy.Field) {
		if asked++; f.Link != nil || asked%oneOf != 0 {
			return
		}
		likeAMisspelling(t, h, asker(p), fmt.Sprintf(form, f.Record.Name, f.Name), f.Name, nil)
	})
	if asked < 1000 {
		t.Fatalf("only %d fields are closed to somebody", asked)
	}
}

func TestAttack01SelectingAFieldThatARoleNeverSeesAnswersAsAMisspelling(t *testing.T) {
	refusedAsMisspelled(t, "query { ...a } fragment a on %s { %s }", 1)
}

func TestAttack02AnAliasHidesNothingFromTheSchema(t *testing.T) {
	refusedAsMisspelled(t, "query { ...a } fragment a on %s { id: %s }", 7)
}

func TestAttack03AnInlineFragmentHidesNothingFromTheSchema(t *testing.T) {
	refusedAsMisspelled(t, "query { ... on %[1]s { ... on %[1]s { %[2]s } } }", 7)
}

func TestAttack04NoUnionOrInterfaceLeadsToARecord(t *testing.T) {
	for _, p := range hubtest.Policy().Profiles {
		for _, def := range p.Schema().Types {
			if def.IsAbstractType() {
				t.Errorf("%s: %s is abstract", p, def.Name)
			}
		}
	}
}

func TestAttack05AnIdentifierOfAnotherTypeOrOfSomebodyElseFindsNothing(t *testing.T) {
	h, conn := open(t)
	const one = "query($id: ID!) { child(id: $id) { __typename } }"
	lawyer := hubtest.Persona("lawyer")
	never := h.Ask(t, lawyer, one, map[string]any{"id": "00000000-0000-4000-8000-000000000000"})
	for what, sql := range map[string]string{
		"a child of another lawyer": "select id from korpu.child k where sealed_at is null and not counsel && (select array_agg(staff_id) from korpu.staff_identity where subject = 'lawyer') limit 1",
		"a sealed child":            "select id from korpu.child where sealed_at is not null limit 1",
		"a case":                    "select id from korpu.case_file limit 1",
		"a note":                    "select id from korpu.legal_note limit 1",
		"a professional":            "select id from korpu.staff limit 1",
	} {
		id := value[[16]byte](t, conn, sql)
		alike(t, what, h.Ask(t, lawyer, one, map[string]any{"id": uuid(id)}), never)
	}
	for _, field := range []string{"node", "nodes", "entity", "_entities", "record"} {
		r := h.Ask(t, lawyer, "{ "+field+`(id: "x") { __typename } }`, nil)
		if !strings.Contains(string(r.Body), `Cannot query field \"`+field+`\" on type \"Query\"`) {
			t.Errorf("%s", r.Body)
		}
	}
}

func TestAttack06AConditionOnAFieldIsReadAnewForEveryRequest(t *testing.T) {
	h, _ := open(t)
	const flagged = "query($v: Boolean!) { cases(first: 5) { nodes { number allegedFacts @include(if: $v) withheld { field } } } }"
	officer := hubtest.Persona("officer-sumgayit")
	fresh := map[bool]hubtest.Response{}
	for _, v := range []bool{false, true} {
		fresh[v] = hubtest.Send(t, h.Instance(t), h.Request(t, officer, flagged, map[string]any{"v": v}))
	}
	if seen(fresh[true]) == seen(fresh[false]) {
		t.Fatal("the condition changes nothing")
	}
	for _, v := range []bool{false, true, true, false, true} {
		alike(t, fmt.Sprint("the flag ", v), h.Ask(t, officer, flagged, map[string]any{"v": v}), fresh[v])
	}
	const never = "query($v: Boolean!) { cases { nodes { diversion { acknowledgement @include(if: $v) } } } }"
	for _, v := range []bool{true, false} {
		likeAMisspelling(t, h, hubtest.Persona("prosecutor-sumgayit"), never, "acknowledgement", map[string]any{"v": v})
	}
}

func TestAttack07OneKeyCannotMergeAnOpenAndAClosedField(t *testing.T) {
	h, _ := open(t)
	prosecutor := hubtest.Persona("prosecutor-sumgayit")
	for _, query := range []string{
		"{ cases { nodes { diversion { x: status x: acknowledgement } } } }",
		"{ cases { nodes { diversion { x: status ...a } } } } fragment a on Diversion { x: acknowledgement }",
		"{ cases { nodes { diversion { acknowledgement: status ... on Diversion { acknowledgement } } } } }",
	} {
		likeAMisspelling(t, h, prosecutor, query, "acknowledgement", nil)
	}
	const open = "{ cases { nodes { x: number x: stage } } }"
	if r := h.Ask(t, prosecutor, open, nil); strings.Contains(string(r.Body), `"data"`) {
		t.Errorf("two fields share a key: %s", r.Body)
	}
}

// A command answers with a record as the profile's own schema has it, and is refused whole where more is asked of it.
func TestAttack08And23ACommandAnswersWithNoMoreThanARead(t *testing.T) {
	commands := 0
	for _, p := range hubtest.Policy().Profiles {
		for name, a := range p.Commands {
			commands++
			for _, f := range p.Schema().Types[a.Command.Record.Name].Fields {
				if _, seen := p.Types[a.Command.Record.Name].Fields[f.Name]; !seen && f.Name != "withheld" {
					t.Errorf("%s: %s answers with %s.%s, which is never seen", p, name, a.Command.Record.Name, f.Name)
				}
			}
			for _, f := range a.Command.Input.Def.Fields {
				if hubtest.Policy().Catalog.Schema.Types[f.Type.Name()].Directives.ForName("filters") != nil {
					t.Errorf("%s takes a filter, %s", name, f.Name)
				}
			}
		}
	}
	if commands < 50 {
		t.Fatalf("only %d commands were looked at", commands)
	}
	h, _ := open(t)
	r := h.Ask(t, hubtest.Persona("prosecutor-sumgayit"), `mutation { orderDiversion(input: {idempotencyKey: "k", id: "x", expectedVersion: 1, legalGround: "x"}) { id acknowledgement } }`, nil)
	if text := string(r.Body); strings.Contains(text, `"data"`) || !strings.Contains(text, `Cannot query field \"acknowledgement\"`) {
		t.Errorf("%s", text)
	}
}

func TestAttack09NothingCanBeSubscribedTo(t *testing.T) {
	for _, p := range hubtest.Policy().Profiles {
		if p.Schema().Subscription != nil {
			t.Errorf("%s can subscribe: give the event's fields to these attacks", p)
		}
	}
	h, _ := open(t)
	if r := h.Ask(t, hubtest.Persona("lawyer"), "subscription { __typename }", nil); strings.Contains(string(r.Body), `"data"`) {
		t.Errorf("%s", r.Body)
	}
}

func TestAttack10ARelationOpensNoRecordThatIsClosedByItself(t *testing.T) {
	h, conn := open(t)
	secretary, officer := hubtest.Persona("secretary-sumgayit"), hubtest.Persona("officer-sumgayit")
	const down = `query($n: String!) { case(number: $n) { number stage child { id givenName cases { totalCount } } } }`
	number := value[string](t, conn, `select c.number from korpu.case_file c join korpu.child k on k.id = c.child_id and k.district_id = c.district_id
	    join korpu.agency a on a.id = any(c.parties) where a.code = 'SUM-COMMISSION' and c.sealed_at is null order by c.number limit 1`)
	vars := map[string]any{"n": number}
	if open := h.Ask(t, secretary, down, vars).Data(t)["case"].(map[string]any); open["child"] == nil {
		t.Fatalf("the secretary does not see the child to begin with: %v", open)
	}
	change(t, conn, `update korpu.child set district_id = (select id from korpu.district where code <> 'SUM' order by code limit 1) where id = (select child_id from korpu.case_file where number = $1)`, number)
	parted := h.Ask(t, secretary, down, vars)
	if one := parted.Data(t)["case"].(map[string]any); one["child"] != nil {
		t.Errorf("the commission of another district sees %v", one)
	}
	change(t, conn, `update korpu.child set given_name = 'Başqa', family_name = 'Başqa' where id = (select child_id from korpu.case_file where number = $1)`, number)
	alike(t, "a child behind a closed relation", h.Ask(t, secretary, down, vars), parted)

	const held = `query($n: String!) { case(number: $n) { number detentions { id } } }`
	vars["n"] = value[string](t, conn, `select c.number from korpu.case_file c join korpu.detention_episode d on d.case_id = c.id join korpu.agency a on a.id = any(c.parties)
	    where a.code = 'SUM-POLICE' and c.sealed_at is null order by c.number limit 1`)
	parted = h.Ask(t, officer, held, vars)
	if one := parted.Data(t)["case"].(map[string]any); len(one["detentions"].([]any)) != 0 {
		t.Errorf("an officer sees what others entered: %v", one)
	}
	change(t, conn, `delete from korpu.lawyer_contact where detention_id in (select d.id from korpu.detention_episode d join korpu.case_file c on c.id = d.case_id where c.number = $1)`, vars["n"])
	change(t, conn, `delete from korpu.detention_episode d using korpu.case_file c where c.id = d.case_id and c.number = $1`, vars["n"])
	alike(t, "what lies behind a closed relation", h.Ask(t, officer, held, vars), parted)

	const up = `{ children(first: 100) { totalCount nodes { id cases(first: 5) { totalCount nodes { number procedure(first: 5) { nodes { id } } } } } } }`
	other := value[[16]byte](t, conn, `select c.id from korpu.case_file c join korpu.case_file d on d.child_id = c.child_id and d.id <> c.id and d.sealed_at is null
	    where c.sealed_at is null order by c.number limit 1`)
	change(t, conn, `insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since)
	    select c.child_id, c.id, a.id, c.author_id, 'INVESTIGATION', c.opened_on from korpu.case_file c join korpu.case_file o on o.child_id = c.child_id, korpu.agency a
	     where o.id = $1 and c.sealed_at is null and a.code = 'SUM-POLICE'`, other)
	before := h.Ask(t, officer, up, nil)
	change(t, conn, `update korpu.case_party set ended_at = now() where case_id = $1 and agency_id = (select id from korpu.agency where code = 'SUM-POLICE')`, other)
	parted = h.Ask(t, officer, up, nil)
	if seen(parted) == seen(before) {
		t.Error("a case to which the department is party no more is still listed under its child")
	}
	change(t, conn, `update korpu.case_file set number = number || '9', stage = 'CLOSED', opened_on = opened_on - 400 where id = $1`, other)
	change(t, conn, `update korpu.procedure_event set at = at - interval '1 year' where case_id = $1`, other)
	alike(t, "another case of a child that is seen", h.Ask(t, officer, up, nil), parted)
}

func TestAttack11AComputedFieldIsDecidedByItsOwnClass(t *testing.T) {
	h, conn := open(t)
	coach := hubtest.Persona("coach-sumgayit")
	const born = "{ children(first: 100) { totalCount nodes { id givenName yearOfBirth withheld { field } } } }"
	before := h.Ask(t, coach, born, nil)
	if !strings.Contains(string(before.Body), `"yearOfBirth":20`) {
		t.Fatalf("%s", before.Body)
	}
	change(t, conn, `update korpu.child set born_on = make_date(year_of_birth, 1 + (extract(month from born_on)::int) % 12, 3), family_name = 'X' || family_name`)
	alike(t, "a birthday or family name behind a year of birth and a given name", h.Ask(t, coach, born, nil), before)
	for _, name := range []string{"bornOn", "initials", "familyName", "age", "fullName", "hasLegalNotes"} {
		likeAMisspelling(t, h, coach, "{ children { nodes { "+name+" } } }", name, nil)
	}
}

// digests are records whose identifier is a digest of what they are counted or put together from: of no child, or of another identifier and a week.
var digests = []string{"AttendanceWeek", "Catchment", "CohortStratum", "ComparisonStratum", "TrainingOutcome"}

func TestAttack12IdentifiersAndTypeNamesHoldNoData(t *testing.T) {
	_, conn := open(t)
	for _, r := range hubtest.Policy().Catalog.Records {
		if slices.Contains(digests, r.Name) {
			continue
		}
		if n := value[int](t, conn, "select count(*) from korpu."+r.Table+" where id::text !~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'"); n > 0 {
			t.Errorf("%s: %d ids are not random", r.Name, n)
		}
	}
	h, _ := open(t)
	r := h.Ask(t, hubtest.Persona("lawyer"), "{ children(first: 100) { __typename nodes { __typename cases { __typename edges { __typename node { __typename } } } } } }", nil)
	rest := string(r.Body)
	for _, name := range []string{"Child", "ChildConnection", "Case", "CaseConnection", "CaseEdge"} {
		rest = strings.ReplaceAll(rest, `"__typename":"`+name+`"`, "")
	}
	if strings.ContainsAny(strings.NewReplacer(`"data"`, "", `"children"`, "", `"nodes"`, "", `"cases"`, "", `"edges"`, "", `"node"`, "").Replace(rest), `"`) {
		t.Errorf("a type's name says more than the type: %s", rest)
	}
}

func uuid(id [16]byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

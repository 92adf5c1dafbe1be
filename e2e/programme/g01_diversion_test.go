package programme

import (
	"strings"
	"testing"
	"time"

	"korpu/internal/hubtest"
)

// charged is a child with a case that the police of Sumgayit have opened; it is with the prosecutor, for whom the centre is to divert it.
func (s *story) charged() (child, map[string]any) {
	s.t.Helper()
	opened := s.do("officer-sumgayit", "openCase", "id child { id }", s.charge(17)).Done()
	c := child{id: opened["child"].(map[string]any)["id"].(string), file: opened["id"].(string)}
	for agency, capacity := range map[string]string{"SUM-PROSECUTION": "PROSECUTION", "SUM-COURT": "COURT"} {
		s.do("officer-sumgayit", "addParty", "id", map[string]any{"case": c.file, "agency": s.agency(agency), "capacity": capacity}).Done()
	}
	s.do("officer-sumgayit", "moveCase", "stage", map[string]any{"id": c.file, "expectedVersion": 1, "stage": "PROSECUTION"}).Done()
	proposed := s.do("prosecutor-sumgayit", "proposeDiversion", "id version status alternativesConsidered legalGround evidenceSufficient", map[string]any{
		"case": c.file, "responsible": s.agency("BAK-CENTRE"), "evidenceSufficient": true, "legalGround": "General Comment 24, 18", "alternativesConsidered": "A warning; it was given before.",
	}).Done()
	return c, proposed
}

// charge opens a case of somebody of that age at the act.
func (s *story) charge(age int) map[string]any {
	return map[string]any{
		"district": s.district("SUM"), "court": s.agency("SUM-COURT"), "allegedFacts": "A bicycle was taken.",
		"newChild": map[string]any{
			"givenName": "Orxan", "familyName": "Sınaqlı", "bornOn": time.Now().UTC().AddDate(-age, 0, -9).Format(time.DateOnly), "sex": "MALE", "district": s.district("SUM"),
		},
		"allegations": []any{map[string]any{"article": "CC 177.1", "actOn": day(-3)}},
	}
}

// agreement is what a child agrees to, with all that has to be on record.
func agreement() map[string]any {
	return map[string]any{
		"agreement": "Visits for six months.", "consequences": "The case goes on before the court.", "acknowledgement": "I took it.", "acknowledgedFreely": true,
		"legalAdviceOffered": true, "legalAdviceTaken": true, "legalAdviceBy": "A lawyer of the clinic", "legalAdviceOn": day(0), "startsOn": day(0), "endsOn": day(180),
		"conditions": []any{map[string]any{"kind": "CENTRE_VISITS", "timesPerWeek": 2}},
	}
}

// moves takes a diversion a step on, at the version at which it is.
func (s *story) moves(who, command string, diversion any, more map[string]any) hubtest.Outcome {
	s.t.Helper()
	input := map[string]any{"id": diversion, "expectedVersion": value[int](s, "select version from korpu.diversion where id = $1", diversion)}
	for name, given := range more {
		input[name] = given
	}
	return s.do(who, command, "id status version", input)
}

func (s *story) orders(diversion any) hubtest.Outcome {
	s.t.Helper()
	return s.moves("prosecutor-sumgayit", "orderDiversion", diversion, map[string]any{"legalGround": "General Comment 24, 18", "reviewRightToldOn": day(0)})
}

// As prosecutor I propose diversion; while an element of what the child is owed is not on record, nobody orders it.
func TestStoryG01ADiversionIsNotOrderedWhileAnElementIsMissing(t *testing.T) {
	s := tell(t)
	young := s.charge(13)
	s.do("officer-sumgayit", "openCase", "id", young).Refused("INVALID", "are not prosecuted")
	_, d := s.charged()
	if d["status"] != "PROPOSED" || d["alternativesConsidered"] != "A warning; it was given before." || d["evidenceSufficient"] != true {
		t.Fatalf("%v", d)
	}
	id := d["id"]
	s.orders(id).Refused("INVALID", "leads from")
	s.moves("manager", "screenDiversion", id, nil).Done()
	s.moves("manager", "agreeDiversion", id, agreement()).Done()
	for _, missing := range []struct{ element, without, with string }{
		{"compelling evidence", "evidence_sufficient = false", "evidence_sufficient = true"},
		{"free and voluntary acknowledgement", "acknowledgement = null", "acknowledgement = 'I took it.'"},
		{"free and voluntary acknowledgement", "acknowledged_freely = false", "acknowledged_freely = true"},
		{"informed agreement", "agreement = null", "agreement = 'Visits.'"},
		{"informed agreement", "consequences = null", "consequences = 'The court.'"},
		{"informed agreement", "starts_on = null", "starts_on = current_date"},
		{"informed agreement", "ends_on = null", "ends_on = current_date + 180"},
		{"legal advice", "legal_advice_offered = false", "legal_advice_offered = true"},
		{"legal advice", "legal_advice_by = null", "legal_advice_by = 'A lawyer'"},
		{"legal advice", "legal_advice_on = null", "legal_advice_on = current_date"},
	} {
		s.run("update korpu.diversion set "+missing.without+" where id = $1", id)
		s.orders(id).Refused("INVALID", missing.element)
		s.run("update korpu.diversion set "+missing.with+" where id = $1", id)
	}
	s.moves("prosecutor-sumgayit", "orderDiversion", id, map[string]any{"legalGround": "General Comment 24, 18"}).Refused("INVALID", "told that the decision can be reviewed")
	s.run("with gone as (delete from korpu.diversion_condition where diversion_id = $1 returning *) select from gone", id)
	s.orders(id).Refused("INVALID", "informed agreement")
	s.run(`insert into korpu.diversion_condition (child_id, case_id, agency_id, author_id, diversion_id, kind) select child_id, case_id, agency_id, author_id, id, 'SCHOOL' from korpu.diversion where id = $1`, id)

	if status := value[string](s, "select status from korpu.diversion where id = $1", id); status != "AGREED" {
		t.Fatalf("after all that was refused it is %s", status)
	}
	ordered := s.do("prosecutor-sumgayit", "orderDiversion", "status legalGround reviewRightToldOn decidedOn decider { id } legalAdviceBy legalAdviceOn acknowledgedFreely", map[string]any{
		"id": id, "expectedVersion": value[int](s, "select version from korpu.diversion where id = $1", id), "legalGround": "General Comment 24, 18", "reviewRightToldOn": day(0),
	}).Done()
	if ordered["status"] != "ORDERED" || ordered["decidedOn"] != day(0) || ordered["reviewRightToldOn"] != day(0) || ordered["decider"].(map[string]any)["id"] != s.person("prosecutor-sumgayit") ||
		ordered["acknowledgedFreely"] != true {
		t.Fatalf("%v", ordered)
	}
}

// What a child leaves out of the agreement cannot be made up for by the authority, and no deprivation of liberty is agreed.
func TestStoryG01WhatIsAgreedIsNoDeprivationOfLiberty(t *testing.T) {
	s := tell(t)
	_, d := s.charged()
	s.moves("manager", "screenDiversion", d["id"], nil).Done()
	for _, kind := range []string{"DETENTION", "CLOSED_SCHOOL", "ISOLATOR", "PRISON", "PLACEMENT"} {
		held := agreement()
		held["conditions"] = []any{map[string]any{"kind": kind}}
		s.moves("manager", "agreeDiversion", d["id"], held).Refused("INVALID", "")
	}
	for _, v := range hubtest.Policy().Catalog.Schema.Types["ConditionKind"].EnumValues {
		if strings.Contains(v.Name, "DETENTION") || strings.Contains(v.Name, "PLACE") || strings.Contains(v.Name, "CLOSED") {
			t.Errorf("%s can be agreed", v.Name)
		}
	}
	unadvised := agreement()
	unadvised["legalAdviceOffered"] = false
	s.moves("manager", "agreeDiversion", d["id"], unadvised).Refused("INVALID", "legal advice")
	late := agreement()
	late["legalAdviceOn"] = day(1)
	s.moves("manager", "agreeDiversion", d["id"], late).Refused("INVALID", "legalAdviceOn")
	for _, required := range []string{"acknowledgement", "agreement", "conditions", "startsOn", "endsOn", "legalAdviceOffered"} {
		without := agreement()
		delete(without, required)
		s.moves("manager", "agreeDiversion", d["id"], without).Refused("INVALID", required)
	}
	for _, optional := range []string{"acknowledgedFreely", "consequences", "legalAdviceBy", "legalAdviceOn"} {
		_, next := s.charged()
		s.moves("manager", "screenDiversion", next["id"], nil).Done()
		without := agreement()
		delete(without, optional)
		s.moves("manager", "agreeDiversion", next["id"], without).Done()
		s.orders(next["id"]).Refused("INVALID", "not on record")
	}
}

const policeSee = "query($id: ID!) { child(id: $id) { cases { nodes { diversion { status statusSince legalGround history { status at by { code } } withheld { field } } } } } }"

// In no state can prosecutor or judge ask for the acknowledgement. The police see that the state changed, and nothing of why. What is completed is closed for good.
func TestStoryG01TheAcknowledgementStaysClosedAndCompletionIsFinal(t *testing.T) {
	s := tell(t)
	c, d := s.charged()
	closed := func() {
		t.Helper()
		for _, who := range []string{"prosecutor-sumgayit", "judge-sumgayit", "officer-sumgayit", "inspector-sumgayit", "clerk-sumgayit"} {
			s.hasNo(who, `{ child(id: "`+c.id+`") { cases { nodes { diversion { acknowledgement } } } } }`)
		}
	}
	seen := func() map[string]any {
		t.Helper()
		file := list(s.asks("officer-sumgayit", policeSee, map[string]any{"id": c.id}).(map[string]any)["cases"].(map[string]any), "nodes")[0]
		return file["diversion"].(map[string]any)
	}
	states := []string{"PROPOSED"}
	for _, next := range []struct {
		who, command, state string
		more                map[string]any
	}{
		{"manager", "screenDiversion", "SCREENED", nil}, {"manager", "agreeDiversion", "AGREED", agreement()},
		{"prosecutor-sumgayit", "orderDiversion", "ORDERED", map[string]any{"legalGround": "General Comment 24, 18", "reviewRightToldOn": day(0)}},
		{"manager", "startDiversion", "ACTIVE", map[string]any{"nextReviewOn": day(30)}}, {"manager", "suspendDiversion", "SUSPENDED", nil},
		{"manager", "resumeDiversion", "ACTIVE", map[string]any{"nextReviewOn": day(30)}}, {"manager", "completeDiversion", "COMPLETED", nil},
	} {
		closed()
		if now := s.moves(next.who, next.command, d["id"], next.more).Done(); now["status"] != next.state {
			t.Fatalf("%v", now)
		}
		states = append(states, next.state)
		if told := seen(); told["status"] != next.state || len(list(told, "history")) != len(states) || told["legalGround"] != nil {
			t.Fatalf("after %s the police see %v", next.command, told)
		}
	}
	closed()
	for _, field := range []string{"agreement", "consequences", "conditions { kind }"} {
		s.hasNo("officer-sumgayit", `{ child(id: "`+c.id+`") { cases { nodes { diversion { `+field+` } } } } }`)
	}
	events := value[string](s, "select string_agg(o::text, ' ') from korpu.outbox o where child_id = $1", c.id)
	if !strings.Contains(events, "completeDiversion") || strings.Contains(events, "I took it") || strings.Contains(events, "Visits") {
		t.Fatalf("what is announced: %s", events)
	}
	for _, p := range hubtest.Policy().Profiles {
		if _, seen := p.Types["Diversion"]; seen && (p.Role == "prosecutor" || p.Role == "judge" || strings.HasPrefix(p.Role, "police")) && p.Schema().Types["Diversion"].Fields.ForName("acknowledgement") != nil {
			t.Errorf("%s has the acknowledgement", p)
		}
	}

	if stage := value[string](s, "select stage from korpu.case_file where id = $1", c.file); stage != "CLOSED" {
		t.Fatalf("the case is %s", stage)
	}
	s.moves("manager", "startDiversion", d["id"], map[string]any{"nextReviewOn": day(30)}).Refused("INVALID", "leads from")
	s.moves("manager", "endDiversion", d["id"], nil).Refused("INVALID", "leads from")
	version := value[int](s, "select version from korpu.case_file where id = $1", c.file)
	for _, who := range []string{"officer-sumgayit", "prosecutor-sumgayit", "judge-sumgayit"} {
		s.do(who, "moveCase", "id", map[string]any{"id": c.file, "expectedVersion": version, "stage": "COURT"}).Refused("NOT_FOUND", "")
	}
	s.do("prosecutor-sumgayit", "proposeDiversion", "id", map[string]any{"case": c.file, "responsible": s.agency("BAK-CENTRE"), "evidenceSufficient": true, "legalGround": "x"}).Refused("NOT_FOUND", "")
}

// Who withdraws, or does not complete, has said nothing to prosecution and court.
func TestStoryG01WhatWasSaidStaysClosedWhereADiversionFails(t *testing.T) {
	s := tell(t)
	for _, end := range []string{"withdrawFromDiversion", "endDiversion"} {
		c, d := s.charged()
		s.moves("manager", "screenDiversion", d["id"], nil).Done()
		s.moves("manager", "agreeDiversion", d["id"], agreement()).Done()
		s.orders(d["id"]).Done()
		s.moves("manager", "startDiversion", d["id"], map[string]any{"nextReviewOn": day(30)}).Done()
		s.moves("manager", end, d["id"], nil).Done()
		if stage := value[string](s, "select stage from korpu.case_file where id = $1", c.file); stage != "PROSECUTION" {
			t.Fatalf("after %s the case is %s", end, stage)
		}
		for _, who := range []string{"prosecutor-sumgayit", "judge-sumgayit"} {
			s.hasNo(who, `{ child(id: "`+c.id+`") { cases { nodes { diversion { acknowledgement } } } } }`)
		}
	}
}

package commands

import (
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

// grownUp is a case of an act at eighteen, before the court of Ganja, of a child of whom Sumgayit has a case.
func (p *place) grownUp() (child, number string) {
	p.t.Helper()
	opened := p.opened()
	child, number = opened["child"].(map[string]any)["id"].(string), "GAN-2026-99999"
	p.sql(`insert into korpu.case_file (child_id, agency_id, author_id, number, district_id, court_id, opened_on, stage)
	  select child_id, agency_id, author_id, $2, district_id, $3, opened_on, 'COURT' from korpu.case_file where id = $1`, opened["id"], number, p.agency("GAN-KAP-COURT"))
	p.sql(`insert into korpu.allegation (child_id, case_id, agency_id, author_id, article, act_on, age_at_act)
	  select child_id, id, agency_id, author_id, 'CC 181', opened_on, 18 from korpu.case_file where number = $1`, number)
	p.sql(`insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since)
	  select child_id, id, court_id, author_id, 'COURT', opened_on from korpu.case_file where number = $1`, number)
	return child, number
}

func (p *place) asks(who, purpose, query string) string {
	p.t.Helper()
	a := hubtest.Persona(who)
	a.Purpose = purpose
	return string(p.Ask(p.t, a, query, nil).Body)
}

const ofChild = "{ children(first: 100) { nodes { id } } cases(first: 100) { nodes { number child { id } } } }"

func TestBeingPartyToACaseOfAnAdultOpensNoRecordOfTheChild(t *testing.T) {
	p := settled(t)
	child, number := p.grownUp()
	walled := p.asks("judge-ganja", "", ofChild)
	if !strings.Contains(walled, `"number":"`+number+`","child":null`) || strings.Contains(walled, child) {
		t.Fatalf("%s", walled)
	}
	if n := value[int](p, "select cardinality(parties) from korpu.child where id = $1", child); n != 1 {
		t.Fatalf("the child has %d parties", n)
	}
	for what, sql := range map[string]string{
		"the act was at seventeen": "update korpu.allegation set age_at_act = 17 where article = 'CC 181'",
		"another act was at seventeen": `insert into korpu.allegation (child_id, case_id, agency_id, author_id, article, act_on, age_at_act)
		  select child_id, case_id, agency_id, author_id, 'CC 177', act_on, 17 from korpu.allegation where article = 'CC 181'`,
	} {
		p.sql(sql)
		if got := p.asks("judge-ganja", "", ofChild); !strings.Contains(got, `"number":"`+number+`","child":{"id":"`+child+`"}`) {
			t.Errorf("%s: %s", what, got)
		}
		p.sql("delete from korpu.allegation where article = 'CC 177'")
		p.sql("update korpu.allegation set age_at_act = 18 where article = 'CC 181'")
		if got := p.asks("judge-ganja", "", ofChild); got != walled {
			t.Errorf("after %s: %s", what, got)
		}
	}
}

func TestTheChildsOwnLawyerKeepsAccessThroughTheWall(t *testing.T) {
	p := settled(t)
	child, number := p.grownUp()
	p.sql(`insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since)
	  select $1, s.agency_id, s.id, s.id, 'Defence', current_date from korpu.staff s where s.id = $2`, child, p.person("lawyer"))
	open := p.asks("lawyer", "LEGAL_DEFENCE", ofChild)
	if strings.Count(open, child) != 3 || !strings.Contains(open, number) {
		t.Fatalf("%s", open)
	}
}

// The purpose finds nothing, and says nothing: whoever asks, whatever there is.
func TestAnAdultProceedingFindsNoRecordOfAChildWhoeverAsks(t *testing.T) {
	p := settled(t)
	_, number := p.grownUp()
	for _, role := range []string{"judge-ganja", "judge-sumgayit", "prosecutor-sumgayit", "officer-sumgayit", "clerk-sumgayit", "lawyer", "dpo", "social-worker"} {
		there := p.asks(role, "ADULT_PROCEEDING", `{ case(number: "`+number+`") { id } }`)
		never := p.asks(role, "ADULT_PROCEEDING", `{ case(number: "`+strings.Repeat("X", len(number))+`") { id } }`)
		if there != never || strings.Contains(there, `"data"`) || !strings.Contains(there, "FORBIDDEN") {
			t.Errorf("%s: %s, and of one that never was %s", role, there, never)
		}
	}
}

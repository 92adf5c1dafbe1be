package commands

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

// review is what a reviewer asks of a case by its number.
const review = `query($n: String!) { case(number: $n) { id number stage allegedFacts child { initials familyName cases(first: 5) { nodes { number } } }
  allegations { article } procedure(first: 5) { nodes { kind } } diversion { status history { status } } } }`

func (p *place) reviews(who, number string) string {
	p.t.Helper()
	a := hubtest.Persona(who)
	a.Purpose = "REVIEW"
	r := p.Ask(p.t, a, review, map[string]any{"n": number})
	r.Data(p.t)
	return string(r.Body)
}

// in is a moment that many hours from now.
func (p *place) in(hours int) string {
	p.t.Helper()
	return value[string](p, `select to_char(now() + make_interval(hours => $1), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`, hours)
}

func (p *place) unseal(number, who string, hours int) outcome {
	p.t.Helper()
	return p.do("dpo", "unsealCase", "number order legalBasis until person { name } version", map[string]any{
		"number": number, "order": "Order 9", "legalBasis": "CPC 461", "person": p.person(who), "until": p.in(hours)})
}

func TestAnOrderOpensASealedCaseToANamedPersonUntilItExpires(t *testing.T) {
	p := settled(t)
	due := p.closed()
	number := due["number"].(string)
	p.seal()
	nothing := p.reviews("judge-ganja", number)
	if nothing != `{"data":{"case":null}}` {
		t.Fatalf("before the order: %s", nothing)
	}
	p.unseal(number, "judge-ganja", 24).done()
	open := p.reviews("judge-ganja", number)
	for _, wanted := range []string{number, "Sınaqlı", "A bicycle was taken.", "CC 177.1", `"status":"PROPOSED"`} {
		if !strings.Contains(open, wanted) {
			t.Errorf("%s is missing from %s", wanted, open)
		}
	}
	for who, purpose := range map[string]string{"judge-ganja": "CASE_PROCEEDINGS", "judge-sumgayit": "CASE_PROCEEDINGS"} {
		a := hubtest.Persona(who)
		a.Purpose = purpose
		if r := p.Ask(t, a, "query($n: String!) { case(number: $n) { id } }", map[string]any{"n": number}); string(r.Body) != nothing {
			t.Errorf("%s for %s: %s", who, purpose, r.Body)
		}
	}
	for _, who := range []string{"judge-sumgayit", "lawyer", "defender-sumgayit"} {
		if got := p.reviews(who, number); got != nothing {
			t.Errorf("the order opens the case to %s too: %s", who, got)
		}
	}
	p.sql("update korpu.unseal_order set until = now()")
	if got := p.reviews("judge-ganja", number); got != nothing {
		t.Errorf("after the order: %s", got)
	}
}

// What is open to review is what the order names: not the child's other cases, sealed or not, nor anything that is not sealed.
func TestAReviewFindsNothingThatNoOrderNames(t *testing.T) {
	p := settled(t)
	due := p.closed()
	input := p.newCase()
	delete(input, "newChild")
	input["child"] = due["child"].(map[string]any)["id"]
	other := p.do("officer-sumgayit", "openCaseOfChild", "id number", input).done()
	p.do("officer-sumgayit", "addParty", "id", map[string]any{"case": other["id"], "agency": p.agency("SUM-COURT"), "capacity": "COURT"}).done()
	p.seal()
	p.unseal(due["number"].(string), "judge-sumgayit", 24).done()
	p.unseal(other["number"].(string), "judge-sumgayit", 24).done()
	open := p.reviews("judge-sumgayit", due["number"].(string))
	if !strings.Contains(open, due["number"].(string)) || strings.Contains(open, other["number"].(string)) {
		t.Errorf("%s", open)
	}
	if got := p.reviews("judge-sumgayit", other["number"].(string)); got != `{"data":{"case":null}}` {
		t.Errorf("a case that is not sealed: %s", got)
	}
	p.sql("update korpu.case_file set sealed_at = now() where id = $1", other["id"])
	if got := p.reviews("judge-sumgayit", other["number"].(string)); got != `{"data":{"case":null}}` {
		t.Errorf("a case that was sealed after the order: %s", got)
	}
}

// The answer tells nothing: of a sealed case, of an open one, of one that never was, of a number that two sealed ones have.
func TestAnOrderIsAnsweredAlikeWhetherOrNotThereIsSuchACase(t *testing.T) {
	p := settled(t)
	sealed, twice, open := p.closed(), p.closed(), p.opened()
	p.sql(`insert into korpu.case_file (child_id, agency_id, author_id, number, district_id, opened_on, stage, sealed_at)
	  select child_id, agency_id, author_id, $2, district_id, opened_on, 'CLOSED', now() from korpu.case_file where id = $1`, open["id"], twice["number"])
	p.seal()
	numbers := map[string]string{"sealed": sealed["number"].(string), "sealed twice": twice["number"].(string), "open": open["number"].(string), "never": "SUM-1999-00001"}
	answers := map[string]string{}
	for what, number := range numbers {
		first := p.unseal(number, "judge-ganja", 24)
		answers[what] = withoutNumber(first, number)
		if opens := value[bool](p, "select opens_case_id is not null from korpu.unseal_order where case_number = $1", number); opens != (what == "sealed") {
			t.Errorf("the order on the %s case opens one: %t", what, opens)
		}
	}
	for what, body := range answers {
		if body != answers["never"] {
			t.Errorf("%s: %s, and of one that never was: %s", what, body, answers["never"])
		}
	}
	list := string(p.Ask(t, hubtest.Persona("dpo"), "{ unsealOrders { totalCount nodes { number order legalBasis until person { name } } } }", nil).Body)
	for what, number := range numbers {
		if strings.Count(list, `"number":"`+number+`","order":"Order 9"`) != 1 {
			t.Errorf("the order on the %s case is not in %s", what, list)
		}
	}
	if n := value[int](p, "select count(*)::int from korpu.outbox where event = 'unsealCase'"); n != 0 {
		t.Errorf("%d orders were announced", n)
	}
}

func withoutNumber(o outcome, number string) string {
	o.done()
	o.Record = maps.Clone(o.Record)
	delete(o.Record, "until")
	text, _ := json.Marshal(o.Record)
	return fmt.Sprint(o.Status, strings.ReplaceAll(string(text), number, "N"))
}

func TestAnOrderIsShortAndCanBeEnded(t *testing.T) {
	p := settled(t)
	due := p.closed()
	number := due["number"].(string)
	p.seal()
	p.unseal(number, "judge-ganja", -1).Refused("INVALID", "until")
	p.unseal(number, "judge-ganja", 24*91).Refused("INVALID", "90 days")
	p.do("judge-ganja", "unsealCase", "id", map[string]any{"number": number, "order": "x", "legalBasis": "x", "person": p.person("judge-ganja"), "until": p.in(1)}).Refused("INVALID", "")
	p.do("dpo", "unsealCase", "id", map[string]any{"number": number, "order": "x", "legalBasis": "x", "person": "0b7a3c0e-4a51-4d0e-9b0a-0d7f3a1c2b3d", "until": p.in(1)}).Refused("INVALID", "person")
	p.unseal(number, "judge-ganja", 24*89).done()
	if got := p.reviews("judge-ganja", number); !strings.Contains(got, number) {
		t.Fatalf("%s", got)
	}
	order := value[string](p, "select id::text from korpu.unseal_order")
	p.do("dpo", "endUnsealing", "until", map[string]any{"id": order, "expectedVersion": 1}).done()
	if got := p.reviews("judge-ganja", number); strings.Contains(got, number) {
		t.Errorf("after its end: %s", got)
	}
	p.do("dpo", "endUnsealing", "until", map[string]any{"id": order, "expectedVersion": 2}).Refused("INVALID", "expired")
}

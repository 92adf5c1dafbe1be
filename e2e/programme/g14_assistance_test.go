package programme

import (
	"strings"
	"testing"
)

const applied = "query($id: ID!) { child(id: $id) { assistance { kind appliedOn decision refusal amount decidedOn office { code } worker { id } } } }"

// needy is a child of the ward whose family the office in Sumgayit was asked to assist.
func (s *story) needy() child {
	s.t.Helper()
	c := s.ward()
	s.run("insert into korpu.family_member (child_id, agency_id, author_id, name, relation) select $1, agency_id, id, 'Grandmother', 'GRANDPARENT' from korpu.staff where id = $2", c.id, s.person("social-worker"))
	sent := s.do("social-worker", "refer", "id", map[string]any{"child": c.id, "receiver": s.agency("SUM-ASSISTANCE"), "service": "ASSISTANCE", "need": "Nobody at home has work."}).Done()
	s.do("assistance-sumgayit", "acceptReferral", "id", map[string]any{"id": sent["id"], "expectedVersion": 1}).Done()
	return c
}

// lets has the family let the office know what it has to.
func (s *story) lets(c child) string {
	s.t.Helper()
	return s.do("social-worker", "giveConsent", "id", map[string]any{
		"child": c.id, "kind": "CONSENT", "recipient": s.agency("SUM-ASSISTANCE"), "classes": []string{"ASSISTANCE", "REFERRAL_NEED", "CONTACT", "IDENTITY"}, "purposes": []string{"SERVICE_DELIVERY"},
	}).Done()["id"].(string)
}

func TestStoryG14WithoutConsentTheOfficeIsNotToldThatAnApplicationIsDecided(t *testing.T) {
	s := tell(t)
	c := s.needy()
	consent := s.lets(c)
	made := s.do("social-worker", "applyForAssistance", "id", map[string]any{"child": c.id, "office": s.agency("SUM-ASSISTANCE"), "kind": "TARGETED"}).Done()
	s.do("assistance-sumgayit", "decideAssistance", "id", map[string]any{"id": made["id"], "expectedVersion": 1, "decision": "GRANTED", "amount": "UP_TO_100"}).Done()
	s.do("social-worker", "withdrawConsent", "id", map[string]any{"id": consent, "expectedVersion": 1}).Done()
	s.do("assistance-sumgayit", "decideAssistance", "id", map[string]any{"id": made["id"], "expectedVersion": 2, "decision": "GRANTED", "amount": "UP_TO_300"}).Refused("INVALID", "not consented")
}

// As worker I help the family to apply; as officer I see need and family as far as the family lets me, and decide.
func TestStoryG14TheOfficerDecidesWithTheFamilysConsentAndTheDecisionComesBack(t *testing.T) {
	s := tell(t)
	c := s.needy()
	apply := map[string]any{"child": c.id, "office": s.agency("SUM-ASSISTANCE"), "kind": "TARGETED"}
	s.do("social-worker", "applyForAssistance", "id", apply).Refused("INVALID", "has not consented")
	const need = "{ referrals { nodes { need child { id family { name } } } } }"
	before := of(s.nodes("assistance-sumgayit", need, nil), c)[0]
	if family := list(before["child"].(map[string]any), "family"); before["need"] != nil || len(family) != 1 || family[0]["name"] != nil {
		t.Fatalf("%v without consent", before)
	}
	consent := s.lets(c)
	apply["idempotencyKey"] = nil
	made := s.do("social-worker", "applyForAssistance", "id appliedOn office { code }", apply).Done()
	if made["appliedOn"] != day(0) || made["office"].(map[string]any)["code"] != "SUM-ASSISTANCE" {
		t.Fatalf("%v", made)
	}
	after := of(s.nodes("assistance-sumgayit", need, nil), c)[0]
	if family := list(after["child"].(map[string]any), "family"); after["need"] != "Nobody at home has work." || family[0]["name"] != "Grandmother" {
		t.Fatalf("%v with consent", after)
	}
	for _, field := range []string{"cases { totalCount }", "careTeam { task }", "detentions { id }", "planActions { what }", "schoolStatus"} {
		s.hasNo("assistance-sumgayit", "{ children { nodes { "+field+" } } }")
	}

	// A decision is whole, and one; while the family has taken its consent back there is none.
	decide := func(more map[string]any) map[string]any {
		more["id"], more["expectedVersion"] = made["id"], 1
		return more
	}
	s.do("assistance-sumgayit", "decideAssistance", "id", decide(map[string]any{"decision": "REFUSED"})).Refused("INVALID", "has a refusal")
	s.do("assistance-sumgayit", "decideAssistance", "id", decide(map[string]any{"decision": "GRANTED", "refusal": "INCOME"})).Refused("INVALID", "has an amount")
	s.do("social-worker", "withdrawConsent", "id", map[string]any{"id": consent, "expectedVersion": 1}).Done()
	s.do("assistance-sumgayit", "decideAssistance", "id", decide(map[string]any{"decision": "GRANTED", "amount": "UP_TO_300"})).Refused("INVALID", "not any more")
	s.lets(c)
	s.do("assistance-sumgayit", "decideAssistance", "id", decide(map[string]any{"decision": "REFUSED", "refusal": "DOCUMENTS"})).Done()
	s.do("assistance-sumgayit", "decideAssistance", "id", map[string]any{"id": made["id"], "expectedVersion": 2, "decision": "GRANTED", "amount": "UP_TO_100"}).Refused("INVALID", "is decided")

	// It comes back as an event without content, and who may know finds the coded reason.
	event := value[string](s, "select to_jsonb(o)::text from korpu.outbox o where o.event = 'decideAssistance' and o.record_id = $1 and o.child_id = $2", made["id"], c.id)
	for _, word := range []string{"REFUSED", "DOCUMENTS", "TARGETED", "Grandmother"} {
		if strings.Contains(event, word) {
			t.Errorf("the event says %s", word)
		}
	}
	for _, who := range []string{"social-worker", "manager"} {
		seen := list(s.asks(who, applied, map[string]any{"id": c.id}).(map[string]any), "assistance")
		if len(seen) != 1 || seen[0]["decision"] != "REFUSED" || seen[0]["refusal"] != "DOCUMENTS" || seen[0]["decidedOn"] != day(0) || seen[0]["worker"].(map[string]any)["id"] != s.person("social-worker") {
			t.Fatalf("%s sees %v", who, seen)
		}
	}
	for _, who := range []string{"school-sumgayit", "coach-sumgayit", "judge-sumgayit", "inspector-sumgayit", "lawyer", "psychologist"} {
		s.hasNo(who, "{ assistanceApplications { totalCount } }")
	}
}

// An application goes to an office that was asked to assist, and of the children with whom the worker works.
func TestStoryG14AnApplicationGoesToAnOfficeThatWasAsked(t *testing.T) {
	s := tell(t)
	c := s.ward()
	s.lets(c)
	apply := map[string]any{"child": c.id, "office": s.agency("SUM-ASSISTANCE"), "kind": "ONE_OFF"}
	s.do("social-worker", "applyForAssistance", "id", apply).Refused("INVALID", "refer the child to it first")
	s.do("social-worker-two", "applyForAssistance", "id", map[string]any{"child": c.id, "office": s.agency("SUM-ASSISTANCE"), "kind": "ONE_OFF"}).Refused("NOT_FOUND", "")
	if n := value[int](s, "select count(*) from korpu.assistance_application where decision is not null"); n < 3 {
		t.Errorf("%d applications are decided in the country", n)
	}
}

package commands

import (
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

func TestAHoldKeepsACaseFromBeingDestroyedAndNotFromBeingSealed(t *testing.T) {
	p := settled(t)
	due := p.old()
	proposal := p.propose(due["id"])
	p.approve(proposal)
	hold := func(number any) outcome {
		return p.do("dpo", "holdRecord", "id number order legalBasis until version", map[string]any{"number": number, "order": "Order 3", "legalBasis": "CPC 461", "until": p.in(48)})
	}
	held := hold(due["number"]).done()
	if n := p.expunge(); n != 0 {
		t.Fatalf("%d cases were destroyed under a hold", n)
	}
	if text := string(p.Ask(t, hubtest.Persona("dpo"), "{ expungements(first: 1) { nodes { due { heldUntil } } } }", nil).Body); strings.Contains(text, `"heldUntil":null`) {
		t.Errorf("%s", text)
	}
	other := p.closed()
	hold(other["number"]).done()
	if n := p.seal(); n != 1 {
		t.Errorf("%d cases were sealed under a hold", n)
	}
	p.do("dpo", "liftHold", "until", map[string]any{"id": held["id"], "expectedVersion": 1}).done()
	p.do("dpo", "liftHold", "until", map[string]any{"id": held["id"], "expectedVersion": 2}).Refused("INVALID", "has ended")
	p.unseal(due["number"].(string), "judge-ganja", 24).done()
	if n := p.expunge(); n != 0 {
		t.Fatalf("%d cases were destroyed that an order opens", n)
	}
	p.sql("update korpu.unseal_order set until = now() where case_number = $1", due["number"])
	if n := p.expunge(); n != 1 {
		t.Fatalf("%d cases were destroyed after the hold", n)
	}
}

func TestAHoldIsAnsweredAlikeWhetherOrNotThereIsSuchACase(t *testing.T) {
	p := settled(t)
	answers := map[string]string{}
	for what, number := range map[string]any{"due": p.old()["number"], "open": p.opened()["number"], "never": "SUM-1999-00001"} {
		answers[what] = withoutNumber(p.do("dpo", "holdRecord", "number order legalBasis until version", map[string]any{"number": number, "order": "o", "legalBasis": "b", "until": p.in(48)}), number.(string))
	}
	for what, body := range answers {
		if body != answers["never"] {
			t.Errorf("%s: %s, and of one that never was: %s", what, body, answers["never"])
		}
	}
	p.do("dpo", "holdRecord", "id", map[string]any{"number": "SUM-1999-00001", "order": "o", "legalBasis": "b", "until": p.in(-1)}).Refused("INVALID", "until")
	p.do("judge-sumgayit", "holdRecord", "id", map[string]any{"number": "SUM-1999-00001", "order": "o", "legalBasis": "b", "until": p.in(1)}).Refused("INVALID", "")
}

package commands

import (
	"testing"

	"korpu/internal/hubtest"
)

// ward is a new child with whom the social worker works, and to whose case the police in Sumgayit is a party.
func (p *place) ward() string {
	p.t.Helper()
	child := p.opened()["child"].(map[string]any)["id"].(string)
	if _, err := p.admin.Exec(p.t.Context(), `insert into korpu.care_team_member (child_id, agency_id, author_id, staff_id, task, since)
		select $1, agency_id, id, id, 'Support', current_date from korpu.staff where id = $2`, child, p.person("social-worker")); err != nil {
		p.t.Fatal(err)
	}
	return child
}

func TestAReferralOpensTheChildToItsReceiverUntilItIsRevoked(t *testing.T) {
	p := open(t)
	child := p.ward()
	sees := func() bool {
		return p.Ask(t, hubtest.Persona("coach-sumgayit"), "query($id: ID!) { child(id: $id) { id } }", map[string]any{"id": child}).Data(t)["child"] != nil
	}
	if sees() {
		t.Fatal("the coach sees the child before")
	}
	sent := p.do("social-worker", "refer", "id status version", map[string]any{"child": child, "receiver": p.agency("SUM-SPORT"), "service": "SPORT", "need": "Football."}).done()
	if !sees() || sent["status"] != "SENT" {
		t.Fatalf("%v", sent)
	}
	p.do("school-sumgayit", "acceptReferral", "status", map[string]any{"id": sent["id"], "expectedVersion": 1}).Refused("NOT_FOUND", "")
	accepted := p.do("coach-sumgayit", "acceptReferral", "status version", map[string]any{"id": sent["id"], "expectedVersion": 1}).done()
	if accepted["status"] != "ACCEPTED" {
		t.Fatalf("%v", accepted)
	}
	p.do("coach-sumgayit", "acceptReferral", "status", map[string]any{"id": sent["id"], "expectedVersion": 2}).Refused("INVALID", "leads from")
	p.do("coach-sumgayit", "startService", "status version", map[string]any{"id": sent["id"], "expectedVersion": 2}).done()
	p.do("social-worker", "revokeReferral", "status", map[string]any{"id": sent["id"], "expectedVersion": 3}).done()
	if sees() {
		t.Fatal("the coach sees the child after the referral was revoked")
	}
}

func TestARejectionIsCoded(t *testing.T) {
	p := open(t)
	sent := p.do("social-worker", "refer", "id", map[string]any{"child": p.ward(), "receiver": p.agency("SUM-SPORT"), "service": "SPORT"}).done()
	p.do("coach-sumgayit", "rejectReferral", "status", map[string]any{"id": sent["id"], "expectedVersion": 1, "rejection": "too far"}).Refused("INVALID", "")
	// Who has rejected a referral has nothing to do with the child any more, and is answered null.
	if r := p.do("coach-sumgayit", "rejectReferral", "status rejection", map[string]any{"id": sent["id"], "expectedVersion": 1, "rejection": "DISTANCE"}).done(); r != nil {
		t.Fatalf("%v", r)
	}
	if why := value[string](p, "select rejection from korpu.referral where id = $1", sent["id"]); why != "DISTANCE" {
		t.Fatal(why)
	}
}

// What is taken away is gone for every request that begins after the commit, on every instance.
func TestARightThatEndsEndsOnEveryInstanceWithTheNextRequest(t *testing.T) {
	p := open(t)
	other := p.Instance(t)
	child := p.ward()
	colleague := hubtest.Persona("social-worker-two")
	query := "query($id: ID!) { child(id: $id) { id } }"
	sees := func() (first, second bool) {
		return p.Ask(t, colleague, query, map[string]any{"id": child}).Data(t)["child"] != nil,
			hubtest.Send(t, other, p.Request(t, colleague, query, map[string]any{"id": child})).Data(t)["child"] != nil
	}
	joined := p.do("social-worker", "joinCareTeam", "id version", map[string]any{"child": child, "staff": p.person("social-worker-two"), "task": "Cover.", "explained": "She helps you too."}).done()
	if first, second := sees(); !first || !second {
		t.Fatalf("after joining: %t, %t", first, second)
	}
	p.do("social-worker", "leaveCareTeam", "leftAt", map[string]any{"id": joined["id"], "expectedVersion": 1, "explained": "She has other work now."}).done()
	if first, second := sees(); first || second {
		t.Fatalf("after leaving: %t, %t", first, second)
	}
	p.do("social-worker", "leaveCareTeam", "leftAt", map[string]any{"id": joined["id"], "expectedVersion": 2, "explained": "She has other work now."}).Refused("INVALID", "has left")
}

func TestAConsentOpensAFieldUntilItIsWithdrawnOnEveryInstance(t *testing.T) {
	p := open(t)
	other := p.Instance(t)
	child := p.ward()
	if _, err := p.admin.Exec(t.Context(), "update korpu.child set safety_need = 'Asthma' where id = $1", child); err != nil {
		t.Fatal(err)
	}
	p.do("officer-sumgayit", "addParty", "id", map[string]any{"case": value[string](p, "select id::text from korpu.case_file where child_id = $1", child), "agency": p.agency("SUM-COURT"), "capacity": "COURT"}).done()
	judge := hubtest.Persona("judge-sumgayit")
	reads := func() string {
		text := ""
		for _, r := range []hubtest.Response{
			p.Ask(t, judge, "query($id: ID!) { child(id: $id) { safetyNeed } }", map[string]any{"id": child}),
			hubtest.Send(t, other, p.Request(t, judge, "query($id: ID!) { child(id: $id) { safetyNeed } }", map[string]any{"id": child})),
		} {
			found, ok := r.Data(t)["child"].(map[string]any)
			if !ok {
				return "no child"
			}
			if found["safetyNeed"] != nil {
				text += found["safetyNeed"].(string)
			}
		}
		return text
	}
	if got := reads(); got != "" {
		t.Fatalf("without consent: %q", got)
	}
	given := p.do("social-worker", "giveConsent", "id version", map[string]any{
		"child": child, "kind": "CONSENT", "recipient": p.agency("SUM-COURT"), "classes": []string{"HEALTH_SAFETY", "SCHOOL_STATUS"}, "purposes": []string{"CASE_PROCEEDINGS"},
	}).done()
	if got := reads(); got != "AsthmaAsthma" {
		t.Fatalf("with consent: %q", got)
	}
	p.do("social-worker", "narrowConsent", "id", map[string]any{"id": given["id"], "expectedVersion": 1, "classes": []string{"IDENTITY"}, "purposes": []string{"CASE_PROCEEDINGS"}}).Refused("INVALID", "narrowed")
	p.do("social-worker", "narrowConsent", "id", map[string]any{"id": given["id"], "expectedVersion": 1, "classes": []string{"SCHOOL_STATUS"}, "purposes": []string{"CASE_PROCEEDINGS"}}).done()
	if got := reads(); got != "" {
		t.Fatalf("after it was narrowed: %q", got)
	}
	p.do("social-worker", "withdrawConsent", "withdrawnAt", map[string]any{"id": given["id"], "expectedVersion": 2}).done()
	p.do("social-worker", "withdrawConsent", "withdrawnAt", map[string]any{"id": given["id"], "expectedVersion": 3}).Refused("INVALID", "withdrawn")
}

package commands

import (
	"testing"

	"korpu/internal/hubtest"
)

func TestAStayGoesFromAdmissionOverATransferToRelease(t *testing.T) {
	p := open(t)
	opened := p.opened()
	child := opened["child"].(map[string]any)["id"].(string)
	admit := map[string]any{
		"child": child, "case": opened["id"], "facility": p.agency("SUM-CUSTODY"), "placeKind": "POLICE_CUSTODY", "status": "PRE_SENTENCE",
		"orderNumber": "17", "ground": "Order of the investigator", "admittedAt": value[string](p, "select to_char(now() - interval '2 hours', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"),
	}
	stay := p.do("officer-sumgayit", "admitToDetention", "id version facility { code }", admit).done()
	delete(admit, "idempotencyKey")
	p.do("officer-sumgayit", "admitToDetention", "id", admit).Refused("INVALID", "already")
	contact := func(command string, more map[string]any) outcome {
		input := map[string]any{"detention": stay["id"], "at": admit["admittedAt"]}
		for name, v := range more {
			input[name] = v
		}
		return p.do("registrar-sumgayit", command, "kind", input)
	}
	contact("requestLawyer", nil).done()
	contact("appointLawyer", map[string]any{"lawyer": p.person("lawyer")}).done()
	for i, kind := range []string{"FIRST_MET", "MET"} {
		if met := contact("recordLawyerMeeting", map[string]any{"lawyer": p.person("lawyer"), "inPrivate": i == 0}).done(); met["kind"] != kind {
			t.Fatalf("meeting %d is %v", i, met)
		}
	}
	moved := p.do("registrar-sumgayit", "transferDetention", "releasedAt", map[string]any{
		"id": stay["id"], "expectedVersion": 1, "transferredTo": p.agency("ISOLATOR"), "releasedAt": value[string](p, "select to_char(now() - interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"),
	})
	moved.done()
	next := p.Ask(t, hubtest.Persona("registrar"), "{ detentions(first: 1) { nodes { id version child { id } orderNumber releasedAt } } }", nil).Data(t)["detentions"].(map[string]any)["nodes"].([]any)[0].(map[string]any)
	if next["child"].(map[string]any)["id"] != child || next["orderNumber"] != "17" || next["releasedAt"] != nil {
		t.Fatalf("in the isolator: %v", next)
	}
	now := value[string](p, "select to_char(now(), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
	p.do("registrar", "releaseFromDetention", "releasedAt", map[string]any{"id": next["id"], "expectedVersion": 1, "releasedAt": "2000-01-01T00:00:00Z"}).Refused("INVALID", "before the admission")
	p.do("registrar", "releaseFromDetention", "releasedAt", map[string]any{"id": next["id"], "expectedVersion": 1, "releasedAt": now}).done()
	if held := value[int](p, "select cardinality(holders) from korpu.child where id = $1", child); held != 0 {
		t.Fatalf("%d places hold the child", held)
	}
}

func TestAClinicLawyerTakesAMandateWritesSignsAndReleasesANote(t *testing.T) {
	p := open(t)
	child := p.ward()
	p.do("lawyer", "takeMandate", "id", map[string]any{"child": child, "scope": "Defence"}).Refused("NOT_FOUND", "")
	p.do("social-worker", "refer", "id", map[string]any{"child": child, "receiver": p.agency("CLINIC"), "service": "ASSISTANCE"}).done()
	mandate := p.do("lawyer", "takeMandate", "id scope", map[string]any{"child": child, "scope": "Defence"}).done()
	note := p.do("lawyer", "writeNote", "id title body signedAt version", map[string]any{"child": child, "title": "First talk", "body": "What the child said."}).done()
	if note["body"] != "What the child said." || note["signedAt"] != nil {
		t.Fatalf("%v", note)
	}
	p.do("lawyer", "rewriteNote", "body", map[string]any{"id": note["id"], "expectedVersion": 1, "title": "First talk", "body": "What the child said, in full."}).done()
	release := func() outcome {
		return p.do("lawyer", "releaseNote", "id recipient { code }", map[string]any{"note": note["id"], "recipient": p.agency("SUM-BAR")})
	}
	release().Refused("INVALID", "signed")
	p.do("lawyer", "signNote", "signedAt", map[string]any{"id": note["id"], "expectedVersion": 2}).done()
	p.do("lawyer", "rewriteNote", "body", map[string]any{"id": note["id"], "expectedVersion": 3, "title": "x", "body": "y"}).Refused("INVALID", "does not change")
	release().Refused("INVALID", "consented")
	p.do("lawyer", "giveConsent", "id", map[string]any{"child": child, "kind": "CONSENT", "recipient": p.agency("SUM-BAR"), "classes": []string{"RELEASED_NOTE"}, "purposes": []string{"LEGAL_DEFENCE"}}).done()
	p.do("lawyer", "recordAssent", "id", p.asked(child, "SUM-BAR", "LATER", "RELEASED_NOTE")).done()
	release().Refused("INVALID", "consented")
	p.do("lawyer", "recordAssent", "id", p.asked(child, "SUM-BAR", "YES", "RELEASED_NOTE")).done()
	release().done()
	defender := p.person("defender-sumgayit")
	if _, err := p.admin.Exec(t.Context(), "insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since) select $1, agency_id, id, id, 'Defence', current_date from korpu.staff where id = $2", child, defender); err != nil {
		t.Fatal(err)
	}
	seen := p.Ask(t, hubtest.Persona("defender-sumgayit"), "query($id: ID!) { child(id: $id) { releasedNotes { title body } } }", map[string]any{"id": child}).Data(t)["child"].(map[string]any)["releasedNotes"].([]any)
	if len(seen) != 1 || seen[0].(map[string]any)["body"] != "What the child said, in full." {
		t.Fatalf("the defender sees %v", seen)
	}
	p.do("lawyer", "endMandate", "endedAt", map[string]any{"id": mandate["id"], "expectedVersion": 1}).done()
	for who, kept := range map[string]float64{"lawyer": 1, "lawyer-two": 0} { // what its author wrote stays with the author, for retention
		notes := p.Ask(t, hubtest.Persona(who), "query($id: ID!) { child(id: $id) { legalNotes { totalCount } } }", map[string]any{"id": child}).Data(t)["child"].(map[string]any)["legalNotes"]
		if notes.(map[string]any)["totalCount"] != kept {
			t.Fatalf("after the mandate has ended %s sees %v", who, notes)
		}
	}
	p.do("lawyer", "signNote", "id", map[string]any{"id": note["id"], "expectedVersion": 3}).Refused("NOT_FOUND", "")
	p.do("lawyer", "writeNote", "id", map[string]any{"child": child, "title": "x", "body": "y"}).Refused("NOT_FOUND", "")
}

// A child may have been held elsewhere before: the register of another place is none of the registrar's business.
func TestARegistrarRecordsContactsOnTheStayInItsOwnRegisterOnly(t *testing.T) {
	p := open(t)
	opened := p.opened()
	child := opened["child"].(map[string]any)["id"]
	stay := func(facility string) any {
		return p.do("officer-sumgayit", "admitToDetention", "id", map[string]any{
			"child": child, "case": opened["id"], "facility": p.agency(facility), "placeKind": "POLICE_CUSTODY", "status": "PRE_SENTENCE",
			"orderNumber": "17", "ground": "Order of the investigator", "admittedAt": value[string](p, "select to_char(now() - interval '2 hours', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"),
		}).done()["id"]
	}
	here, elsewhere := stay("SUM-CUSTODY"), stay("ISOLATOR")
	at := value[string](p, "select to_char(now() - interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
	p.do("registrar-sumgayit", "requestLawyer", "id", map[string]any{"detention": here, "at": at}).done()
	p.do("registrar-sumgayit", "requestLawyer", "id", map[string]any{"detention": elsewhere, "at": at}).Refused("NOT_FOUND", "")
}

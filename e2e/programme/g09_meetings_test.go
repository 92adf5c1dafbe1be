package programme

import "testing"

const talkNotes = "query($id: ID!) { child(id: $id) { sessions(first: 20) { nodes { attended psychologicalNotes { writtenAt body withheld { field } } } } } }"

// As psychologist I record that we met, and what was said for nobody else; with consent the child's lawyer of the clinic reads it.
func TestStoryG09WhatIsSaidWithThePsychologistIsForNobodyElse(t *testing.T) {
	s := tell(t)
	c := s.ward()
	plan := s.inForce(c)
	talks := ""
	for _, a := range list(plan, "actions") {
		if a["what"] == "Weekly talks" {
			talks = a["id"].(string)
		}
	}
	met := s.do("psychologist", "planSession", "id version", map[string]any{"action": talks, "plannedAt": moment(-3), "place": "CENTRE"}).Done()
	s.attended("psychologist", met, "YES", nil).Done()
	note := s.do("psychologist", "writePsychologicalNote", "id", map[string]any{"session": met["id"], "body": "He dreams of the sea."}).Done()
	s.do("psychologist", "rewritePsychologicalNote", "body", map[string]any{"id": note["id"], "expectedVersion": 1, "body": "He dreams of a bridge."}).Done()
	visit := s.planned("social-worker", plan, -3, "CENTRE")
	s.do("psychologist", "writePsychologicalNote", "id", map[string]any{"session": visit["id"], "body": "x"}).Refused("NOT_FOUND", "")

	reads := func(who string) map[string]any {
		t.Helper()
		for _, n := range list(s.asks(who, talkNotes, map[string]any{"id": c.id}).(map[string]any)["sessions"].(map[string]any), "nodes") {
			for _, note := range list(n, "psychologicalNotes") {
				return note
			}
		}
		return nil
	}
	if mine := reads("psychologist"); mine["body"] != "He dreams of a bridge." {
		t.Fatalf("%v", mine)
	}
	// That they met the manager sees; what was said, no manager, worker, court or administrator can ask for.
	for _, who := range []string{"manager", "social-worker", "judge-sumgayit", "clerk-sumgayit", "secretary-sumgayit", "inspector-sumgayit", "administrator", "dpo"} {
		s.hasNo(who, "{ child(id: \"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001\") { sessions { nodes { psychologicalNotes { body } } } } }")
	}
	if value[bool](s, "select position(convert_to('dreams', 'UTF8') in body) > 0 from korpu.psychological_note where id = $1", note["id"]) {
		t.Fatal("the database holds the text")
	}

	// The lawyer learns that there is a note, and reads it once the child has consented.
	s.run("insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since) select $1, agency_id, id, id, 'Defence', current_date from korpu.staff where id = $2", c.id, s.person("lawyer"))
	if before := reads("lawyer"); before["body"] != nil || before["writtenAt"] == nil || len(list(before, "withheld")) != 1 {
		t.Fatalf("%v", before)
	}
	given := s.do("social-worker", "giveConsent", "id", map[string]any{
		"child": c.id, "kind": "CONSENT", "recipient": s.agency("CLINIC"), "classes": []string{"PSYCHOLOGICAL"}, "purposes": []string{"LEGAL_DEFENCE"},
	}).Done()
	if after := reads("lawyer"); after["body"] != "He dreams of a bridge." {
		t.Fatalf("%v", after)
	}
	s.do("social-worker", "withdrawConsent", "id", map[string]any{"id": given["id"], "expectedVersion": 1}).Done()
	if after := reads("lawyer"); after["body"] != nil {
		t.Fatalf("%v", after)
	}
}

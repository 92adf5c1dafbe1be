package programme

import "testing"

// football is the action of a plan that the sports club does.
func football(plan map[string]any) string {
	for _, a := range list(plan, "actions") {
		if a["what"] == "Football" {
			return a["id"].(string)
		}
	}
	return ""
}

// met are the sessions with a child that a persona sees.
func (s *story) met(who string, c child) []map[string]any {
	s.t.Helper()
	return of(s.nodes(who, "{ sessions(first: 100) { nodes { id attended place child { id } action { what } } } }", nil), c)
}

// of keeps the records of a child.
func of(records []map[string]any, c child) []map[string]any {
	var all []map[string]any
	for _, r := range records {
		if whose, known := r["child"].(map[string]any); known && whose["id"] == c.id {
			all = append(all, r)
		}
	}
	return all
}

// As coach I say who comes to football, and see of the child what I need for it.
func TestStoryG11TheClubConfirmsWhoComesToItsOwnActivity(t *testing.T) {
	s := tell(t)
	c := s.ward()
	s.run("update korpu.child set safety_need = 'Asthma' where id = $1", c.id)
	plan := s.inForce(c)
	at := func(action string, hours int) map[string]any {
		return map[string]any{"action": action, "plannedAt": moment(hours), "place": "ACTIVITY"}
	}
	training := s.do("coach-sumgayit", "planSession", "id version place action { what }", at(football(plan), -3)).Done()
	if training["action"].(map[string]any)["what"] != "Football" {
		t.Fatalf("%v", training)
	}
	s.attended("coach-sumgayit", training, "NO", nil).Refused("INVALID", "has a reason")
	if came := s.attended("coach-sumgayit", training, "YES", nil).Done(); came["attended"] != "YES" {
		t.Fatalf("%v", came)
	}
	s.attended("coach-sumgayit", s.do("coach-sumgayit", "planSession", "id", at(football(plan), -27)).Done(), "NO", map[string]any{"reason": "ILLNESS", "acceptable": true}).Done()

	// What others do for the child is no affair of the club, nor what it has recorded theirs to change.
	visit := s.planned("social-worker", plan, -5, "CENTRE")
	s.do("coach-sumgayit", "planSession", "id", at(visits(plan), -3)).Refused("NOT_FOUND", "")
	s.attended("coach-sumgayit", visit, "YES", nil).Refused("NOT_FOUND", "")
	s.attended("social-worker", training, "NO", map[string]any{"reason": "FORGOTTEN"}).Refused("NOT_FOUND", "")
	for who, wanted := range map[string]int{"coach-sumgayit": 2, "manager": 3, "social-worker": 3, "psychologist": 0} {
		if n := len(s.met(who, c)); n != wanted {
			t.Errorf("%s sees %d sessions, not %d", who, n, wanted)
		}
	}
	for _, a := range list(s.asks("manager", weeks, map[string]any{"id": c.id}).(map[string]any), "planActions") {
		if sum := 0; a["what"] == "Football" {
			for _, w := range list(a, "weeks") {
				sum += int(w["attended"].(float64)) + int(w["excused"].(float64))
			}
			if sum != 2 {
				t.Errorf("the manager sees %v", a)
			}
		}
	}

	// First name, age, and with consent what the child needs to be safe; nothing else of the child is there to be asked for.
	s.do("social-worker", "giveConsent", "id", map[string]any{
		"child": c.id, "kind": "CONSENT", "recipient": s.agency("SUM-SPORT"), "classes": []string{"HEALTH_SAFETY"}, "purposes": []string{"SERVICE_DELIVERY"},
	}).Done()
	if found, _ := s.shown("coach-sumgayit", c, "givenName", "yearOfBirth", "safetyNeed"); found["givenName"] != "Orxan" || found["yearOfBirth"] == nil || found["safetyNeed"] != "Asthma" {
		t.Fatalf("%v", found)
	}
	for _, field := range []string{"familyName", "bornOn", "address", "schoolStatus", "cases { totalCount }", "careTeam { task }", "carePlans { id }", "district { name }"} {
		s.hasNo("coach-sumgayit", "{ children { nodes { "+field+" } } }")
	}
	s.hasNo("coach-sumgayit", "{ sessions { nodes { worker { name } } } }")
	s.hasNo("coach-sumgayit", "{ sessions { nodes { notes { body } } } }")

	// With the plan its part ends.
	s.step("social-worker", "closePlan", plan, nil).Done()
	if n := len(s.met("coach-sumgayit", c)); n != 0 {
		t.Errorf("the coach sees %d sessions of a plan that has ended", n)
	}
}

// In the country clubs have recorded who came.
func TestStoryG11ClubsOfTheCountryHaveRecordedWhoCame(t *testing.T) {
	s := tellOf(t, 300)
	if n := len(s.nodes("coach-sumgayit", "{ sessions(first: 100) { nodes { attended } } }", map[string]any{"attended": "YES"})); n < 3 {
		t.Fatalf("%d sessions were attended", n)
	}
}

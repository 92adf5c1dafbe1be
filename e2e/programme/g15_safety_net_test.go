package programme

import "testing"

const (
	net     = "query($id: ID!) { child(id: $id) { helpers(first: 100) { name task since until responsible agency { code } } } }"
	ownNet  = "query($id: ID!) { child(id: $id) { helpers(first: 100) { name since responsible } } }"
	changed = "query($id: ID!) { child(id: $id) { careTeamChanges(first: 100) { change at explained by { id } member { staff { id } } } } }"
)

// helpers are who helps a child as a persona sees it, by name.
func (s *story) helpers(who, query string, c child) map[string]map[string]any {
	s.t.Helper()
	found, _ := s.asks(who, query, map[string]any{"id": c.id}).(map[string]any)
	all := map[string]map[string]any{}
	for _, h := range list(found, "helpers") {
		all[h["name"].(string)] = h
	}
	return all
}

func (s *story) name(who string) string {
	return value[string](s, "select name from korpu.staff where id = $1", s.person(who))
}

// As social worker I see all who help a child on one page; a partner sees its own people and whom to ask.
func TestStoryG15AllWhoHelpAreOnOnePageAndPartnersSeeTheirOwnAndTheContact(t *testing.T) {
	s := tell(t)
	c := s.supervised()
	sent := s.do("social-worker", "refer", "id", map[string]any{"child": c.id, "receiver": s.agency("SUM-SPORT"), "service": "SPORT"}).Done()
	s.do("coach-sumgayit", "acceptReferral", "id", map[string]any{"id": sent["id"], "expectedVersion": 1}).Done()
	s.joins(c, "coach-sumgayit")
	s.do("manager", "giveCover", "id", map[string]any{"child": c.id, "staff": s.person("social-worker-two"), "insteadOf": s.person("social-worker"), "reason": "Leave.", "endsAt": moment(24 * 7)}).Done()

	for _, who := range []string{"social-worker", "manager", "psychologist"} {
		all := s.helpers(who, net, c)
		if len(all) != 5 {
			t.Fatalf("%s sees %v", who, all)
		}
		worker, colleague, inspector := all[s.name("social-worker")], all[s.name("social-worker-two")], all[s.name("inspector-sumgayit")]
		if worker["responsible"] != true || worker["until"] != nil || worker["since"] != day(0) || colleague["until"] != day(7) || colleague["task"] != "Leave." {
			t.Fatalf("%s sees %v", who, all)
		}
		if inspector["agency"].(map[string]any)["code"] != "SUM-POLICE" || inspector["task"] != "Weekly meetings." {
			t.Fatalf("%s sees %v", who, inspector)
		}
	}
	for who, query := range map[string]string{"coach-sumgayit": ownNet, "inspector-sumgayit": net} {
		seen := s.helpers(who, query, c)
		if len(seen) != 2 || seen[s.name(who)] == nil || seen[s.name("social-worker")]["responsible"] != true {
			t.Fatalf("%s sees %v", who, seen)
		}
	}
	// A club learns nothing of why, nor of which agencies there are.
	for _, field := range []string{"task", "agency { name }", "staff { name }"} {
		s.hasNo("coach-sumgayit", "{ child(id: \"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001\") { helpers { "+field+" } } }")
	}
	for _, who := range []string{"judge-sumgayit", "prosecutor-sumgayit", "officer-sumgayit", "secretary-sumgayit"} {
		s.hasNo(who, "{ child(id: \"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001\") { helpers { name } } }")
	}
}

// Joining opens the child, leaving closes it with the next request; each change is explained to the child, and stays on record.
func TestStoryG15JoiningGrantsAccessLeavingRevokesItAndTheChildIsToldOfEach(t *testing.T) {
	s := tell(t)
	c := s.ward()
	colleague := map[string]any{"child": c.id, "staff": s.person("social-worker-two"), "task": "Family visits."}
	sees := func() bool { return s.asks("social-worker-two", knowsThat, map[string]any{"id": c.id}) != nil }
	s.do("manager", "joinCareTeam", "id", colleague).Refused("INVALID", "explained")
	colleague["explained"], colleague["idempotencyKey"] = " ", nil
	s.do("manager", "joinCareTeam", "id", colleague).Refused("INVALID", "explained")
	if sees() {
		t.Fatal("the colleague sees the child before")
	}
	colleague["explained"], colleague["idempotencyKey"] = "Aynur visits your family with me.", nil
	joined := s.do("manager", "joinCareTeam", "id explained responsible", colleague).Done()
	if !sees() || joined["responsible"] != false {
		t.Fatalf("%v, and the colleague sees the child: %t", joined, sees())
	}
	s.do("social-worker", "nameResponsible", "responsible", map[string]any{"id": joined["id"], "expectedVersion": 1, "explained": "Ask Aynur first."}).Done()
	if all := s.helpers("social-worker", net, c); all[s.name("social-worker-two")]["responsible"] != true || all[s.name("social-worker")]["responsible"] != false {
		t.Fatalf("%v", all)
	}
	leave := func(version int) map[string]any {
		return map[string]any{"id": joined["id"], "expectedVersion": version, "explained": "Aynur has moved away."}
	}
	s.do("manager-sumgayit", "leaveCareTeam", "id", leave(2)).Refused("NOT_FOUND", "")
	s.do("manager", "leaveCareTeam", "id", leave(2)).Done()
	if sees() {
		t.Fatal("the colleague sees the child after leaving")
	}
	if _, there := s.helpers("social-worker", net, c)[s.name("social-worker-two")]; there {
		t.Fatal("who has left is among those who help")
	}
	s.do("manager", "nameResponsible", "id", leave(3)).Refused("INVALID", "has left")

	told := map[any]any{}
	for _, one := range list(s.asks("social-worker", changed, map[string]any{"id": c.id}).(map[string]any), "careTeamChanges") {
		if one["member"].(map[string]any)["staff"].(map[string]any)["id"] == s.person("social-worker-two") {
			told[one["change"]] = []any{one["explained"], one["by"].(map[string]any)["id"], one["at"] != nil}
		}
	}
	for change, wanted := range map[string][]any{
		"JOINED": {"Aynur visits your family with me.", s.person("manager"), true}, "RESPONSIBLE": {"Ask Aynur first.", s.person("social-worker"), true},
		"LEFT": {"Aynur has moved away.", s.person("manager"), true},
	} {
		got, _ := told[change].([]any)
		if len(got) != 3 || got[0] != wanted[0] || got[1] != wanted[1] || got[2] != true {
			t.Errorf("of %s the child was told %v", change, got)
		}
	}
}

package programme

import (
	"testing"

	"korpu/internal/hubtest"
)

const planFields = "id version status assentedOn guardianAgreedOn goals { id domain goal } actions { id version what }"

// draft is a plan with a reason in its goal: visits that the court may know of, talks with the psychologist, and football.
func (s *story) draft(c child) map[string]any {
	s.t.Helper()
	s.run("insert into korpu.referral (child_id, agency_id, author_id, receiver_id, service, status, sent_on) select $1, agency_id, id, $3, 'SPORT', 'ACTIVE', current_date from korpu.staff where id = $2",
		c.id, s.person("social-worker"), s.agency("SUM-SPORT"))
	return s.do("social-worker", "draftPlan", planFields, map[string]any{
		"case": c.file, "startsOn": day(0), "endsOn": day(200), "reviewOn": day(30),
		"goals": []any{
			goal("SCHOOL", "He stole because he had nothing to do; he wants to finish school.",
				action(s.agency("BAK-CENTRE"), "Visits to the centre", 3, true), action(s.agency("SUM-SPORT"), "Football", 2, false)),
			goal("PSYCHOLOGICAL", "He wants to sleep again.", action(s.agency("BAK-CENTRE"), "Weekly talks", 1, false)),
		},
	}).Done()
}

func goal(domain, text string, actions ...any) map[string]any {
	return map[string]any{"domain": domain, "goal": text, "actions": actions}
}

func action(provider, what string, timesPerWeek int, forAuthority bool) map[string]any {
	return map[string]any{"provider": provider, "what": what, "timesPerWeek": timesPerWeek, "startsOn": day(-14), "forAuthority": forAuthority}
}

// step takes a plan from one state to the next, at the version at which it is.
func (s *story) step(who, command string, plan map[string]any, more map[string]any) hubtest.Outcome {
	s.t.Helper()
	input := map[string]any{"id": plan["id"], "expectedVersion": value[int](s, "select version from korpu.care_plan where id = $1", plan["id"])}
	for name, given := range more {
		input[name] = given
	}
	return s.do(who, command, planFields, input)
}

// agrees has the guardian speak for what the centre does with the plan.
func (s *story) agrees(c child) {
	s.t.Helper()
	s.do("social-worker", "giveConsent", "id", map[string]any{
		"child": c.id, "kind": "CONSENT", "recipient": s.agency("BAK-CENTRE"), "classes": []string{"PLAN"}, "purposes": []string{"REHABILITATION"},
	}).Done()
}

// says has the child answer whether the centre may do so.
func (s *story) says(c child, answer string) {
	s.t.Helper()
	s.do("social-worker", "recordAssent", "id", map[string]any{
		"child": c.id, "recipient": s.agency("BAK-CENTRE"), "classes": []string{"PLAN"}, "purposes": []string{"REHABILITATION"},
		"form": "WORDS", "language": "az", "answer": answer,
	}).Done()
}

// inForce is a plan that child and guardian have agreed to and the manager has approved.
func (s *story) inForce(c child) map[string]any {
	s.t.Helper()
	plan := s.draft(c)
	s.says(c, "YES")
	s.agrees(c)
	s.step("social-worker", "agreePlan", plan, nil).Done()
	return s.step("manager", "approvePlan", plan, nil).Done()
}

// As social worker I agree a plan with child and family; without the child's assent it does not come into force.
func TestStoryG06APlanNeedsTheChildsAssentTheGuardianAndTheManager(t *testing.T) {
	s := tell(t)
	c := s.ward()
	plan := s.draft(c)
	s.step("social-worker", "agreePlan", plan, nil).Refused("INVALID", "live assent of the child")
	s.says(c, "YES")
	s.step("social-worker", "agreePlan", plan, nil).Refused("INVALID", "agreement of the guardian")
	s.agrees(c)
	s.step("manager", "approvePlan", plan, nil).Refused("INVALID", "leads from [AGREED]")
	agreed := s.step("social-worker", "agreePlan", plan, nil).Done()
	if agreed["assentedOn"] != day(0) || agreed["guardianAgreedOn"] != day(0) {
		t.Fatalf("%v", agreed)
	}

	// What was agreed does not change; the manager sends it back, or approves.
	change := map[string]any{"id": agreed["actions"].([]any)[0].(map[string]any)["id"], "expectedVersion": 1, "provider": s.agency("BAK-CENTRE"), "what": "Less", "startsOn": day(0)}
	s.do("social-worker", "changeAction", "id", change).Refused("INVALID", "do not change")
	s.step("manager-sumgayit", "approvePlan", plan, nil).Refused("NOT_FOUND", "")
	if back := s.step("manager", "returnPlan", plan, nil).Done(); back["status"] != "DRAFT" || back["assentedOn"] != nil {
		t.Fatalf("%v", back)
	}
	change["idempotencyKey"] = nil
	s.do("social-worker", "changeAction", "id", change).Done()
	s.step("social-worker", "agreePlan", plan, nil).Done()

	// A child who takes the assent back in time is heard.
	s.says(c, "NO")
	s.step("manager", "approvePlan", plan, nil).Refused("INVALID", "live assent of the child")
	s.says(c, "YES")
	if approved := s.step("manager", "approvePlan", plan, nil).Done(); approved["status"] != "ACTIVE" {
		t.Fatalf("%v", approved)
	}
	s.step("social-worker", "reviewPlan", plan, map[string]any{"reviewOn": day(60)}).Done()

	// One plan is in force in a case. The next waits until it is closed.
	next := s.draft(c)
	s.step("social-worker", "agreePlan", next, nil).Done()
	s.step("manager", "approvePlan", next, nil).Refused("INVALID", "in force")
	s.step("social-worker", "closePlan", plan, nil).Done()
	s.step("manager", "approvePlan", next, nil).Done()
}

// Against a child's will a plan is in force only by a decision that names the interest and who decided.
func TestStoryG06ABestInterestsDecisionNamesTheInterestAndWhoDecided(t *testing.T) {
	s := tell(t)
	plan := s.draft(s.ward())
	s.step("social-worker", "agreePlan", plan, map[string]any{"bestInterests": "Safety at home."}).Refused("INVALID", "who decided")
	s.step("social-worker", "agreePlan", plan, map[string]any{"bestInterests": "Safety at home.", "decider": s.person("manager")}).Done()
	if approved := s.step("manager", "approvePlan", plan, nil).Done(); approved["assentedOn"] != nil {
		t.Fatalf("%v", approved)
	}
}

const lines = "query($id: ID!) { child(id: $id) { planActions(first: 100) { what timesPerWeek } } }"

// what a persona sees is done for a child.
func (s *story) what(who string, c child) []string {
	s.t.Helper()
	found, _ := s.asks(who, lines, map[string]any{"id": c.id}).(map[string]any)
	all := []string{}
	for _, a := range list(found, "planActions") {
		all = append(all, a["what"].(string))
	}
	return all
}

// Authorities see what is marked for them, a provider its own line; nobody of them sees goal or reason.
func TestStoryG06AuthoritiesSeeWhatIsMarkedForThemAndProvidersTheirOwnLine(t *testing.T) {
	s := tell(t)
	c := s.ward()
	plan := s.draft(c)
	for _, who := range []string{"secretary-sumgayit", "coach-sumgayit"} {
		if seen := s.what(who, c); len(seen) > 0 {
			t.Fatalf("%s sees %v of a draft", who, seen)
		}
	}
	s.says(c, "YES")
	s.agrees(c)
	s.step("social-worker", "agreePlan", plan, nil).Done()
	s.step("manager", "approvePlan", plan, nil).Done()
	for who, wanted := range map[string][]string{"secretary-sumgayit": {"Visits to the centre"}, "coach-sumgayit": {"Football"}, "psychologist": {"Weekly talks"}} {
		if seen := s.what(who, c); len(seen) != 1 || seen[0] != wanted[0] {
			t.Errorf("%s sees %v, not %v", who, seen, wanted)
		}
	}
	ends := value[string](s, "update korpu.care_plan set starts_on = current_date - 300, ends_on = current_date - 1 where id = $1 returning (select ends_on::text from korpu.care_plan where id = $1)", plan["id"])
	for _, who := range []string{"secretary-sumgayit", "coach-sumgayit"} {
		if seen := s.what(who, c); len(seen) > 0 {
			t.Errorf("%s sees %v of a plan whose time is over", who, seen)
		}
	}
	s.run("update korpu.care_plan set ends_on = $2 where id = $1", plan["id"], ends)
	if n := len(s.what("social-worker", c)); n != 3 {
		t.Errorf("the worker sees %d actions", n)
	}
	for _, who := range []string{"secretary-sumgayit", "coach-sumgayit", "school-sumgayit", "judge-sumgayit", "prosecutor-sumgayit", "defender-sumgayit"} {
		s.hasNo(who, "{ carePlans(first: 1) { totalCount } }")
		s.hasNo(who, "{ child(id: \"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001\") { planActions { goal { goal } } } }")
		s.hasNo(who, "{ child(id: \"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001\") { planActions { forAuthority } } }")
	}
	// The psychologist's goals are psychological.
	s.step("social-worker", "closePlan", plan, nil).Done()
	next := s.draft(c)
	talks := action(s.agency("BAK-CENTRE"), "Talks with the family", 1, false)
	add := func(domain string) hubtest.Outcome {
		return s.do("psychologist", "addGoal", "id", map[string]any{"plan": next["id"], "domain": domain, "goal": "To trust each other.", "actions": []any{talks}})
	}
	add("FAMILY").Refused("NOT_FOUND", "")
	add("PSYCHOLOGICAL").Done()
}

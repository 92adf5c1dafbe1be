package programme

import (
	"testing"

	"korpu/internal/hubtest"
)

const learns = "query($id: ID!) { child(id: $id) { trainings { course startsOn endsOn endedOn outcome certificate provider { code } } } }"

// trainee is a child of the ward whom the club was asked to teach.
func (s *story) trainee() child {
	s.t.Helper()
	c := s.ward()
	sent := s.do("social-worker", "refer", "id", map[string]any{"child": c.id, "receiver": s.agency("SUM-SPORT"), "service": "TRAINING"}).Done()
	s.do("coach-sumgayit", "acceptReferral", "id", map[string]any{"id": sent["id"], "expectedVersion": 1}).Done()
	return c
}

// As provider I say who learns a trade with me and how it ended; the worker follows it, a donor sees counts.
func TestStoryG13TheProviderSaysHowACourseWentAndTheWorkerFollowsIt(t *testing.T) {
	s := tell(t)
	c := s.trainee()
	course := map[string]any{"child": c.id, "course": "Bicycle repair", "startsOn": day(0), "endsOn": day(-1)}
	s.do("coach-sumgayit", "beginTraining", "id", course).Refused("INVALID", "endsOn")
	course["idempotencyKey"], course["endsOn"] = nil, day(90)
	begun := s.do("coach-sumgayit", "beginTraining", "id course outcome child { givenName }", course).Done()
	if begun["outcome"] != nil || begun["child"].(map[string]any)["givenName"] != "Orxan" {
		t.Fatalf("%v", begun)
	}
	s.hasNo("coach-sumgayit", "{ trainings { nodes { child { familyName } } } }")
	ends := func(outcome string) map[string]any {
		return map[string]any{"id": begun["id"], "expectedVersion": 1, "outcome": outcome, "certificate": "SYN-0001"}
	}
	s.do("coach-sumgayit", "endTraining", "id", ends("LEFT")).Refused("INVALID", "certificate")
	s.do("coach-sumgayit", "endTraining", "endedOn", ends("COMPLETED")).Done()
	s.do("coach-sumgayit", "endTraining", "id", map[string]any{"id": begun["id"], "expectedVersion": 2, "outcome": "LEFT"}).Refused("INVALID", "has ended")
	for _, who := range []string{"social-worker", "manager", "secretary-sumgayit"} {
		seen := list(s.asks(who, learns, map[string]any{"id": c.id}).(map[string]any), "trainings")
		if len(seen) != 1 || seen[0]["outcome"] != "COMPLETED" || seen[0]["certificate"] != "SYN-0001" || seen[0]["endedOn"] != day(0) || seen[0]["provider"].(map[string]any)["code"] != "SUM-SPORT" {
			t.Fatalf("%s sees %v", who, seen)
		}
	}
	s.do("coach-sumgayit", "beginTraining", "id", map[string]any{"child": s.ward().id, "course": "Cooking", "startsOn": day(0), "endsOn": day(90)}).Refused("NOT_FOUND", "")
	for _, who := range []string{"school-sumgayit", "judge-sumgayit", "inspector-sumgayit", "assistance-sumgayit", "analyst"} {
		s.hasNo(who, "{ trainings { totalCount } }")
	}
}

// As donor I see how many learned a trade, and no count that tells of a child.
func TestStoryG13DonorsSeeOutcomesAndNoSmallCount(t *testing.T) {
	s := tell(t)
	c := s.trainee()
	year := func(of int) map[string]any {
		for _, n := range s.nodes("analyst", "{ trainingOutcomes { nodes { year begun completed leftEarly } } }", nil) {
			if n["year"] == float64(of) {
				return n
			}
		}
		return nil
	}
	// In a year of the past nine children began; of seven who ended it one left.
	s.run(`insert into korpu.training (child_id, agency_id, author_id, course, starts_on, ends_on, ended_on, outcome)
		select k.id, p.agency_id, p.id, 'Cooking', date '2001-02-01', date '2001-06-01', case when k.n <= 7 then date '2001-06-01' end, case when k.n <= 6 then 'COMPLETED' when k.n = 7 then 'LEFT' end
		  from (select id, row_number() over (order by id) as n from korpu.child where sealed_at is null and id <> $2) k, korpu.staff p where p.id = $1 and k.n <= 9`, s.person("coach-sumgayit"), c.id)
	if small := year(2001); small["begun"] != 9.0 || small["completed"] != nil || small["leftEarly"] != nil {
		t.Fatalf("%v tells that one left", small)
	}
	s.run("update korpu.training set outcome = 'COMPLETED', ended_on = '2001-06-01' where starts_on = '2001-02-01'")
	if whole := year(2001); whole["begun"] != 9.0 || whole["completed"] != 9.0 || whole["leftEarly"] != 0.0 {
		t.Fatalf("%v", whole)
	}
	s.run("insert into korpu.training (child_id, agency_id, author_id, course, starts_on, ends_on) select $2, agency_id, id, 'Cooking', '2002-02-01', '2002-06-01' from korpu.staff where id = $1", s.person("coach-sumgayit"), c.id)
	if alone := year(2002); alone == nil || alone["begun"] != nil || alone["completed"] != nil {
		t.Fatalf("%v tells of one child", alone)
	}
	if begun := s.nodes("analyst", "{ trainingOutcomes { nodes { year } } }", map[string]any{"year": float64(hubtest.Today.Year())}); len(begun) != 0 {
		t.Errorf("the running year is told: %v", begun)
	}
	s.hasNo("coach-sumgayit", "{ trainingOutcomes { totalCount } }")
	s.hasNo("social-worker", "{ trainingOutcomes { totalCount } }")
}

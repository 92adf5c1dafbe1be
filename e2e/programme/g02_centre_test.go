package programme

import (
	"testing"

	"korpu/internal/hubtest"
)

const (
	waitingList = "{ waiting(first: 100) { totalCount nodes { since days service sender { code } child { id } } } }"
	loads       = "{ caseloads(first: 100) { nodes { children worker { id } } } }"
	ofTheCentre = `{ agencies(filter: {code: {eq: "BAK-CENTRE"}}) { nodes { capacities { places since until }
		catchment(first: 100) { since until district { code } } } } }`
	howFull = `{ agencies(filter: {code: {eq: "BAK-CENTRE"}}) { nodes { load { places children waiting } } } }`
)

// As manager of a centre I see who waits and who comes, how many children each worker has, and who stands in for a colleague.
func TestStoryG02TheManagerOfACentreSeesWhoWaitsAndHowMuchEachWorkerHas(t *testing.T) {
	s := tell(t)
	c := s.child()
	s.do("secretary-sumgayit", "referToCentre", "id", map[string]any{"child": c.id, "receiver": s.agency("SUM-SPORT")}).Refused("INVALID", "Diversion Centre")
	sent := s.do("secretary-sumgayit", "referToCentre", "id service status", map[string]any{"child": c.id, "receiver": s.agency("BAK-CENTRE"), "need": "A way back to school."}).Done()

	// The child waits from the day of the referral on, for this centre and no other.
	waits := func(who string) bool {
		for _, n := range s.nodes(who, waitingList, map[string]any{"since": day(0)}) {
			if n["child"].(map[string]any)["id"] == c.id {
				return n["sender"].(map[string]any)["code"] == "SUM-COMMISSION" && n["days"] == 0.0
			}
		}
		return false
	}
	if !waits("manager") || waits("manager-sumgayit") {
		t.Fatalf("the child waits in Baku: %t, in Sumgayit: %t", waits("manager"), waits("manager-sumgayit"))
	}

	// An intake follows the acceptance; then the child waits no more, and it is among the day's intakes.
	intake := map[string]any{"referral": sent["id"], "source": "SCHOOL", "presentingProblem": "Misses school."}
	s.do("manager", "recordIntake", "id", intake).Refused("NOT_FOUND", "")
	s.do("manager", "acceptReferral", "id", map[string]any{"id": sent["id"], "expectedVersion": 1}).Done()
	s.do("manager-sumgayit", "recordIntake", "id", map[string]any{"referral": sent["id"], "source": "SCHOOL", "presentingProblem": "Misses school."}).Refused("NOT_FOUND", "")
	intake["idempotencyKey"] = nil
	if taken := s.do("manager", "recordIntake", "takenOn waitedDays child { id }", intake).Done(); taken["takenOn"] != day(0) || taken["waitedDays"] != 0.0 {
		t.Fatalf("%v", taken)
	}
	if waits("manager") {
		t.Fatal("the child waits after the intake")
	}
	today := `{ intakes(filter: {takenOn: {eq: "` + day(0) + `"}}) { nodes { source presentingProblem child { id } } } }`
	if len(s.nodes("manager", today, map[string]any{"source": "SCHOOL"})) != 1 || len(s.nodes("social-worker", today, nil)) != 0 {
		t.Fatal("the intake of today is the manager's to see, and not yet a worker's")
	}

	// A caseload is a count. It grows with the child, and a worker sees the own one.
	before := s.load("manager", "social-worker")
	s.do("manager", "joinCareTeam", "id", map[string]any{"child": c.id, "staff": s.person("social-worker"), "task": "Responsible worker.", "explained": "She works with you."}).Done()
	if after := s.load("manager", "social-worker"); after != before+1 || s.load("social-worker", "social-worker") != after {
		t.Fatalf("a load of %v became %v", before, after)
	}
	if n := len(s.nodes("social-worker", loads, nil)); n != 1 {
		t.Fatalf("a worker sees %d loads", n)
	}
	for _, n := range s.nodes("manager-sumgayit", loads, nil) {
		if n["worker"].(map[string]any)["id"] == s.person("social-worker") {
			t.Fatal("another centre's manager sees the load")
		}
	}
	s.hasNo("judge-sumgayit", "{ caseloads(first: 1) { totalCount } }")
	s.hasNo("secretary-sumgayit", "{ waiting(first: 1) { totalCount } }")
}

// load is what a persona sees of a worker's load.
func (s *story) load(who, worker string) float64 {
	s.t.Helper()
	for _, n := range s.nodes(who, loads, nil) {
		if n["worker"].(map[string]any)["id"] == s.person(worker) {
			return n["children"].(float64)
		}
	}
	s.t.Fatalf("%s does not see the load of %s", who, worker)
	return 0
}

// While a worker is away a colleague sees the child: until a moment, for a reason; then no more.
func TestStoryG02CoverForAWorkerWhoIsAwayGivesAccessAndEndsByItself(t *testing.T) {
	s := tell(t)
	c := s.ward()
	sees := func() bool {
		return s.asks("social-worker-two", "query($id: ID!) { child(id: $id) { id } }", map[string]any{"id": c.id}) != nil
	}
	cover := func(staff, insteadOf string, until int) hubtest.Outcome {
		return s.do("manager", "giveCover", "id version startsAt", map[string]any{
			"child": c.id, "staff": s.person(staff), "insteadOf": s.person(insteadOf), "reason": "Leave.", "endsAt": moment(until),
		})
	}
	cover("social-worker-two", "social-worker", -1).Refused("INVALID", "ends after it starts")
	cover("social-worker-two", "social-worker", 24*90).Refused("INVALID", "sixty-two days")
	cover("coach-sumgayit", "social-worker", 24).Refused("INVALID", "at your centre")
	cover("social-worker", "social-worker-two", 24).Refused("INVALID", "care team")
	cover("psychologist", "social-worker", 24).Refused("INVALID", "profession")
	if sees() {
		t.Fatal("the colleague sees the child before")
	}
	given := cover("social-worker-two", "social-worker", 24*7).Done()
	if !sees() {
		t.Fatal("the colleague does not see the child")
	}
	s.do("manager-sumgayit", "endCover", "id", map[string]any{"id": given["id"], "expectedVersion": 1}).Refused("NOT_FOUND", "")

	// Time passes: nobody has to end it.
	s.run("update korpu.access_grant set starts_at = now() - interval '8 days', ends_at = now() - interval '1 day' where id = $1", given["id"])
	if sees() {
		t.Fatal("the colleague sees the child after the cover has ended")
	}
	s.do("manager", "endCover", "id", map[string]any{"id": given["id"], "expectedVersion": 1}).Refused("INVALID", "has ended")

	// One that is ended early ends at once, and the child's lawyer could tell of both.
	again := cover("social-worker-two", "social-worker", 24).Done()
	s.do("manager", "endCover", "id", map[string]any{"id": again["id"], "expectedVersion": 1}).Done()
	if sees() {
		t.Fatal("the colleague sees the child after the cover was ended")
	}
	if n := s.asks("social-worker", "query($id: ID!) { child(id: $id) { covers { reason insteadOf { id } } } }", map[string]any{"id": c.id}).(map[string]any)["covers"].([]any); len(n) != 2 {
		t.Fatalf("%v", n)
	}
}

// Capacity and catchment have dates: what holds from a day on follows what held before.
func TestStoryG02CapacityAndCatchmentHaveDates(t *testing.T) {
	s := tell(t)
	centre := func(who string) map[string]any { return s.nodes(who, ofTheCentre, nil)[0] }
	now := centre("manager")["capacities"].([]any)[0].(map[string]any)
	s.do("manager", "setCapacity", "id", map[string]any{"places": 80, "since": day(-1000)}).Refused("INVALID", "on record already")
	s.do("manager", "setCapacity", "places until", map[string]any{"places": 140, "since": day(30)}).Done()
	list := centre("secretary-sumgayit")["capacities"].([]any)
	if next, last := list[0].(map[string]any), list[1].(map[string]any); next["places"] != 140.0 || next["until"] != nil || last["until"] != day(30) {
		t.Fatalf("%v", list)
	}
	if load := s.nodes("manager", howFull, nil)[0]["load"].(map[string]any); load["places"] != now["places"] || load["children"].(float64) < 1 || load["waiting"].(float64) < 1 {
		t.Fatalf("%v, and the capacity of today is %v", load, now)
	}
	if s.nodes("manager-sumgayit", howFull, nil)[0]["load"] != nil {
		t.Fatal("another centre's manager sees how full it is")
	}
	// Gəncə is served from Baku until a centre opens there.
	until := map[string]any{}
	for _, one := range centre("secretary-sumgayit")["catchment"].([]any) {
		until[one.(map[string]any)["district"].(map[string]any)["code"].(string)] = one.(map[string]any)["until"]
	}
	if until["GAN-KAP"] == nil || until["BAK-YAS"] != nil {
		t.Fatalf("%v", until)
	}
	s.hasNo("secretary-sumgayit", howFull)
	s.do("social-worker", "setCapacity", "places", map[string]any{"places": 1, "since": day(60)}).Refused("INVALID", "")
}

package programme

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"korpu/internal/hub"
	"korpu/internal/hubtest"
)

// The child's lawyer may go through it with the child as well.
func TestStoryG26TheLawyerShowsWhatIsSharedToo(t *testing.T) {
	s := tell(t)
	c, _ := s.client("SUM-1")
	shown, _ := s.asks("lawyer", whatIsShared, map[string]any{"id": c.id}).([]any)
	if len(shown) == 0 {
		t.Fatal("nothing is shown")
	}
	s.do("lawyer", "endMandate", "id", map[string]any{"id": value[string](s, "select id::text from korpu.legal_mandate where child_id = $1", c.id), "expectedVersion": 1}).Done()
	if s.asks("lawyer", whatIsShared, map[string]any{"id": c.id}) != nil {
		t.Error("it is shown after the mandate")
	}
}

const whatIsShared = "query($id: ID!) { sharings(child: $id) { agency recipient purpose state mayRefuse until kinds classes inAzerbaijani inRussian inEnglish } }"

// shares are the entries of an agency in a state, as the child's worker reads them with the child.
func (s *story) shares(c child, agency, state string) (all []map[string]any) {
	s.t.Helper()
	for _, one := range s.asks("social-worker", whatIsShared, map[string]any{"id": c.id}).([]any) {
		if entry := one.(map[string]any); entry["agency"] == s.agency(agency) && entry["state"] == state {
			all = append(all, entry)
		}
	}
	return all
}

// names are the classes of the entries.
func names(entries []map[string]any) string {
	var all []string
	for _, e := range entries {
		for _, class := range e["classes"].([]any) {
			all = append(all, class.(string))
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// aided is a child of the centre for whose family help is asked; the guardian agrees to what the help needs.
func (s *story) aided() child {
	s.t.Helper()
	c := s.ward()
	s.run("update korpu.child set phone = '050' where id = $1", c.id)
	s.do("social-worker", "refer", "id", map[string]any{"child": c.id, "receiver": s.agency("SUM-ASSISTANCE"), "service": "ASSISTANCE", "need": "Food."}).Done()
	s.do("social-worker", "giveConsent", "id", map[string]any{
		"child": c.id, "kind": "CONSENT", "recipient": s.agency("SUM-ASSISTANCE"), "classes": []string{"IDENTITY", "CONTACT", "REFERRAL_NEED"}, "purposes": []string{"SERVICE_DELIVERY"}, "validUntil": moment(24 * 40),
	}).Done()
	return c
}

// answers has the child say what it thinks of it, leaving out some.
func (s *story) answers(c child, answer string, refused ...string) {
	s.t.Helper()
	input := map[string]any{
		"child": c.id, "recipient": s.agency("SUM-ASSISTANCE"), "classes": []string{"IDENTITY", "CONTACT", "REFERRAL_NEED"}, "purposes": []string{"SERVICE_DELIVERY"},
		"form": "WORDS", "language": "ru", "answer": answer,
	}
	if refused != nil {
		input["refusedClasses"] = refused
	}
	s.do("social-worker", "recordAssent", "id", input).Done()
}

// As child with my worker I see in plain words who gets what, and until when, and what it means to refuse.
func TestStoryG26AChildSeesWhoGetsWhatInPlainWords(t *testing.T) {
	s := tell(t)
	c := s.aided()
	agreed := s.shares(c, "SUM-ASSISTANCE", "AGREED")
	if names(agreed) != "CONTACT IDENTITY REFERRAL_NEED" || agreed[0]["mayRefuse"] != true || !strings.HasPrefix(agreed[0]["until"].(string), day(40)) {
		t.Fatalf("%v", agreed)
	}
	for language, words := range map[string]string{"inEnglish": "where you live and who your family is", "inRussian": "а помощь тебе останется прежней", "inAzerbaijani": "istənilən vaxt geri götürə bilərsən"} {
		if !strings.Contains(agreed[0][language].(string), words) {
			t.Errorf("%s: %v", language, agreed[0][language])
		}
	}
	byLaw := s.shares(c, "SUM-COMMISSION", "BY_LAW")
	if len(byLaw) != 1 || byLaw[0]["purpose"] != "CHILD_PROTECTION" || byLaw[0]["mayRefuse"] != false || !strings.Contains(names(byLaw), "IDENTITY") || strings.Contains(names(byLaw), "PSYCHOLOGICAL") {
		t.Fatalf("%v", byLaw)
	}
	if asked := names(s.shares(c, "SUM-COMMISSION", "CLOSED")); asked != "SCHOOL_STATUS" {
		t.Fatalf("the commission does not see, unless it is agreed: %s", asked)
	}
	// Who may not ask the child is answered alike, whatever the cause.
	never := s.asks("social-worker", whatIsShared, map[string]any{"id": uuid.NewString()})
	for _, who := range []string{"social-worker-two", "lawyer"} {
		if got := s.asks(who, whatIsShared, map[string]any{"id": c.id}); got != nil || never != nil {
			t.Errorf("%s is told %v, and of a child who is not there %v", who, got, never)
		}
	}
	for _, who := range []string{"manager", "assistance-sumgayit", "officer-sumgayit", "judge-sumgayit"} {
		s.hasNo(who, `{ sharings(child: "8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001") { recipient } }`)
	}
}

// What is said to be open is what the agency is answered, on every instance and at once: agreed, refused in part, taken back.
func TestStoryG26WhatAChildSaysHoldsAtOnceOnEveryInstance(t *testing.T) {
	s := tell(t)
	c := s.aided()
	instances := []*hub.Hub{s.Hub.Hub, s.Instance(t)}
	expect := func(after, want, open string) {
		t.Helper()
		for i, instance := range instances {
			r := hubtest.Send(t, instance, s.Request(t, hubtest.Persona("assistance-sumgayit"), "query($id: ID!) { child(id: $id) { familyName phone } }", map[string]any{"id": c.id}))
			if text, err := json.Marshal(r.Data(t)["child"]); err != nil || string(text) != want {
				t.Errorf("after %s, instance %d: %s, error %v", after, i, text, err)
			}
		}
		if got := names(s.shares(c, "SUM-ASSISTANCE", "AGREED")); got != open {
			t.Errorf("after %s the child is told that %q is open", after, got)
		}
	}
	expect("the guardian's consent", `{"familyName":"Sınaqlı","phone":"050"}`, "CONTACT IDENTITY REFERRAL_NEED")
	s.answers(c, "YES", "CONTACT")
	expect("a yes without where the child lives", `{"familyName":"Sınaqlı","phone":null}`, "IDENTITY REFERRAL_NEED")
	s.answers(c, "NO")
	expect("a yes that is taken back", `{"familyName":null,"phone":null}`, "")
	if closed := s.shares(c, "SUM-ASSISTANCE", "CLOSED"); names(closed) != "ASSISTANCE CONTACT IDENTITY REFERRAL_NEED" || !strings.Contains(closed[0]["inEnglish"].(string), "the help you get stays the same") {
		t.Errorf("%v", closed)
	}
	s.answers(c, "YES")
	expect("a yes again", `{"familyName":"Sınaqlı","phone":"050"}`, "CONTACT IDENTITY REFERRAL_NEED")
}

// Who says no gets the same help; only a care plan waits for a yes, and the words say so.
func TestStoryG26ARefusalCostsNoHelpExceptWhereItIsSaid(t *testing.T) {
	s := tell(t)
	c := s.aided()
	s.answers(c, "NO")
	sent := value[string](s, "select id::text from korpu.referral where child_id = $1 and receiver_id = $2", c.id, s.agency("SUM-ASSISTANCE"))
	for i, step := range []string{"acceptReferral", "startService", "completeReferral"} {
		s.do("assistance-sumgayit", step, "status", map[string]any{"id": sent, "expectedVersion": i + 1}).Done()
	}
	centre := s.shares(c, "BAK-CENTRE", "BY_LAW")
	i := slices.IndexFunc(centre, func(e map[string]any) bool { return e["purpose"] == "REHABILITATION" })
	if i < 0 || !strings.Contains(centre[i]["inEnglish"].(string), "Your plan begins only when you say yes to it") {
		t.Fatalf("%v", centre)
	}
	for _, agency := range []string{"SUM-COMMISSION", "SUM-ASSISTANCE"} {
		for _, e := range slices.Concat(s.shares(c, agency, "BY_LAW"), s.shares(c, agency, "CLOSED")) {
			if strings.Contains(e["inEnglish"].(string), "Your plan begins") {
				t.Errorf("%v", e)
			}
		}
	}
	plan := s.draft(c)
	s.agrees(c)
	s.says(c, "NO")
	s.step("social-worker", "agreePlan", plan, nil).Refused("INVALID", "assent")
}

// Who has read the file, the worker reads out to the child.
func TestStoryG26TheChildIsToldWhoHasRead(t *testing.T) {
	s := tell(t)
	c := s.aided()
	s.asks("assistance-sumgayit", "query($id: ID!) { child(id: $id) { familyName phone } }", map[string]any{"id": c.id})
	read := func() (told string) {
		t.Helper()
		log := s.asks("social-worker", "query($id: ID!) { accessLog(child: $id, first: 100) { nodes { role inAzerbaijani inRussian inEnglish } } }", map[string]any{"id": c.id}).(map[string]any)
		for _, n := range list(log, "nodes") {
			if n["role"] == "assistance_officer" && n["inAzerbaijani"] != "" && n["inRussian"] != "" {
				told = n["inEnglish"].(string)
			}
		}
		return told
	}
	for start := time.Now(); read() == ""; time.Sleep(100 * time.Millisecond) { // the log is drawn a few seconds later
		if time.Since(start) > time.Minute {
			t.Fatal("the reading is not told")
		}
	}
	if told := read(); !strings.Contains(told, "Somebody of social assistance") || !strings.Contains(told, "where you live") {
		t.Fatal(told)
	}
}

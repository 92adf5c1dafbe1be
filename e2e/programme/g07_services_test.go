package programme

import (
	"slices"
	"strings"
	"testing"

	"korpu/internal/hubtest"
)

// offering is what a persona finds in the directory of services.
func (s *story) offering(who, filter string) []map[string]any {
	s.t.Helper()
	return s.nodes(who, "{ serviceOffers(first: 100, filter: {until: {isNull: true}, "+filter+"}) { nodes { id service city based languages places agesFrom agesTo since until agency { code } district { code } } } }", nil)
}

// As social worker I look up who helps where, in Baku and nearby; as a service I say what I offer, and see no other's offer.
func TestStoryG07TheDirectorySaysWhatServicesOfferWhereAndToWhom(t *testing.T) {
	s := tell(t)
	offer := func(who string, places int, since string) hubtest.Outcome {
		return s.do(who, "offerService", "id service city based languages places until", map[string]any{
			"service": "SPORT", "languages": []string{"az", "ru"}, "places": places, "agesFrom": 10, "agesTo": 17, "since": since,
		})
	}
	given := offer("coach-sumgayit", 25, day(0)).Done()
	if given["city"] != "Sumqayıt" || given["based"] != "LOCAL" || given["places"] != 25.0 {
		t.Fatalf("%v", given)
	}
	offer("coach-sumgayit", 20, day(0)).Refused("CONFLICT", "")
	offer("coach-sumgayit", 20, day(-1)).Refused("INVALID", "on record already")
	s.do("coach-sumgayit", "offerService", "id", map[string]any{"service": "SCHOOL", "languages": []string{"az"}, "places": 1, "agesFrom": 10, "agesTo": 17, "since": day(1)}).Refused("INVALID", "that your agency gives")
	s.do("coach-sumgayit", "offerService", "id", map[string]any{"service": "SPORT", "languages": []string{"Russian"}, "places": 1, "agesFrom": 10, "agesTo": 17, "since": day(1)}).Refused("INVALID", "languages are codes")

	// The worker finds it by place, age and service, and what is in Baku beside it.
	near := s.offering("social-worker", `service: {eq: SPORT}, city: {eq: "Sumqayıt"}, agesFrom: {lt: 16}, agesTo: {gt: 16}, places: {gt: 0}`)
	if len(near) != 1 || near[0]["id"] != given["id"] || near[0]["agency"].(map[string]any)["code"] != "SUM-SPORT" || !slices.Contains(near[0]["languages"].([]any), any("ru")) {
		t.Fatalf("%v", near)
	}
	baku, all := s.offering("social-worker", "service: {eq: TRAINING}, based: {eq: BAKU}"), s.offering("social-worker", "service: {eq: TRAINING}")
	if len(baku) < 2 || len(all) <= len(baku) {
		t.Fatalf("%d courses in Baku, %d in all", len(baku), len(all))
	}
	// Whoever may refer sees the directory; a service sees what it offers itself, and says at last that it takes nobody on.
	for _, who := range []string{"manager", "secretary-sumgayit", "inspector-sumgayit", "lawyer"} {
		if len(s.offering(who, `service: {eq: SPORT}, city: {eq: "Sumqayıt"}`)) != 1 {
			t.Errorf("%s does not find the offer", who)
		}
	}
	offer("coach-sumgayit", 0, day(1)).Done()
	own := s.nodes("coach-sumgayit", "{ serviceOffers { nodes { places since until } } }", nil)
	if own[0]["places"] != 0.0 || own[1]["until"] != day(1) || len(own) > 4 {
		t.Fatalf("%v", own)
	}
	s.hasNo("coach-sumgayit", "{ serviceOffers { nodes { agency { name } } } }")
	s.hasNo("clerk-sumgayit", "{ serviceOffers { totalCount } }")
}

const previewed = `query($child: ID!, $receiver: ID!) { referralPreview(child: $child, receiver: $receiver) { role type field access } }`

// opens is what the preview of a referral says of the child's own fields.
func (s *story) showsTo(c child, receiver string) map[string]string {
	s.t.Helper()
	found := map[string]string{}
	for _, e := range s.asks("social-worker", previewed, map[string]any{"child": c.id, "receiver": s.agency(receiver)}).([]any) {
		entry := e.(map[string]any)
		if name, is := entry["field"].(string); is && entry["type"] == "Child" {
			found[name] = entry["access"].(string)
		}
	}
	return found
}

// shown is what of these fields a persona is answered: its values, and the names of what is withheld.
func (s *story) shown(who string, c child, fields ...string) (map[string]any, []string) {
	s.t.Helper()
	found, _ := s.asks(who, "query($id: ID!) { child(id: $id) { "+strings.Join(fields, " ")+" withheld { field } } }", map[string]any{"id": c.id}).(map[string]any)
	var withheld []string
	for _, w := range list(found, "withheld") {
		withheld = append(withheld, w["field"].(string))
	}
	return found, withheld
}

// What the preview shows before sending is what the receiver can ask for, and no more.
func TestStoryG07WhatThePreviewShowsIsWhatTheServiceCanAskFor(t *testing.T) {
	s := tell(t)
	c := s.ward()
	s.run("update korpu.child set safety_need = 'Asthma' where id = $1", c.id)
	opens := s.showsTo(c, "SUM-SPORT")
	if opens["givenName"] != "ALWAYS" || opens["safetyNeed"] != "WHEN" {
		t.Fatalf("%v", opens)
	}
	s.do("social-worker", "refer", "id", map[string]any{"child": c.id, "receiver": s.agency("SUM-SPORT"), "service": "SPORT", "need": "Something to do after school."}).Done()
	for field := range s.fieldsOf("Child") {
		access, named := opens[field]
		if !named {
			s.hasNo("coach-sumgayit", "{ children { nodes { "+field+" } } }")
			continue
		}
		found, withheld := s.shown("coach-sumgayit", c, field)
		if found == nil || (access == "WHEN") != slices.Contains(withheld, field) {
			t.Errorf("the preview says %s of %s; the coach is shown %v, withheld %v", access, field, found, withheld)
		}
	}
	s.hasNo("coach-sumgayit", "{ referrals { nodes { need } } }")
}

// fieldsOf are the fields of a record that hold something.
func (s *story) fieldsOf(record string) map[string]bool {
	fields := map[string]bool{}
	for _, f := range hubtest.Policy().Catalog.Records[record].Fields {
		if f.Link == nil && f.Class != "REFERENCE" {
			fields[f.Name] = true
		}
	}
	return fields
}

// What is not answered in time the sender finds as overdue; how long it may take is data with a date.
func TestStoryG07AReferralThatNobodyAnswersIsOverdue(t *testing.T) {
	s := tell(t)
	c := s.ward()
	refer := func() map[string]any {
		return s.do("social-worker", "refer", "id answerBy", map[string]any{"child": c.id, "receiver": s.agency("SUM-SPORT"), "service": "SPORT"}).Done()
	}
	overdue := func(who string) int {
		query := `{ referrals(first: 100, filter: {status: {eq: SENT}, answerBy: {lt: "` + day(0) + `"}}) { nodes { receiver { code } child { id } } } }`
		n := 0
		for _, r := range s.nodes(who, query, nil) {
			if of := r["child"].(map[string]any); of["id"] == c.id {
				n++
			}
		}
		return n
	}
	first := refer()
	if first["answerBy"] != day(10) {
		t.Fatalf("%v", first)
	}
	if overdue("social-worker") != 0 {
		t.Fatal("a referral of today is overdue")
	}
	s.run("insert into korpu.term (name, since, days, source) values ('referral answered', current_date, 5, 'Another choice')")
	if second := refer(); second["answerBy"] != day(5) {
		t.Fatalf("%v", second)
	}

	// Eleven days later the worker and the manager find the first; answered, it is found no more.
	s.run("update korpu.referral set sent_on = sent_on - 11, answer_by = answer_by - 11 where id = $1", first["id"])
	if overdue("social-worker") != 1 || overdue("manager") != 1 {
		t.Fatalf("overdue for the worker: %d, for the manager: %d", overdue("social-worker"), overdue("manager"))
	}
	s.do("coach-sumgayit", "acceptReferral", "status", map[string]any{"id": first["id"], "expectedVersion": 1}).Done()
	if overdue("social-worker") != 0 {
		t.Fatal("an answered referral is overdue")
	}
}

// A recall ends access with the next request, and says to the world that something ended, and nothing of what.
func TestStoryG07ARecallEndsAccessAtOnceAndCarriesNoContent(t *testing.T) {
	s := tell(t)
	c := s.ward()
	s.run("update korpu.child set safety_need = 'Asthma' where id = $1", c.id)
	sent := s.do("social-worker", "refer", "id", map[string]any{"child": c.id, "receiver": s.agency("SUM-SPORT"), "service": "SPORT", "need": "Something to do after school."}).Done()
	given := s.do("social-worker", "giveConsent", "id", map[string]any{
		"child": c.id, "kind": "CONSENT", "recipient": s.agency("SUM-SPORT"), "classes": []string{"HEALTH_SAFETY"}, "purposes": []string{"SERVICE_DELIVERY"},
	}).Done()
	s.do("coach-sumgayit", "acceptReferral", "id", map[string]any{"id": sent["id"], "expectedVersion": 1}).Done()
	if found, _ := s.shown("coach-sumgayit", c, "safetyNeed"); found["safetyNeed"] != "Asthma" {
		t.Fatalf("%v", found)
	}
	s.do("social-worker", "withdrawConsent", "id", map[string]any{"id": given["id"], "expectedVersion": 1}).Done()
	if found, withheld := s.shown("coach-sumgayit", c, "safetyNeed"); found["safetyNeed"] != nil || len(withheld) != 1 {
		t.Fatalf("%v after the consent was withdrawn", found)
	}
	s.do("social-worker", "revokeReferral", "status", map[string]any{"id": sent["id"], "expectedVersion": 2}).Done()
	if found, _ := s.shown("coach-sumgayit", c, "givenName"); found != nil {
		t.Fatalf("%v after the recall", found)
	}
	for event, record := range map[string]any{"withdrawConsent": given["id"], "revokeReferral": sent["id"]} {
		wanted := []string{"at", "event", "record", "record_id", "child_id", "agency_id"}
		names := value[[]string](s, `select array_agg(key order by key) from korpu.outbox o, jsonb_each(to_jsonb(o)) where o.event = $1 and o.record_id = $2 and key <> 'id' and value <> 'null'`, event, record)
		slices.Sort(wanted)
		if !slices.Equal(names, wanted) {
			t.Errorf("the event of %s holds %v", event, names)
		}
		text := value[string](s, "select to_jsonb(o)::text from korpu.outbox o where o.event = $1 and o.record_id = $2", event, record)
		for _, word := range []string{"Asthma", "SPORT", "school", "Orxan", "HEALTH_SAFETY"} {
			if strings.Contains(text, word) {
				t.Errorf("the event of %s says %s", event, word)
			}
		}
	}
}

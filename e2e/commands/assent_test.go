package commands

import (
	"bytes"
	"testing"

	"korpu/internal/hubtest"
)

// answers records what a child said about sharing classes with an agency, for the services.
func (p *place) answers(child, recipient, answer string, classes ...string) map[string]any {
	p.t.Helper()
	return p.do("social-worker", "recordAssent", "id answer form language explainedBy { id } classes refusedClasses", p.asked(child, recipient, answer, classes...)).done()
}

func (p *place) asked(child, recipient, answer string, classes ...string) map[string]any {
	return map[string]any{
		"child": child, "recipient": p.agency(recipient), "classes": classes, "purposes": []string{"SERVICE_DELIVERY"}, "form": "PICTURES", "language": "az", "answer": answer,
	}
}

func TestAChildWhoDoesNotSayYesClosesWhatAConsentOpensOnEveryInstance(t *testing.T) {
	p := open(t)
	other := p.Instance(t)
	child := p.ward()
	p.record(child, "SUM-SPORT")
	p.accepted(child, "SUM-SPORT", receivers["SUM-SPORT"])
	p.do("social-worker", "giveConsent", "id", map[string]any{
		"child": child, "kind": "CONSENT", "recipient": p.agency("SUM-SPORT"), "classes": []string{"HEALTH_SAFETY"}, "purposes": []string{"SERVICE_DELIVERY"},
	}).done()
	coach := hubtest.Persona("coach-sumgayit")
	expect := func(when string, open bool) {
		t.Helper()
		const query = "query($id: ID!) { child(id: $id) { safetyNeed withheld { field } } }"
		about := map[string]any{"id": child}
		for _, answer := range []hubtest.Response{p.Ask(t, coach, query, about), hubtest.Send(t, other, p.Request(t, coach, query, about))} {
			found := answer.Data(t)["child"].(map[string]any)
			if (found["safetyNeed"] != nil) != open || (len(found["withheld"].([]any)) == 0) != open {
				t.Fatalf("%s: %v", when, found)
			}
		}
	}
	expect("before the child was asked", true)
	said := p.answers(child, "SUM-SPORT", "LATER", "HEALTH_SAFETY")
	if said["explainedBy"].(map[string]any)["id"] != p.person("social-worker") || said["form"] != "PICTURES" || said["language"] != "az" {
		t.Fatalf("%v", said)
	}
	expect("while the child thinks it over", false)
	p.answers(child, "SUM-SPORT", "YES", "HEALTH_SAFETY")
	expect("after a yes", true)
	p.answers(child, "SUM-SCHOOL-1", "NO", "HEALTH_SAFETY")
	expect("after a no to somebody else", true)
	p.answers(child, "SUM-SPORT", "NO", "IDENTITY")
	expect("after a no to something else", true)
	part := p.asked(child, "SUM-SPORT", "YES", "HEALTH_SAFETY", "IDENTITY")
	part["refusedClasses"] = []string{"HEALTH_SAFETY"}
	p.do("social-worker", "recordAssent", "id", part).done()
	expect("after a yes without this part", false)
	p.answers(child, "SUM-SPORT", "YES", "HEALTH_SAFETY")
	expect("after a yes to all", true)
	p.answers(child, "SUM-SPORT", "NO", "HEALTH_SAFETY")
	expect("after the child took it back", false)
}

func TestAnAnswerThatIsNoneIsRefused(t *testing.T) {
	p := open(t)
	child := p.ward()
	for words, change := range map[string]map[string]any{
		"refusedClasses are the parts":                {"answer": "NO", "refusedClasses": []string{"IDENTITY"}},
		"refusedClasses must be among":                {"refusedClasses": []string{"CONTACT"}},
		"a child who refuses all of it":               {"refusedClasses": []string{"IDENTITY"}},
		"must name what the child was asked":          {"classes": []string{}},
		"a value is not possible: language is a code": {"language": "Azərbaycanca"},
		"answer has a value that its type":            {"answer": "PERHAPS"},
	} {
		input := p.asked(child, "SUM-SPORT", "YES", "IDENTITY")
		for name, v := range change {
			input[name] = v
		}
		p.do("social-worker", "recordAssent", "id", input).Refused("INVALID", words)
	}
	p.do("social-worker", "giveConsent", "id", map[string]any{
		"child": child, "kind": "ASSENT", "recipient": p.agency("SUM-SPORT"), "classes": []string{"IDENTITY"}, "purposes": []string{"SERVICE_DELIVERY"},
	}).Refused("INVALID", "recordAssent")
	if n := value[int](p, "select count(*)::int from korpu.assent where child_id = $1", child); n != 0 {
		t.Errorf("%d answers are on record", n)
	}
}

// Who works with the child sees the answer; who only receives does not even know that there is such a thing.
func TestTheAnswerIsSeenByThoseWhoAskForTheChild(t *testing.T) {
	p := open(t)
	child := p.ward()
	p.accepted(child, "SUM-SPORT", receivers["SUM-SPORT"])
	p.answers(child, "SUM-SPORT", "NO", "HEALTH_SAFETY")
	const query = "query($id: ID!) { child(id: $id) { assents { answer classes recipient { code } } } }"
	seen := p.Ask(t, asker("social-worker"), query, map[string]any{"id": child}).Data(t)["child"].(map[string]any)["assents"].([]any)
	if len(seen) != 1 || seen[0].(map[string]any)["answer"] != "NO" {
		t.Fatalf("%v", seen)
	}
	if e := p.previews("social-worker", child, "SUM-SPORT", "HEALTH_SAFETY")["activity_provider SERVICE_DELIVERY Child.safetyNeed"]; e["access"] != "WHEN" {
		t.Errorf("the preview shows what the child refuses: %v", e)
	}
	p.do("social-worker-two", "recordAssent", "id", p.asked(child, "SUM-SPORT", "YES", "HEALTH_SAFETY")).Refused("NOT_FOUND", "")
	p.do("coach-sumgayit", "recordAssent", "id", p.asked(child, "SUM-SPORT", "YES", "HEALTH_SAFETY")).Refused("INVALID", "")
	if r := p.Ask(t, asker("coach-sumgayit"), "{ assents { totalCount } }", nil); !bytes.Contains(r.Body, []byte("Cannot query field")) {
		t.Errorf("%s", r.Body)
	}
}

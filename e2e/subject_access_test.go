package e2e

import (
	"os"
	"regexp"
	"testing"

	"korpu/internal/hubtest"
)

// accessRequest makes a child with records of many kinds the client of the lawyer and a child of the worker.
const accessRequest = `with found as (
    select k.id from korpu.child k join korpu.case_file c on c.child_id = k.id join korpu.diversion d on d.case_id = c.id join korpu.consent s on s.child_id = k.id
     where k.sealed_at is null and c.sealed_at is null order by k.id limit 1
  ), worker as (
    insert into korpu.care_team_member (child_id, agency_id, author_id, staff_id, task, since)
    select f.id, s.agency_id, s.id, s.id, 'Support', current_date from found f, korpu.staff s join korpu.staff_identity i on i.staff_id = s.id where i.subject = 'social-worker'
  ), lawyer as (
    insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since)
    select f.id, s.agency_id, s.id, s.id, 'S', current_date from found f, korpu.staff s join korpu.staff_identity i on i.staff_id = s.id where i.subject = 'lawyer'
  )
  select id::text from found`

func TestEachQuestionOfAnAccessRequestIsAnsweredToWhomThePageNames(t *testing.T) {
	page, err := os.ReadFile("../docs/how-to/answer-a-subject-access-request.md")
	if err != nil {
		t.Fatal(err)
	}
	questions := regexp.MustCompile("(?s)As `(\\w+)`:\n\n   ```graphql\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(questions) != 4 {
		t.Fatalf("the page asks %d questions", len(questions))
	}
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	child := text(t, conn, accessRequest)
	asked := map[string]bool{}
	for _, q := range questions {
		data := h.Ask(t, hubtest.OfRole(q[1]), q[2], map[string]any{"child": child}).Data(t)
		for name, answer := range data {
			if answer == nil {
				t.Errorf("%s is answered no %s", q[1], name)
			}
			asked[name] = true
		}
		if file, ok := data["child"].(map[string]any); ok && len(file) > 3 {
			filled(t, file, "cases", "careTeam")
		} else if ok {
			filled(t, file, "consents", "assents")
		}
		drawn(t, conn)
	}
	// The questions are themselves in the log that was asked last.
	last := h.Ask(t, hubtest.OfRole("dpo"), questions[3][2], map[string]any{"child": child}).Data(t)["accessLog"].(map[string]any)["nodes"].([]any)
	readers := map[any]bool{}
	for _, n := range last {
		readers[n.(map[string]any)["role"]] = true
	}
	if !readers["clinic_lawyer"] || !readers["social_worker"] || !asked["emergencyAccesses"] {
		t.Errorf("the log names %v", readers)
	}
}

// filled fails the test where a list of the child is empty.
func filled(t *testing.T, child map[string]any, lists ...string) {
	t.Helper()
	for _, name := range lists {
		list, ok := child[name].([]any)
		if page, is := child[name].(map[string]any); is {
			list, ok = page["nodes"].([]any)
		}
		if !ok || len(list) == 0 {
			t.Errorf("%s is empty: %v", name, child[name])
		}
	}
}

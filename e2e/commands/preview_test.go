package commands

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"korpu/internal/hubtest"
	"korpu/policy"
)

const previewQuery = `query($child: ID!, $receiver: ID!, $classes: [DataClass!]) { referralPreview(child: $child, receiver: $receiver, classes: $classes) {
  role purpose type field class access when howToRequest basis } }`

// previews are the entries of a preview by role, purpose and `Type.field`.
func (p *place) previews(who, child, receiver string, classes ...string) map[string]map[string]any {
	p.t.Helper()
	answer := p.Ask(p.t, asker(who), previewQuery, map[string]any{"child": child, "receiver": p.agency(receiver), "classes": classes}).Data(p.t)
	if answer["referralPreview"] == nil {
		return nil
	}
	all := map[string]map[string]any{}
	for _, e := range answer["referralPreview"].([]any) {
		entry := e.(map[string]any)
		all[fmt.Sprintf("%s %s %s.%v", entry["role"], entry["purpose"], entry["type"], entry["field"])] = entry
	}
	return all
}

// receivers are agencies with the persona through whom each asks, and the service for which it is asked.
var receivers = map[string][]string{
	"SUM-SPORT": {"coach-sumgayit", "SPORT"}, "SUM-SCHOOL-1": {"school-sumgayit", "SCHOOL"},
	"SUM-ASSISTANCE": {"assistance-sumgayit", "ASSISTANCE"}, "CLINIC": {"lawyer", "ASSISTANCE"}, "BAK-CENTRE": {"manager", "PROGRAMME"},
}

// What the preview shows is what the receiver is answered, field by field: visible means answered and not withheld, and what
// is not shown is withheld, or not in the receiver's schema, or of records that the receiver is shown none of.
func TestThePreviewOfAReferralIsExact(t *testing.T) {
	p := open(t)
	opened := 0
	for receiver, who := range receivers {
		child := p.ward()
		p.record(child, receiver)
		p.do("social-worker", "giveConsent", "id", map[string]any{
			"child": child, "kind": "CONSENT", "recipient": p.agency(receiver), "classes": []string{"HEALTH_SAFETY", "IDENTITY", "CARE_TEAM"}, "purposes": []string{"SERVICE_DELIVERY"},
		}).done()
		p.answers(child, receiver, "NO", "IDENTITY")
		shown := p.previews("social-worker", child, receiver)
		p.accepted(child, receiver, who)
		for _, profile := range hubtest.Policy().Profiles {
			if profile.Role == hubtest.Persona(who[0]).Role && slices.ContainsFunc(slices.Collect(maps.Keys(shown)), func(k string) bool { return strings.HasPrefix(k, profile.Role+" "+profile.Purpose+" ") }) {
				opened += p.compare(profile, who[0], child, shown)
			}
		}
	}
	if opened < 40 {
		t.Errorf("only %d fields were open", opened)
	}
}

// programme are tables of what a centre does for a child.
var programme = []string{"referral", "mission_visit", "care_team_change", "intake", "care_plan", "plan_goal", "plan_action", "session", "assessment_part", "access_grant", "enrolment", "training", "assistance_application"}

// record gives the child something of every kind that could be read, of which the receiver is to do its part.
func (p *place) record(child, receiver string) {
	p.t.Helper()
	p.sql("update korpu.child set safety_need = 'Asthma', school_status = 'ATTENDING', address = 'Street 1', phone = '1' where id = $1", child)
	p.sql(`insert into korpu.family_member (child_id, agency_id, author_id, name, relation)
		select $1, agency_id, id, 'Grandmother', 'GRANDPARENT' from korpu.staff where id = $2`, child, p.person("social-worker"))
	p.given("child_id", child, func(table string) bool { return slices.Contains(programme, table) })
	p.sql("update korpu.care_team_member set responsible = true where child_id = $1", child)
	p.sql("update korpu.plan_action set provider_id = $2 where child_id = $1", child, p.agency(receiver))
	for _, table := range []string{"enrolment", "training", "assistance_application"} {
		p.sql("update korpu."+table+" set agency_id = $2 where child_id = $1", child, p.agency(receiver))
	}
	p.sql(`insert into korpu.harm_report (child_id, agency_id, author_id, reported_at, kind, noticed_at, imminent, recipient_id)
		select $1, agency_id, id, now(), 'OTHER', now(), false, agency_id from korpu.staff where id = $2`, child, p.person("social-worker"))
	p.sql(`insert into korpu.harm_report (child_id, agency_id, author_id, reported_at, kind, noticed_at, imminent, recipient_id)
		select $1, agency_id, id, now(), 'OTHER', now(), false, agency_id from korpu.staff where id = $2`, child, p.person(receivers[receiver][0]))
	p.do("social-worker", "recordLoss", "id", map[string]any{"child": child, "reason": "MOVED", "since": "2026-01-01"}).done()
}

func (p *place) accepted(child, receiver string, who []string) {
	p.t.Helper()
	sent := p.do("social-worker", "refer", "id", map[string]any{"child": child, "receiver": p.agency(receiver), "service": who[1], "need": "Help."}).done()
	p.do(who[0], "acceptReferral", "id", map[string]any{"id": sent["id"], "expectedVersion": 1}).done()
}

// compare asks the receiver for every field of every record type, and returns how many are open.
func (p *place) compare(profile *policy.Profile, who, child string, shown map[string]map[string]any) (opened int) {
	p.t.Helper()
	for _, name := range profile.Catalog().Names {
		r := profile.Catalog().Records[name]
		if r.Anchor == policy.AnchorNone {
			continue
		}
		key := profile.Role + " " + profile.Purpose + " " + name + "."
		row, known := shown[key+"<nil>"]
		if (profile.Types[name] != nil) != known {
			p.t.Errorf("%s: in the schema %t, in the preview %t", key, profile.Types[name] != nil, known)
		}
		if !known {
			continue
		}
		found := p.told(profile, who, child, name)
		if row["access"] == "ALWAYS" && found == nil {
			p.t.Errorf("%s: the preview says %v, and the receiver is shown none", key, row)
		}
		for _, f := range r.Fields {
			entry := shown[key+f.Name]
			if f.Class == "REFERENCE" || f.Class == "LINK" || found == nil {
				if entry != nil {
					p.t.Errorf("%s%s is in the preview", key, f.Name)
				}
				continue
			}
			withheld, inSchema := found[f.Name]
			switch {
			case !inSchema && entry != nil, inSchema && entry == nil, inSchema && (entry["access"] == "ALWAYS") == withheld:
				p.t.Errorf("%s%s: the preview says %v; in the schema %t, withheld %t", key, f.Name, entry, inSchema, withheld)
			case inSchema && !withheld:
				opened++
			case withheld && (entry["when"] == nil || entry["howToRequest"] == ""):
				p.t.Errorf("%s%s: %v", key, f.Name, entry)
			}
		}
	}
	return opened
}

// told asks the receiver for the child's records of a type: of each field in the schema, whether it is withheld; nil where no
// record is shown.
func (p *place) told(profile *policy.Profile, who, child, name string) map[string]bool {
	p.t.Helper()
	fields := map[string]bool{}
	var asked []string
	for f := range profile.Types[name].Fields {
		if field := profile.Types[name].Record.Field(f); field.Link == nil {
			asked, fields[f] = append(asked, f), false
		}
	}
	record, ok := p.recordsOf(profile, who, child, name, strings.Join(asked, " ")+" withheld { field }")
	if !ok {
		return nil
	}
	for _, w := range record["withheld"].([]any) {
		fields[w.(map[string]any)["field"].(string)] = true
	}
	return fields
}

// recordsOf asks for a record of a type of the child: the child itself, what its links lead to, what their links lead to, or a list.
func (p *place) recordsOf(profile *policy.Profile, who, child, name, selection string) (map[string]any, bool) {
	p.t.Helper()
	queries := []string{}
	if name == "Waiting" { // no link leads to it
		queries = append(queries, "{ waiting { nodes { * } } }")
	}
	for _, way := range waysTo(profile, name, 2) {
		queries = append(queries, "query($id: ID!) { child(id: $id) { "+way+" } }")
	}
	for _, query := range queries {
		r := p.Ask(p.t, asker(who+" for "+profile.Purpose), strings.ReplaceAll(query, "*", selection), map[string]any{"id": child})
		if record := first(r.Data(p.t)); record["withheld"] != nil {
			return record, true
		}
	}
	return nil, false
}

// waysTo are selections that lead from a child to the records of a type, over so many links at most.
func waysTo(profile *policy.Profile, name string, links int) []string {
	var from func(record string, left int) []string
	from = func(record string, left int) []string {
		if record == name {
			return []string{"*"}
		}
		var all []string
		for _, f := range profile.Types[record].Record.Fields {
			if _, open := profile.Types[record].Fields[f.Name]; f.Link == nil || !open || left == 0 {
				continue
			}
			for _, way := range from(f.Link.Target, left-1) {
				if f.Link.Page {
					way = "nodes { " + way + " }"
				}
				all = append(all, f.Name+" { "+way+" }")
			}
		}
		return all
	}
	return from("Child", links)
}

// first is the first record below that tells what is withheld.
func first(v any) map[string]any {
	switch v := v.(type) {
	case map[string]any:
		if v["withheld"] != nil {
			return v
		}
		for _, below := range v {
			if found := first(below); found != nil {
				return found
			}
		}
	case []any:
		for _, below := range v {
			if found := first(below); found != nil {
				return found
			}
		}
	}
	return nil
}

func TestAPreviewShowsWhatAConsentThatIsStillToBeGivenWouldOpen(t *testing.T) {
	p := open(t)
	child := p.ward()
	const need = "activity_provider SERVICE_DELIVERY Child.safetyNeed"
	if e := p.previews("social-worker", child, "SUM-SPORT")[need]; e["access"] != "WHEN" || e["class"] != "HEALTH_SAFETY" {
		t.Fatalf("%v", e)
	}
	if e := p.previews("social-worker", child, "SUM-SPORT", "HEALTH_SAFETY")[need]; e["access"] != "ALWAYS" || e["when"] != nil {
		t.Fatalf("%v", e)
	}
	p.answers(child, "SUM-SPORT", "NO", "HEALTH_SAFETY")
	if e := p.previews("social-worker", child, "SUM-SPORT", "HEALTH_SAFETY")[need]; e["access"] != "WHEN" {
		t.Fatalf("a refusal is outweighed: %v", e)
	}
}

// A preview says no more than the referral would: who may not refer a child learns nothing of it.
func TestAPreviewOfAChildWhomTheCallerMayNotReferIsThatOfNone(t *testing.T) {
	p := open(t)
	child := p.ward()
	sealed := p.ward()
	if _, err := p.admin.Exec(t.Context(), "update korpu.child set sealed_at = now() where id = $1", sealed); err != nil {
		t.Fatal(err)
	}
	ask := func(who, child string) string {
		r := p.Ask(t, asker(who), previewQuery, map[string]any{"child": child, "receiver": p.agency("SUM-SPORT")})
		return fmt.Sprint(r.Status, string(r.Body))
	}
	never := ask("social-worker", uuid.NewString())
	for _, got := range []string{ask("social-worker", sealed), ask("social-worker-two", child), ask("manager", child)} {
		if got != never {
			t.Errorf("%s, and of a child that does not exist %s", got, never)
		}
	}
	if got := ask("coach-sumgayit", child); !strings.Contains(got, `Cannot query field \"referralPreview\"`) {
		t.Error(got)
	}
}

func TestAPreviewIsOnRecordForTheChild(t *testing.T) {
	p := open(t)
	child := p.ward()
	r := p.Ask(t, asker("social-worker"), previewQuery, map[string]any{"child": child, "receiver": p.agency("SUM-SPORT")})
	body := value[string](p, "select body::text from korpu.audit_record where body::jsonb ->> 'request' = $1", r.Header.Get("Korpu-Request-Id"))
	if !strings.Contains(body, child) || !strings.Contains(body, "Query.referralPreview") {
		t.Fatal(body)
	}
}

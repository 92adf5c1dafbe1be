package programme

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"korpu/internal/hubtest"
)

// suspect is a new child whose case the police of Sumgayit have opened, about an event, and who was referred to the clinic.
func (s *story) suspect(incident string) child {
	s.t.Helper()
	opened := s.do("officer-sumgayit", "openCase", "id version child { id }", map[string]any{
		"district": s.district("SUM"), "court": s.agency("SUM-COURT"), "allegedFacts": "A bicycle was taken.",
		"newChild": map[string]any{
			"givenName": "Orxan", "familyName": "Sınaqlı", "bornOn": time.Now().UTC().AddDate(-17, 0, -2).Format(time.DateOnly), "sex": "MALE", "district": s.district("SUM"),
		},
		"allegations": []any{map[string]any{"article": "CC 177.1", "actOn": day(-3)}},
	}).Done()
	c := child{id: opened["child"].(map[string]any)["id"].(string), file: opened["id"].(string)}
	s.do("officer-sumgayit", "recordIncident", "incident", map[string]any{"id": c.file, "expectedVersion": opened["version"], "incident": incident}).Done()
	s.run(`insert into korpu.referral (child_id, agency_id, author_id, receiver_id, service, status, sent_on)
	  select $1, agency_id, id, $3, 'ASSISTANCE', 'ACCEPTED', current_date from korpu.staff where id = $2`, c.id, s.person("officer-sumgayit"), s.agency("CLINIC"))
	return c
}

// client is such a child for whom the lawyer acts.
func (s *story) client(incident string) (child, map[string]any) {
	s.t.Helper()
	c := s.suspect(incident)
	mandate := s.do("lawyer", "takeMandate", "id version capacity signedOn until", map[string]any{"child": c.id, "scope": "Defence", "signedOn": day(0), "until": day(300)}).Done()
	return c, mandate
}

const mayTake = "query($id: ID!) { mayTakeMandate(child: $id) }"

// As clinic lawyer I ask whether the clinic may take a child on, and learn yes or no: nothing of whom it acts for.
func TestStoryG21AConflictIsTakenForNothingButANo(t *testing.T) {
	s := tell(t)
	first, second, third := s.suspect("SUM-1"), s.suspect("SUM-1"), s.suspect("SUM-2")
	unreferred := s.child()
	may := func(id string) []byte {
		t.Helper()
		r := s.Ask(t, hubtest.Persona("lawyer-two"), mayTake, map[string]any{"id": id})
		r.Data(t)
		return r.Body
	}
	yes := may(second.id)
	if !bytes.Contains(yes, []byte("true")) {
		t.Fatalf("before the clinic acts for the other child: %s", yes)
	}
	s.do("lawyer", "takeMandate", "id", map[string]any{"child": first.id, "scope": "Defence"}).Done()
	no := may(second.id)
	if !bytes.Contains(no, []byte("false")) {
		t.Fatalf("with a conflict: %s", no)
	}
	if got := may(third.id); !bytes.Equal(got, yes) {
		t.Fatalf("in another event: %s", got)
	}
	for what, id := range map[string]string{"not referred": unreferred.id, "unknown": uuid.NewString()} {
		if got := may(id); !bytes.Equal(got, no) {
			t.Errorf("a child who is %s: %s, and with a conflict %s", what, got, no)
		}
	}
	s.run("update korpu.child set sealed_at = now() where id = $1", first.id)
	if got := may(second.id); !bytes.Equal(got, yes) {
		t.Errorf("what is sealed tells: %s", got)
	}
	// Nobody tries children out: every question counts, whatever the answer.
	var limited []byte
	for range 10 {
		limited = s.Ask(t, hubtest.Persona("lawyer-two"), mayTake, map[string]any{"id": third.id}).Body
	}
	if !bytes.Contains(limited, []byte("RATE_LIMITED")) {
		t.Errorf("the sixteenth question is answered %s", limited)
	}
	for _, who := range []string{"defender-sumgayit", "manager", "officer-sumgayit", "administrator"} {
		s.hasNo(who, `{ mayTakeMandate(child: "8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001") }`)
	}
}

const shownToPolice = "query($id: ID!) { child(id: $id) { cases { nodes { parties { capacity } powersOfAttorney { shownAt endedAt lawyer { name } agency { code } } } } } }"

// That the clinic acts for a child, the police learn when the clinic shows it, and not before.
func TestStoryG21TheMandateIsShownByTheClinicAlone(t *testing.T) {
	s := tell(t)
	c, mandate := s.client("SUM-1")
	if mandate["capacity"] != "COUNSEL" || mandate["signedOn"] != day(0) || mandate["until"] != day(300) {
		t.Fatalf("%v", mandate)
	}
	s.do("lawyer-two", "takeMandate", "id", map[string]any{"child": c.id, "scope": "x", "signedOn": day(1)}).Refused("INVALID", "signedOn")
	s.do("lawyer-two", "takeMandate", "id", map[string]any{"child": c.id, "scope": "x", "until": day(0)}).Refused("INVALID", "until")
	shown := func() []map[string]any {
		t.Helper()
		file := list(s.asks("officer-sumgayit", shownToPolice, map[string]any{"id": c.id}).(map[string]any)["cases"].(map[string]any), "nodes")[0]
		return list(file, "powersOfAttorney")
	}
	if found := shown(); len(found) != 0 {
		t.Fatalf("the police see %v", found)
	}
	for _, who := range []string{"officer-sumgayit", "inspector-sumgayit", "prosecutor-sumgayit", "judge-sumgayit", "administrator"} {
		s.hasNo(who, `{ child(id: "8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001") { mandates { scope } } }`)
	}
	show := map[string]any{"mandate": mandate["id"], "case": c.file}
	s.do("lawyer-two", "showMandate", "id", map[string]any{"mandate": mandate["id"], "case": c.file}).Refused("NOT_FOUND", "")
	s.do("lawyer", "showMandate", "id", show).Done()
	s.do("lawyer", "showMandate", "id", map[string]any{"mandate": uuid.NewString(), "case": c.file}).Refused("NOT_FOUND", "")
	found := shown()
	if len(found) != 1 || found[0]["endedAt"] != nil || found[0]["agency"].(map[string]any)["code"] != "CLINIC" {
		t.Fatalf("%v", found)
	}
	s.do("lawyer", "endMandate", "id", map[string]any{"id": mandate["id"], "expectedVersion": 1}).Done()
	if found = shown(); len(found) != 1 || found[0]["endedAt"] == nil {
		t.Fatalf("after its end the police see %v", found)
	}
}

const ownNotes = "{ legalNotes { nodes { id title body reviewedAt reviewer { name } } } }"

// As supervising lawyer I review; when the mandate has ended the author still reads the note, nobody changes it, and nobody else reads it.
func TestStoryG21AfterTheMandateANoteIsItsAuthorsToRead(t *testing.T) {
	s := tell(t)
	c, mandate := s.client("SUM-1")
	note := s.do("lawyer", "writeNote", "id", map[string]any{"child": c.id, "title": "First talk", "body": "He was at home."}).Done()
	draft := s.do("lawyer", "writeNote", "id", map[string]any{"child": c.id, "title": "Draft", "body": "To be checked."}).Done()
	s.do("lawyer", "signNote", "id", map[string]any{"id": note["id"], "expectedVersion": 1}).Done()
	review := func(who string, version int) hubtest.Outcome {
		t.Helper()
		return s.do(who, "reviewNote", "reviewedAt reviewer { id }", map[string]any{"id": note["id"], "expectedVersion": version})
	}
	review("lawyer", 2).Refused("INVALID", "a second lawyer")
	review("lawyer-two", 2).Refused("NOT_FOUND", "")
	s.do("lawyer", "nameSupervisor", "id", map[string]any{"child": c.id, "lawyer": s.person("social-worker"), "scope": "Supervision"}).Refused("INVALID", "another lawyer")
	supervisor := s.do("lawyer", "nameSupervisor", "id capacity", map[string]any{"child": c.id, "lawyer": s.person("lawyer-two"), "scope": "Supervision"}).Done()
	if reviewed := review("lawyer-two", 2).Done(); reviewed["reviewedAt"] == nil || reviewed["reviewer"].(map[string]any)["id"] != s.person("lawyer-two") {
		t.Fatalf("%v", reviewed)
	}
	review("lawyer-two", 3).Refused("INVALID", "has been reviewed")
	s.do("lawyer-two", "reviewNote", "id", map[string]any{"id": draft["id"], "expectedVersion": 1}).Refused("NOT_FOUND", "")
	s.do("lawyer", "rewriteNote", "id", map[string]any{"id": note["id"], "expectedVersion": 3, "title": "x", "body": "y"}).Refused("INVALID", "does not change")

	s.do("lawyer", "endMandate", "id", map[string]any{"id": mandate["id"], "expectedVersion": 1}).Done()
	s.do("lawyer-two", "endMandate", "id", map[string]any{"id": supervisor["id"], "expectedVersion": 1}).Refused("NOT_FOUND", "") // the supervision has ended with it
	held := func(who string, id any) []map[string]any { return s.nodes(who, ownNotes, map[string]any{"id": id}) }
	if mine := held("lawyer", note["id"]); len(mine) != 1 || mine[0]["body"] != "He was at home." {
		t.Fatalf("the author reads %v", mine)
	}
	if others := held("lawyer-two", note["id"]); len(others) != 0 {
		t.Fatalf("the other lawyer reads %v", others)
	}
	if s.asks("lawyer", "query($id: ID!) { child(id: $id) { id } }", map[string]any{"id": c.id}) == nil { // the referral lasts
		t.Fatal("the child is closed to the clinic that holds its referral")
	}
	s.do("lawyer", "rewriteNote", "id", map[string]any{"id": draft["id"], "expectedVersion": 1, "title": "x", "body": "y"}).Refused("NOT_FOUND", "")
	s.do("lawyer", "signNote", "id", map[string]any{"id": draft["id"], "expectedVersion": 1}).Refused("NOT_FOUND", "")
}

// Tasks and deadlines are the lawyers' own; the first deadline comes first.
func TestStoryG21TasksAndDeadlinesAreKeptAsNotesAre(t *testing.T) {
	s := tell(t)
	c, _ := s.client("SUM-1")
	set := func(due int, what string) map[string]any {
		t.Helper()
		return s.do("lawyer", "setLegalTask", "id version what document", map[string]any{"child": c.id, "case": c.file, "dueOn": day(due), "what": what, "document": "Folder 2"}).Done()
	}
	appeal, visit := set(9, "Appeal the measure."), set(4, "Visit him.")
	s.do("lawyer", "changeLegalTask", "what document", map[string]any{"id": appeal["id"], "expectedVersion": 1, "dueOn": day(2), "what": "Appeal the order."}).Done()
	const mine = `query($id: ID!) { legalTasks(first: 100, filter: {doneAt: {isNull: true}}, orderBy: {field: DUE_ON, direction: ASC}) { nodes { what document child { id } } } child(id: $id) { legalTasks { what } } }`
	open := func() (all []string) {
		t.Helper()
		for _, n := range s.Ask(t, hubtest.Persona("lawyer"), mine, map[string]any{"id": c.id}).Data(t)["legalTasks"].(map[string]any)["nodes"].([]any) {
			if task := n.(map[string]any); task["child"].(map[string]any)["id"] == c.id {
				all = append(all, task["what"].(string)+" "+task["document"].(string))
			}
		}
		return all
	}
	if got := strings.Join(open(), "; "); got != "Appeal the order. Folder 2; Visit him. Folder 2" {
		t.Fatal(got)
	}
	s.do("lawyer", "finishLegalTask", "doneAt", map[string]any{"id": visit["id"], "expectedVersion": 1}).Done()
	s.do("lawyer", "changeLegalTask", "id", map[string]any{"id": visit["id"], "expectedVersion": 2, "dueOn": day(5), "what": "x"}).Refused("INVALID", "has been done")
	if got := strings.Join(open(), "; "); got != "Appeal the order. Folder 2" {
		t.Fatal(got)
	}
	s.do("lawyer-two", "finishLegalTask", "id", map[string]any{"id": appeal["id"], "expectedVersion": 2}).Refused("NOT_FOUND", "")
	if value[bool](s, "select position(convert_to('Appeal', 'UTF8') in what) > 0 from korpu.legal_task where id = $1", appeal["id"]) {
		t.Fatal("the database holds the text")
	}
	if told := value[string](s, "select string_agg(o::text, ' ') from korpu.outbox o where child_id = $1", c.id); strings.Contains(told, "Appeal") || !strings.Contains(told, "setLegalTask") {
		t.Fatalf("what is announced: %s", told)
	}
}

// Of what lies between lawyer and child no other role has a field: to see, to search, to count, to export or to administer.
func TestStoryG21NoOtherRoleHasAFieldOfWhatIsPrivileged(t *testing.T) {
	for _, p := range hubtest.Policy().Profiles {
		for _, name := range []string{"LegalNote", "NoteRelease", "LegalTask"} {
			if p.Types[name] != nil && p.Role != "clinic_lawyer" {
				t.Errorf("%s has %s", p, name)
			}
		}
		for _, f := range p.Schema().Query.Fields {
			if (f.Name == "legalNotes" || f.Name == "legalTasks") && p.Role != "clinic_lawyer" {
				t.Errorf("%s may ask %s", p, f.Name)
			}
		}
		for _, name := range []string{"LegalNoteFilter", "LegalNoteOrder"} {
			if p.Schema().Types[name] != nil {
				t.Errorf("%s may search notes by %s", p, name)
			}
		}
	}
}

const released = "query($id: ID!) { child(id: $id) { releasedNotes { title body } } }"

// A lawyer outside the clinic reads what the clinic has released, as long as the child agrees, and nothing else.
func TestStoryG21AnotherLawyerReadsWhatIsReleasedWhileTheChildAgrees(t *testing.T) {
	s := tell(t)
	c, _ := s.client("SUM-1")
	s.run("insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since) select $1, agency_id, id, id, 'Defence', current_date from korpu.staff where id = $2", c.id, s.person("defender-sumgayit"))
	note := s.do("lawyer", "writeNote", "id", map[string]any{"child": c.id, "title": "First talk", "body": "He was at home."}).Done()
	s.do("lawyer", "writeNote", "id", map[string]any{"child": c.id, "title": "Second talk", "body": "He was afraid."}).Done()
	s.do("lawyer", "signNote", "id", map[string]any{"id": note["id"], "expectedVersion": 1}).Done()
	release := func() hubtest.Outcome {
		t.Helper()
		return s.do("lawyer", "releaseNote", "id", map[string]any{"note": note["id"], "recipient": s.agency("SUM-BAR")})
	}
	release().Refused("INVALID", "consented")
	given := s.do("lawyer", "giveConsent", "id", map[string]any{
		"child": c.id, "kind": "CONSENT", "recipient": s.agency("SUM-BAR"), "classes": []string{"RELEASED_NOTE"}, "purposes": []string{"LEGAL_DEFENCE"},
	}).Done()
	release().Done()
	reads := func() []map[string]any {
		t.Helper()
		return list(s.asks("defender-sumgayit", released, map[string]any{"id": c.id}).(map[string]any), "releasedNotes")
	}
	if found := reads(); len(found) != 1 || found[0]["body"] != "He was at home." {
		t.Fatalf("%v", found)
	}
	s.do("lawyer", "withdrawConsent", "id", map[string]any{"id": given["id"], "expectedVersion": 1}).Done()
	if found := reads(); len(found) != 1 || found[0]["body"] != nil || found[0]["title"] != nil {
		t.Fatalf("after the consent is taken back: %v", found)
	}
	s.hasNo("defender-sumgayit", "{ legalNotes { nodes { body } } }")
}

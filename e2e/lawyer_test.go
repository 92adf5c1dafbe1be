package e2e

import (
	"bytes"
	"testing"

	"korpu/internal/hubtest"
	"korpu/policy"
)

const clients = `{ children(first: 25) { totalCount nodes { id familyName
  detentions(first: 5) { admittedAt releasedAt lawyerContacts(first: 5) { kind at inPrivate } }
  legalNotes(first: 10) { nodes { title body signedAt author { name } withheld { field } } } } } }`

func TestAClinicLawyerListsOwnClientsWithDetentionContactsAndNotes(t *testing.T) {
	admin, conn := hubtest.Country(t, 2250, 1)
	h := hubtest.Open(t, admin)
	var want int
	err := conn.QueryRow(t.Context(), `select count(*) from korpu.child k join korpu.staff_identity i on i.subject = 'lawyer' where k.sealed_at is null
	    and (exists (select from korpu.legal_mandate m where m.child_id = k.id and m.lawyer_id = i.staff_id and m.ended_at is null)
	      or exists (select from korpu.access_grant g where g.child_id = k.id and g.staff_id = i.staff_id and now() between g.starts_at and g.ends_at)
	      or exists (select from korpu.referral r join korpu.staff s on s.agency_id = r.receiver_id where r.child_id = k.id and s.id = i.staff_id and r.status in ('SENT', 'ACCEPTED', 'ACTIVE')))`).Scan(&want)
	if err != nil {
		t.Fatal(err)
	}
	list := h.Ask(t, hubtest.Persona("lawyer"), clients, nil).Data(t)["children"].(map[string]any)
	if got := int(list["totalCount"].(float64)); got != want || want == 0 {
		t.Fatalf("%d clients, %d mandates", got, want)
	}
	var contacts, notes int
	for _, node := range list["nodes"].([]any) {
		child := node.(map[string]any)
		for _, d := range child["detentions"].([]any) {
			contacts += len(d.(map[string]any)["lawyerContacts"].([]any))
		}
		notes += len(child["legalNotes"].(map[string]any)["nodes"].([]any))
	}
	if contacts == 0 || notes == 0 {
		t.Fatalf("%d lawyer contacts, %d notes", contacts, notes)
	}
}

func TestNoOtherRoleHasAFieldOfAPrivilegedNote(t *testing.T) {
	admin, _ := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	for _, role := range policy.Roles {
		for _, purpose := range role.Purposes {
			asker := hubtest.OfRole(role.Name)
			asker.Purpose = purpose
			r := h.Ask(t, asker, `{ __type(name: "LegalNote") { name } }`, nil)
			if known := !bytes.Contains(r.Body, []byte(`"__type":null`)); known != (role.Name == "clinic_lawyer" && purpose == "LEGAL_DEFENCE") {
				t.Errorf("%s for %s: %s", role.Name, purpose, r.Body)
			}
		}
	}
}

func TestAnotherLawyerOfTheClinicDoesNotReadTheNotesOfAClient(t *testing.T) {
	admin, _ := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	mine := ids(h.Ask(t, hubtest.Persona("lawyer"), clients, nil).Data(t))
	theirs := ids(h.Ask(t, hubtest.Persona("lawyer-two"), clients, nil).Data(t))
	if len(mine) == 0 || len(theirs) == 0 {
		t.Fatalf("%d and %d clients", len(mine), len(theirs))
	}
	const one = "query($id: ID!) { child(id: $id) { id legalNotes { totalCount } } }"
	for id := range mine {
		if theirs[id] {
			continue
		}
		if got := h.Ask(t, hubtest.Persona("lawyer-two"), one, map[string]any{"id": id}).Data(t)["child"]; got != nil {
			t.Fatalf("another lawyer's client answers %v", got)
		}
		return
	}
	t.Fatal("the two lawyers have the same clients")
}

// That the clinic defends a child is the clinic's to show (a power of attorney), also to another lawyer of the child.
func TestAMandateIsShownToThoseWhoHoldItOnly(t *testing.T) {
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	for _, p := range hubtest.Policy().Profiles {
		if _, shown := p.Types["LegalMandate"]; shown != (p.Purpose == "LEGAL_DEFENCE") {
			t.Errorf("%s is shown mandates: %t", p, shown)
		}
	}
	defender := hubtest.Persona("defender-sumgayit")
	const mandates = "{ children(first: 50) { nodes { id mandates { scope lawyer { name } } } } }"
	before := h.Ask(t, defender, mandates, nil)
	if !bytes.Contains(before.Body, []byte(`"scope"`)) {
		t.Fatalf("the defender has no mandate: %s", before.Body)
	}
	do(t, conn, `insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since)
	  select k.id, s.agency_id, s.id, s.id, 'S', k.registered_on from korpu.child k, korpu.staff s join korpu.staff_identity i on i.staff_id = s.id
	   where i.subject = 'lawyer' and k.counsel @> array[(select staff_id from korpu.staff_identity where subject = 'defender-sumgayit')]`)
	if after := h.Ask(t, defender, mandates, nil); !bytes.Equal(before.Body, after.Body) {
		t.Errorf("the defender is shown the clinic's mandate: %s", after.Body)
	}
}

func ids(data map[string]any) map[string]bool {
	all := map[string]bool{}
	for _, node := range data["children"].(map[string]any)["nodes"].([]any) {
		all[node.(map[string]any)["id"].(string)] = true
	}
	return all
}

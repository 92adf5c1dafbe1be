package commands

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/google/uuid"

	"korpu/internal/hubtest"
)

// client is a child of the clinic's lawyer whom the defence lawyer of Sumgayit acts for too.
func (p *place) client() string {
	p.t.Helper()
	child := value[string](p, `select k.id::text from korpu.child k where k.sealed_at is null
	  and k.counsel @> array[(select staff_id from korpu.staff_identity where subject = 'lawyer')] order by k.id limit 1`)
	defender := p.person("defender-sumgayit")
	_, err := p.admin.Exec(p.t.Context(), `insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since)
	  values ($1, (select agency_id from korpu.staff where id = $2), $2, $2, 'defence', current_date)`, child, defender)
	if err != nil {
		p.t.Fatal(err)
	}
	return child
}

// isSealed fails the test unless the note stands in the table as the texts, and under no other key than its clinic's.
func (p *place) isSealed(note any, title, body string) {
	p.t.Helper()
	id := uuid.MustParse(note.(string))
	row := value[string](p, "select n::text from korpu.legal_note n where id = $1", id)
	for _, text := range []string{title, body} {
		if bytes.Contains([]byte(row), []byte(text)) || bytes.Contains([]byte(row), []byte(hex.EncodeToString([]byte(text)))) {
			p.t.Fatalf("%q stands in %s", text, row)
		}
	}
	key := hubtest.KeyOf(p.t, p.admin, value[uuid.UUID](p, "select agency_id from korpu.legal_note where id = $1", id))
	for column, text := range map[string]string{"title": title, "body": body} {
		opened, err := key.Open("legal_note."+column, id, value[[]byte](p, "select "+column+" from korpu.legal_note where id = $1", id))
		if err != nil || string(opened) != text {
			p.t.Fatalf("%s opens as %q, error %v", column, opened, err)
		}
	}
}

func TestANoteIsSealedAsItIsWrittenAndReadByWhomItIsOpenTo(t *testing.T) {
	p := open(t)
	child := p.client()
	written := p.do("lawyer", "writeNote", "id version title body", map[string]any{"child": child, "title": "İlk söz", "body": "Gizli \"mətn\""}).done()
	if written["title"] != "İlk söz" || written["body"] != `Gizli "mətn"` {
		t.Fatalf("%v", written)
	}
	p.isSealed(written["id"], "İlk söz", `Gizli "mətn"`)
	again := p.do("lawyer", "rewriteNote", "id version title body", map[string]any{"id": written["id"], "expectedVersion": 1, "title": "Son söz", "body": "Başqa mətn"}).done()
	if again["title"] != "Son söz" || again["body"] != "Başqa mətn" {
		t.Fatalf("%v", again)
	}
	p.isSealed(written["id"], "Son söz", "Başqa mətn")
	p.do("lawyer", "signNote", "signedAt title", map[string]any{"id": written["id"], "expectedVersion": 2}).done()
	p.isSealed(written["id"], "Son söz", "Başqa mətn")

	consent := map[string]any{"child": child, "kind": "CONSENT", "recipient": p.agency("SUM-BAR"), "classes": []any{"RELEASED_NOTE"}, "purposes": []any{"LEGAL_DEFENCE"}}
	p.do("lawyer", "giveConsent", "id", consent).done()
	p.do("lawyer", "releaseNote", "id", map[string]any{"note": written["id"], "recipient": p.agency("SUM-BAR")}).done()
	r := p.Ask(t, hubtest.Persona("defender-sumgayit"), "query($id: ID!) { child(id: $id) { releasedNotes { title body } } }", map[string]any{"id": child})
	var body struct {
		Data struct {
			Child struct {
				ReleasedNotes []struct{ Title, Body string }
			}
		}
	}
	if err := json.Unmarshal(r.Body, &body); err != nil || len(body.Data.Child.ReleasedNotes) != 1 {
		t.Fatalf("%s, error %v", r.Body, err)
	}
	if n := body.Data.Child.ReleasedNotes[0]; n.Title != "Son söz" || n.Body != "Başqa mətn" {
		t.Errorf("the other lawyer reads %+v", n)
	}
}

// The first note of a clinic makes its key, also where the command is repeated.
func TestTheFirstNoteOfAClinicMakesItsKey(t *testing.T) {
	p := open(t)
	child := p.client()
	for _, sql := range []string{"truncate korpu.note_release, korpu.legal_note", "delete from korpu.data_key"} {
		if _, err := p.admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	p.Hub.Hub = p.Instance(t)
	input := map[string]any{"idempotencyKey": "first", "child": child, "title": "İlk söz", "body": "Mətn"}
	written := p.do("lawyer", "writeNote", "id title", input).done()
	p.isSealed(written["id"], "İlk söz", "Mətn")
	if again := p.do("lawyer", "writeNote", "id title", input).done(); again["id"] != written["id"] || again["title"] != "İlk söz" {
		t.Errorf("again: %v", again)
	}
}

package e2e

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"

	"korpu/internal/hub"
	"korpu/internal/hubtest"
	"korpu/internal/postgres/pgserver"
	"korpu/internal/vault"
)

// note is a privileged note as the lawyer reads it.
type note struct{ ID, Title, Body string }

const ownNotes = "{ children(first: 50) { nodes { legalNotes(first: 10) { nodes { id title body } } } } }"

// notes are the notes that the clinic's lawyer reads in full.
func notes(t *testing.T, h *hubtest.Hub) []note {
	t.Helper()
	var all []note
	for _, child := range h.Ask(t, hubtest.Persona("lawyer"), ownNotes, nil).Data(t)["children"].(map[string]any)["nodes"].([]any) {
		for _, n := range child.(map[string]any)["legalNotes"].(map[string]any)["nodes"].([]any) {
			if n := n.(map[string]any); n["title"] != nil && n["body"] != nil {
				all = append(all, note{n["id"].(string), n["title"].(string), n["body"].(string)})
			}
		}
	}
	if len(all) < 10 {
		t.Fatalf("the lawyer reads %d notes", len(all))
	}
	return all
}

func change(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if tag, err := conn.Exec(t.Context(), sql, args...); err != nil || tag.RowsAffected() == 0 {
		t.Fatalf("%s: %s, error %v", sql, tag, err)
	}
}

func TestWhoeverHoldsTheDatabaseOrADumpOfItReadsNoNote(t *testing.T) {
	admin, conn := hubtest.Country(t, 600, 1)
	all := notes(t, hubtest.Open(t, admin))
	sources := map[string][]byte{"a superuser": everything(t, conn), "a dump": dump(t, admin)}
	for where, text := range sources {
		if !bytes.Contains(text, []byte("SUM-POLICE")) && text != nil {
			t.Fatalf("%s does not even read the agencies", where)
		}
		for _, n := range all {
			for _, secret := range []string{n.Title, n.Body} {
				if bytes.Contains(text, []byte(secret)) || bytes.Contains(text, []byte(hex.EncodeToString([]byte(secret)))) {
					t.Fatalf("%s reads %q", where, secret)
				}
			}
		}
	}
}

// everything is each row of each table, the statistics of the planner too, as text.
func everything(t *testing.T, conn *pgx.Conn) []byte {
	t.Helper()
	rows, err := conn.Query(t.Context(), "select oid::regclass::text from pg_class where relkind = 'r' and relnamespace in ('korpu'::regnamespace, 'pg_catalog'::regnamespace)")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || !slices.Contains(tables, "pg_statistic") || !slices.Contains(tables, "korpu.legal_note") {
		t.Fatalf("%v, error %v", tables, err)
	}
	var text bytes.Buffer
	for _, table := range tables {
		if _, err := conn.PgConn().CopyTo(t.Context(), &text, "copy (select t::text from "+table+" t) to stdout"); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	return text.Bytes()
}

// dump is nothing where PostgreSQL came without its client programs.
func dump(t *testing.T, admin string) []byte {
	t.Helper()
	binaries, err := pgserver.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server, err := filepath.EvalSymlinks(filepath.Join(binaries.Dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath(filepath.Join(filepath.Dir(server), "pg_dump"))
	if err != nil {
		t.Logf("not tried on a dump: %v", err)
		return nil
	}
	text, err := exec.CommandContext(t.Context(), program, admin).Output()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestACiphertextThatWasMovedOrChangedIsADefectAndShowsNothing(t *testing.T) {
	admin, conn := hubtest.Country(t, 600, 1)
	h := hubtest.Open(t, admin)
	var log bytes.Buffer
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	all := notes(t, h)
	here, there := all[0], all[1]
	foreign := ofAnotherAgency(t, conn, here)
	before := h.Ask(t, hubtest.Persona("lawyer"), ownNotes, nil)
	const columns = "id, child_id, case_id, agency_id, author_id, created_at, written_at, title, body, signed_at, version"
	change(t, conn, "create table public.kept as select "+columns+" from korpu.legal_note")
	for what, values := range map[string]string{
		"from another row":         "body = (select o.body from korpu.legal_note o where o.id = $2)",
		"from another column":      "title = body",
		"from another agency":      "body = $3",
		"with a changed end":       "body = set_byte(body, length(body) - 1, get_byte(body, length(body) - 1) # 1)",
		"with an unknown key":      "title = set_byte(title, 2, get_byte(title, 2) # 1)",
		"that is empty":            "title = ''",
		"that is a text":           "title = 'In the clear'",
		"whose row's id was taken": "id = gen_random_uuid()",
	} {
		change(t, conn, "with args as (select $2::uuid, $3::bytea) update korpu.legal_note set "+values+" where id = $1", here.ID, there.ID, foreign)
		r := h.Ask(t, hubtest.Persona("lawyer"), ownNotes, nil)
		if r.Status != http.StatusInternalServerError || bytes.Contains(r.Body, []byte(`"data"`)) || !bytes.Contains(r.Body, []byte(`"INTERNAL"`)) {
			t.Errorf("a value %s: %d %s", what, r.Status, r.Body)
		}
		change(t, conn, "delete from korpu.legal_note")
		change(t, conn, "insert into korpu.legal_note ("+columns+") select * from public.kept")
	}
	if after := h.Ask(t, hubtest.Persona("lawyer"), ownNotes, nil); !bytes.Equal(after.Body, before.Body) {
		t.Errorf("afterwards: %s", after.Body)
	}
	expectTold(t, log.String(), here, there)
}

// ofAnotherAgency is the note's text, sealed for its place with the key of an agency that is not its own.
func ofAnotherAgency(t *testing.T, conn *pgx.Conn, n note) []byte {
	t.Helper()
	var other uuid.UUID
	if err := conn.QueryRow(t.Context(), "select id from korpu.agency where code = 'SUM-COURT'").Scan(&other); err != nil {
		t.Fatal(err)
	}
	sealed, err := hubtest.KeyOf(t, conn, other).Seal("legal_note.body", uuid.MustParse(n.ID), []byte(n.Body))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// expectTold tests that the log tells of the column, and nothing of notes.
func expectTold(t *testing.T, log string, notes ...note) {
	t.Helper()
	if !strings.Contains(log, "an encrypted value does not open") || !strings.Contains(log, "column=legal_note.title") {
		t.Errorf("the log says %s", log)
	}
	for _, n := range notes {
		for _, secret := range []string{n.ID, n.Title, n.Body, "In the clear"} {
			if strings.Contains(log, secret) {
				t.Errorf("the log tells %q", secret)
			}
		}
	}
}

func TestAHubUnderAnotherKeyOrUnderNoneDoesNotStart(t *testing.T) {
	admin, _ := hubtest.Country(t, 600, 1)
	h := hubtest.Open(t, admin)
	another, err := subtle.NewAESGCM(bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	for what, kek := range map[string]*vault.KEK{"another": vault.NewKEK(another), "none": nil} {
		config := h.Config
		config.Keys = kek
		if opened, err := hub.Open(t.Context(), config); err == nil {
			opened.Close()
			t.Errorf("under %s it starts", what)
		}
	}
}

func TestNotesAreReadOnOnEveryInstanceWhileKeysAreRotated(t *testing.T) {
	admin, conn := hubtest.Country(t, 600, 1)
	h := hubtest.Open(t, admin)
	instances := []*hub.Hub{h.Hub, h.Instance(t)}
	before := h.Ask(t, hubtest.Persona("lawyer"), ownNotes, nil)
	keeper := &vault.Keeper{Conn: conn, KEK: hubtest.Keys()}
	for _, f := range hubtest.Policy().Catalog.Encrypted() {
		keeper.Columns = append(keeper.Columns, f.Place())
	}
	request, err := json.Marshal(map[string]any{"query": ownNotes})
	if err != nil {
		t.Fatal(err)
	}
	asker := h.Request(t, hubtest.Persona("lawyer"), ownNotes, nil)
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for _, instance := range instances {
		for range 2 {
			group.Go(func() {
				for ctx.Err() == nil {
					again := asker.Clone(t.Context())
					again.Body = io.NopCloser(bytes.NewReader(request))
					if r := hubtest.Send(t, instance, again); !bytes.Equal(r.Body, before.Body) {
						t.Errorf("meanwhile: %d %s", r.Status, r.Body)
						return
					}
				}
			})
		}
	}
	for range 3 {
		rotate(t, keeper)
	}
	stop()
	group.Wait()
	retire(t, keeper)
	for _, instance := range append(instances, h.Instance(t)) {
		if r := hubtest.Send(t, instance, h.Request(t, hubtest.Persona("lawyer"), ownNotes, nil)); !bytes.Equal(r.Body, before.Body) {
			t.Errorf("afterwards: %s", r.Body)
		}
	}
}

func rotate(t *testing.T, k *vault.Keeper) {
	t.Helper()
	holders, err := k.Holders(t.Context(), "")
	if err != nil || len(holders) == 0 {
		t.Fatalf("%v, error %v", holders, err)
	}
	for _, h := range holders {
		if moved, err := k.Rotate(t.Context(), h.Agency); err != nil || moved == 0 {
			t.Fatalf("%d values moved, error %v", moved, err)
		}
	}
}

func retire(t *testing.T, k *vault.Keeper) {
	t.Helper()
	holders, err := k.Holders(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range holders {
		if r, err := k.Retire(t.Context(), h.Agency, 0); err != nil || r.Removed != 3 || r.Moved != 0 {
			t.Fatalf("%+v, error %v", r, err)
		}
	}
}

package attacks

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgconn"

	"korpu/internal/hub"
	"korpu/internal/hubtest"
	"korpu/internal/postgres"
	"korpu/policy"
	"korpu/schema"
)

// contract is the public contract with a text replaced in every file that has it.
func contract(t *testing.T, old, changed string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	hits := 0
	names, err := fs.Glob(schema.FS, "*.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(schema.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		hits += strings.Count(string(text), old)
		files[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(text), old, changed))}
	}
	if hits == 0 {
		t.Fatalf("the contract has no %q", old)
	}
	return files
}

func TestAttack79AFieldThatNobodyClassifiedStopsTheStart(t *testing.T) {
	admin, _ := hubtest.Database(t)
	sdl := contract(t, "  nationalId: String @data(class: IDENTITY)", "  nationalId: String @data(class: IDENTITY)\n  \"New.\"\n  secret: String")
	_, err := postgres.FollowPolicies(t.Context(), hubtest.Login(t, admin), sdl, nil)
	if err == nil || !strings.Contains(err.Error(), "Child.secret") {
		t.Fatalf("error %v", err)
	}
}

func TestAttack79AColumnOrTableThatNobodyClassifiedIsInNoAnswer(t *testing.T) {
	h, conn := open(t)
	lawyer := hubtest.Persona("lawyer")
	before := h.Ask(t, lawyer, everything(profile(t, "clinic_lawyer", "LEGAL_DEFENCE"))[0], nil)
	change(t, conn, "alter table korpu.child add column secret text default 'SECRET'")
	change(t, conn, "create table korpu.extra as select id, 'SECRET' as secret from korpu.child")
	change(t, conn, "alter table korpu.extra owner to korpu_owner")
	for _, hub := range []*hub.Hub{h.Hub, h.Instance(t)} {
		alike(t, "a new column", hubtest.Send(t, hub, h.Request(t, lawyer, everything(profile(t, "clinic_lawyer", "LEGAL_DEFENCE"))[0], nil)), before)
	}
	likeAMisspelling(t, h, lawyer, "{ children { nodes { secret } } }", "secret", nil)
	likeAMisspelling(t, h, lawyer, "{ extra { secret } }", "extra", nil)
	if n := value[int](t, conn, "select count(*) from information_schema.columns where column_name = 'secret' and table_schema like 'v%'"); n != 0 {
		t.Errorf("%d views have the new column", n)
	}
	login := asLogin(t, h)
	denied(t, login, "the login", "select * from korpu.extra")
}

func TestAttack80AColumnUnderALiveViewCannotBeDroppedAndMadeAgain(t *testing.T) {
	_, conn := open(t)
	for _, name := range []string{"given_name", "national_id", "safety_need", "parties"} {
		_, err := conn.Exec(t.Context(), "alter table korpu.child drop column "+name)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "2BP01" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A type that loses its mark is guarded by nothing: it must be refused, or nobody may reach it.
func TestAttack81ARenamedDirectiveNeverLeavesATypeWithoutGuard(t *testing.T) {
	for _, name := range hubtest.Policy().Catalog.Names {
		sdl := contract(t, "type "+name+" @record(", "directive @recorded(table: String!, anchor: Anchor!, order: String) on OBJECT\ntype "+name+" @recorded(")
		if c, err := policy.Build(sdl, policy.Embedded()); err == nil {
			t.Errorf("%s without @record compiles: %t", name, c != nil)
		}
	}
	for _, directive := range []string{"@data(", "@link(", "@filters(", "@orders(", "@only(", "@connection"} {
		if c, err := policy.Build(contract(t, directive, "@renamed"+directive[1:]), policy.Embedded()); err == nil {
			t.Errorf("%s renamed compiles: %t", directive, c != nil)
		}
	}
}

func TestAttack83AGrantByHandOpensNothingThroughTheHubAndStopsItsNextStart(t *testing.T) {
	h, conn := open(t)
	question := map[string]hubtest.Response{}
	for _, p := range hubtest.Policy().Profiles {
		for _, query := range everything(p)[:min(1, len(everything(p)))] {
			question[p.String()] = h.Ask(t, asker(p), query, nil)
		}
	}
	for _, role := range policy.Roles {
		change(t, conn, "grant usage on schema korpu to "+policy.ReadingRole(role.Name))
		change(t, conn, "grant select on all tables in schema korpu to "+policy.ReadingRole(role.Name))
	}
	for _, p := range hubtest.Policy().Profiles {
		for _, query := range everything(p)[:min(1, len(everything(p)))] {
			alike(t, p.String(), h.Ask(t, asker(p), query, nil), question[p.String()])
		}
	}
	if next, err := hub.Open(t.Context(), h.Config); err == nil {
		next.Close()
		t.Error("a hub starts over a database that was opened by hand")
	}
}

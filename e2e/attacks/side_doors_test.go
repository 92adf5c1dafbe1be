package attacks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"korpu/internal/hub"
	"korpu/internal/hubtest"
	"korpu/internal/postgres/pgtest"
	"korpu/internal/server"
	"korpu/policy"
)

func TestAttack69WhoHasNoTokenLearnsThatTheHubRunsAndNoMore(t *testing.T) {
	h, conn := open(t)
	config := h.Config
	config.GraphiQL = &server.GraphiQL{}
	with, err := hub.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(with.Close)
	ask := func(method, path, body string) hubtest.Response {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		return hubtest.Send(t, with, r)
	}
	open := map[string]int{
		"GET /healthz": http.StatusOK, "GET /readyz": http.StatusOK, "GET /graphiql": http.StatusOK, "GET /graphiql/page.js": http.StatusOK,
		"GET /": http.StatusOK, "GET /children": http.StatusUnauthorized, "GET /child/x": http.StatusUnauthorized, "GET /assets/": http.StatusNotFound, "GET /metrics": http.StatusNotFound, "GET /debug/pprof/": http.StatusNotFound, "GET /debug/vars": http.StatusNotFound, "GET /openapi.json": http.StatusNotFound,
		"GET /schema.graphql": http.StatusNotFound, "GET /graphql/schema": http.StatusNotFound, "GET /.env": http.StatusNotFound, "GET /graphiql/../../go.mod": http.StatusTemporaryRedirect, "GET /graphiql/page.html": http.StatusNotFound,
		"GET /graphiql/": http.StatusNotFound, "GET /graphql": http.StatusMethodNotAllowed, "OPTIONS /graphql": http.StatusMethodNotAllowed, "HEAD /graphql": http.StatusMethodNotAllowed, "TRACE /graphql": http.StatusMethodNotAllowed,
		"PUT /graphql": http.StatusMethodNotAllowed, "POST /healthz": http.StatusNotFound, "POST /graphql": http.StatusUnauthorized,
	}
	first := map[string]hubtest.Response{}
	for what, status := range open {
		method, path, _ := strings.Cut(what, " ")
		r := ask(method, path, `{"query":"{ __schema { types { name } } }"}`)
		if r.Status != status && (status != http.StatusTemporaryRedirect || r.Status/100 != 3) {
			t.Errorf("%s: %d %.200s", what, r.Status, r.Body)
		}
		for _, word := range []string{"korpu_", "postgres", "Child", "agency", "SUM-", "v1_", "pgx"} {
			if strings.Contains(string(r.Body), word) && !strings.HasPrefix(path, "/graphiql") {
				t.Errorf("%s tells %q: %s", what, word, r.Body)
			}
		}
		first[what] = r
	}
	change(t, conn, "delete from korpu.consent")
	for what, r := range first {
		method, path, _ := strings.Cut(what, " ")
		alike(t, what, ask(method, path, `{"query":"{ __schema { types { name } } }"}`), r)
	}
	for _, body := range []string{"", "{", "{{{", `{"query":"{ cases { x } }"}`, strings.Repeat("x", 60000)} {
		alike(t, "a body without a token", ask("POST", "/graphql", body), first["POST /graphql"])
	}
}

// denied runs SQL that must fail for want of a privilege, or since a view over several tables cannot be written at all.
func denied(t *testing.T, conn *pgx.Conn, what, sql string) {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	if err == nil {
		rows.Close()
		err = rows.Err()
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || !slices.Contains([]string{"42501", "3F000", "55000"}, pg.Code) {
		t.Errorf("%s: %s: %v", what, sql, err)
	}
	if _, err := conn.Exec(context.Background(), "rollback"); err != nil {
		t.Fatal(err)
	}
}

// asLogin is a connection of the hub's login, with the restraints that it can take off itself taken off.
func asLogin(t *testing.T, h *hubtest.Hub) *pgx.Conn {
	t.Helper()
	conn := hubtest.Connect(t, hubtest.LoginURL(t, h.Admin))
	for _, sql := range []string{"set default_transaction_read_only = off", "set search_path = korpu, public", "set statement_timeout = 0"} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

func tables(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	return pgtest.Column[string](t, conn, "select relname::text from pg_class where relnamespace = 'korpu'::regnamespace and relkind in ('r', 'v') and relname not in ('admitted', 'admission', 'client_admission', 'policy_version', 'policy_current')")
}

func TestAttack70TheHubsLoginItselfReadsAndWritesNothingOfAChild(t *testing.T) {
	h, conn := open(t)
	login := asLogin(t, h)
	views := pgtest.Column[string](t, conn, "select relname::text from pg_class where relnamespace = 'korpu'::regnamespace and relkind = 'v'")
	for _, table := range tables(t, conn) {
		for _, sql := range []string{"select * from korpu.%s", "select x from korpu.%s x", "select count(*) from korpu.%s", "select 1 from korpu.%s limit 0", "select ctid from korpu.%s", "table korpu.%s",
			"copy korpu.%s to stdout", "delete from korpu.%s", "truncate korpu.%s", "do $x$ begin lock table korpu.%s in access share mode; end $x$", "comment on table korpu.%s is 'x'", "create index on korpu.%s ((1))",
			"create or replace view korpu.%s as select 1", "drop table korpu.%s", "grant select on korpu.%s to korpu_hub", "select * from korpu.%s tablesample system (100)"} {
			if slices.Contains(views, table) && (!strings.HasPrefix(sql, "select ") || strings.Contains(sql, "ctid") || strings.Contains(sql, "tablesample")) {
				continue // a view has none of that
			}
			denied(t, login, "the login", fmt.Sprintf(sql, table))
		}
	}
	for _, p := range hubtest.Policy().Profiles {
		for _, a := range p.Types {
			denied(t, login, "the login", "select * from "+p.ViewSchema(1)+"."+a.Record.Table)
		}
	}
	for _, sql := range []string{
		"set role korpu_owner", "set role postgres", "set session authorization korpu_read_judge", "create role x", "alter role korpu_read_judge login", "grant korpu_owner to korpu_hub",
		"create temporary table x (a int)", "create temporary view x as select 1", "create table korpu.x (a int)", "create table public.x (a int)", "create schema x", "create extension file_fdw",
		"create function pg_temp.f(text) returns boolean language sql as 'select true'", "create function public.f() returns int language sql as 'select 1'", "create function korpu.f() returns int language sql as 'select 1'",
		"select korpu.staff()", "select korpu.agency()", "select korpu.purpose()", "select korpu.refresh_child('00000000-0000-4000-8000-000000000000')", "select korpu.refresh_case('00000000-0000-4000-8000-000000000000')", "select korpu.keep_child_anchors()",
		"select starelid, stavalues1 from pg_statistic", "select * from pg_authid", "select rolpassword from pg_authid", "select * from pg_user_mapping", "select pg_read_file('PG_VERSION')", "select pg_ls_dir('.')", "copy (select 1) to program 'true'",
		"copy (select 1) to '/dev/null'", "select lo_import('/etc/hostname')", "create database x", "alter system set log_statement = 'all'", "set session_replication_role = replica", "load 'auto_explain'",
	} {
		denied(t, login, "the login", sql)
	}
	for _, view := range []string{"pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"} {
		if n := value[int](t, login, "select count(*) from "+view+" where schemaname = 'korpu'"); n != 0 {
			t.Errorf("%s shows %d columns of the hub's tables", view, n)
		}
	}
	if n := value[int](t, conn, "select count(*) from pg_stats where schemaname = 'korpu' and tablename = 'child'"); n == 0 {
		t.Fatal("there are no statistics that could show")
	}
	if n := value[int](t, login, "select count(*) from information_schema.role_column_grants where table_schema = 'korpu' and table_name not in ('admitted', 'admission', 'client_admission', 'policy_version', 'policy_current')"); n != 0 {
		t.Errorf("%d grants", n)
	}
}

func TestAttack70AReadingRoleReadsItsOwnViewsAlone(t *testing.T) {
	h, conn := open(t)
	login := asLogin(t, h)
	for _, p := range hubtest.Policy().Profiles {
		if _, err := login.Exec(t.Context(), "set role "+policy.ReadingRole(p.Role)); err != nil {
			t.Fatal(err)
		}
		for _, a := range p.Types {
			view := p.ViewSchema(1) + "." + a.Record.Table
			if n := value[int](t, login, "select count(*) from "+view+" x where x is not null"); n != 0 && needsSubject(a) {
				t.Errorf("%s shows %d rows to a role without a subject", view, n)
			}
			denied(t, login, p.Role, "delete from "+view)
		}
		for _, table := range tables(t, conn) {
			denied(t, login, p.Role, "select * from korpu."+table)
		}
		for _, other := range hubtest.Policy().Profiles {
			if other.Role != p.Role && len(other.Types) > 0 {
				denied(t, login, p.Role, "select * from "+other.ViewSchema(1)+".agency")
				break
			}
		}
		for _, sql := range []string{"select * from korpu.admission", "select * from korpu.policy_version", "create temporary table x (a int)", "select korpu.refresh_child(gen_random_uuid())"} {
			denied(t, login, p.Role, sql)
		}
		if n := value[int](t, login, "select count(*) from pg_stats where schemaname = 'korpu'"); n != 0 {
			t.Errorf("%s sees %d columns in pg_stats", p.Role, n)
		}
		if _, err := login.Exec(t.Context(), "reset role"); err != nil {
			t.Fatal(err)
		}
	}
	denied(t, login, "after reset role", "select * from v1_judge_case_proceedings.child")
}

// needsSubject tells whether the rows of a record are seen only by somebody whom a condition compares with them.
func needsSubject(a *policy.TypeAccess) bool {
	return !slices.ContainsFunc(a.Row.Formula.Allow, func(t policy.Term) bool { return len(t.Conditions) == 0 })
}

// This one shows what does not hold, so that nobody takes database roles for more than they are: settings and roles are
// the hub's word, and whoever holds its login gives that word. The threat model says so.
func TestAttack70WhoeverHoldsTheHubsLoginHoldsEveryReadingRole(t *testing.T) {
	h, conn := open(t)
	login := asLogin(t, h)
	court := value[string](t, conn, "select id::text from korpu.agency where code = 'SUM-COURT'")
	for _, sql := range []string{"set role korpu_read_judge", "set korpu.agency = '" + court + "'", "set korpu.purpose = 'CASE_PROCEEDINGS'"} {
		if _, err := login.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	seen := value[int](t, login, "select count(*) from v1_judge_case_proceedings.case_file")
	own := value[int](t, conn, "select count(*) from korpu.case_file where court_id = $1 and $1 = any(parties) and sealed_at is null", court)
	if seen != own || own == 0 {
		t.Errorf("as a judge the login sees %d of %d cases: if it has lost that power, change the threat model", seen, own)
	}
	text, err := os.ReadFile("../../docs/explanation/threat-model.md")
	if err != nil || !strings.Contains(string(text), "Whoever holds the hub's login") {
		t.Errorf("the threat model does not say so: %v", err)
	}
}

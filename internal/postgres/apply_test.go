package postgres_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
	"korpu/internal/postgres"
	"korpu/policy"
	"korpu/schema"
)

func changed(t *testing.T, comment string) *policy.Compiled {
	t.Helper()
	files := policy.Embedded()
	files["rules/everyone.csv"] += "# " + comment + "\n"
	c, err := policy.Build(schema.FS, files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func apply(t *testing.T, admin *pgx.Conn, c *policy.Compiled) int64 {
	t.Helper()
	version, _, err := postgres.Apply(t.Context(), admin, c)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func TestAPolicyThatIsAppliedAgainChangesNothing(t *testing.T) {
	_, admin := hubtest.Database(t)
	version, again, err := postgres.Apply(t.Context(), admin, hubtest.Policy())
	if err != nil || again || version != 1 {
		t.Fatalf("version %d, changed %t, error %v", version, again, err)
	}
}

func TestTheDatabaseShowsExactlyTheGrantsOfThePolicy(t *testing.T) {
	dsn, _ := hubtest.Database(t)
	if err := postgres.Drift(t.Context(), hubtest.Login(t, dsn), hubtest.Policy(), 1); err != nil {
		t.Fatal(err)
	}
}

func TestAHubRefusesToServeADatabaseThatHasDrifted(t *testing.T) {
	for what, sql := range map[string]string{
		"a table opened to a reading role":  "grant select on korpu.legal_note to korpu_read_dpo",
		"a column opened to the login":      "grant select (body) on korpu.legal_note to korpu_hub",
		"a view opened to another role":     "grant select on v1_clinic_lawyer_legal_defence.legal_note to korpu_read_judge",
		"a view opened to everybody":        "grant select on v1_clinic_lawyer_legal_defence.legal_note to public",
		"a grant taken away":                "revoke select on v1_court_clerk_court_administration.status_card from korpu_read_court_clerk",
		"a view made wider":                 "create or replace view v1_court_clerk_court_administration.status_card as select id, child_id, case_id, case_number, initials, year_of_birth, status, since, responsible_agency, next_review_on, compliance, valid_until from korpu.status_card",
		"a view added":                      "create view v1_dpo_data_protection.child as select * from korpu.child",
		"the login may write":               "grant insert on korpu.child to korpu_hub",
		"keys opened to the login":          "grant select on korpu.data_key to korpu_hub",
		"keys that the vault may change":    "grant update on korpu.data_key to korpu_vault",
		"a function opened to everybody":    "grant execute on function korpu.refresh_child(uuid) to public",
		"a schema opened to a reading role": "grant usage on schema korpu to korpu_read_judge",
		"a copy opened elsewhere":           "create table public.copy as select * from korpu.child; grant select on public.copy to korpu_read_judge",
		"a schema opened elsewhere":         "create schema elsewhere; grant create on schema elsewhere to korpu_hub",
		"the login may make tables":         "do $$ begin execute format('grant temporary on database %I to korpu_hub', current_database()); end $$",
		"everybody may make tables":         "do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$",
		"what will be made is open":         "alter default privileges in schema korpu grant select on tables to korpu_read_judge",
		"everybody is admitted":             "create or replace view korpu.admitted as select s.id as staff_id, s.agency_id, r.role from korpu.staff s join korpu.staff_role r on r.staff_id = s.id",
		"the caller's agency is another":    "create or replace function korpu.agency() returns uuid language sql stable parallel safe as $$ select null::uuid $$",
		"a function added":                  "create function korpu.peek() returns bigint language sql as $$ select count(*) from korpu.child $$; revoke all on function korpu.peek() from public",
		"an anchor that nobody keeps":       "alter table korpu.case_party disable trigger case_party_keeps_anchors",
	} {
		t.Run(what, func(t *testing.T) {
			dsn, admin := hubtest.Database(t)
			if _, err := admin.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
			if _, err := postgres.FollowPolicies(t.Context(), hubtest.Login(t, dsn), schema.FS, nil); err == nil {
				t.Fatal("the drift was not noticed")
			}
		})
	}
}

func TestAHubServesAsItsOwnLoginAlone(t *testing.T) {
	dsn, admin := hubtest.Database(t)
	for what, address := range map[string]string{
		"a superuser":                     dsn,
		"the login, but able to write":    hubtest.LoginURL(t, dsn) + "&default_transaction_read_only=off",
		"the login, but without snapshot": hubtest.LoginURL(t, dsn) + "&default_transaction_isolation=read%20committed",
	} {
		t.Run(what, func(t *testing.T) {
			pool, err := postgres.OpenPool(t.Context(), address, postgres.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			if _, err := postgres.FollowPolicies(t.Context(), pool, schema.FS, nil); err == nil {
				t.Fatal("it was let in")
			}
		})
	}
	if _, err := admin.Exec(t.Context(), "alter role korpu_hub in database "+pgx.Identifier{admin.Config().Database}.Sanitize()+" reset search_path"); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.FollowPolicies(t.Context(), hubtest.Login(t, dsn), schema.FS, nil); err == nil || !strings.Contains(err.Error(), "policy apply") {
		t.Fatalf("without its settings: error %v", err)
	}
}

func TestOnlyTheCurrentAndThePreviousVersionAreKept(t *testing.T) {
	_, admin := hubtest.Database(t)
	for _, n := range []string{"one", "two", "three"} {
		apply(t, admin, changed(t, n))
	}
	var versions string
	err := admin.QueryRow(t.Context(), `select string_agg(distinct substring(nspname from '^v([0-9]+)_'), ',') from pg_namespace where nspname ~ '^v[0-9]+_'`).Scan(&versions)
	if err != nil || versions != "3,4" {
		t.Fatalf("versions %q, error %v", versions, err)
	}
}

func TestASwitchReachesARunningHubByItself(t *testing.T) {
	dsn, admin := hubtest.Database(t)
	policies, err := postgres.FollowPolicies(t.Context(), hubtest.Login(t, dsn), schema.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	version := apply(t, admin, changed(t, "another"))
	if err := policies.Reload(t.Context()); err != nil || policies.Current().Version != version {
		t.Fatalf("version %d, error %v", policies.Current().Version, err)
	}
}

func TestAHubOfAnotherReleaseIsRefused(t *testing.T) {
	dsn, _ := hubtest.Database(t)
	other := fstest.MapFS{}
	names, err := schema.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		text, err := schema.FS.ReadFile(n.Name())
		if err != nil {
			t.Fatal(err)
		}
		other[n.Name()] = &fstest.MapFile{Data: append(text, "\n# another release\n"...)}
	}
	if _, err := postgres.FollowPolicies(t.Context(), hubtest.Login(t, dsn), other, nil); err == nil || !strings.Contains(err.Error(), "another release") {
		t.Fatalf("error %v", err)
	}
}

func TestApplyingAgainMendsAViewThatWasMeddledWith(t *testing.T) {
	dsn, admin := hubtest.Database(t)
	if _, err := admin.Exec(t.Context(), "create or replace view v1_dpo_data_protection.staff as select id, agency_id, name, post from korpu.staff where true"); err != nil {
		t.Fatal(err)
	}
	version := apply(t, admin, hubtest.Policy())
	if err := postgres.Drift(t.Context(), hubtest.Login(t, dsn), hubtest.Policy(), version); err != nil || version != 2 {
		t.Fatalf("version %d, drift %v", version, err)
	}
}

func TestApplyingAgainGivesTheHubBackWhatWasTakenFromIt(t *testing.T) {
	dsn, admin := hubtest.Database(t)
	database := pgx.Identifier{admin.Config().Database}.Sanitize()
	for _, sql := range []string{
		"revoke connect on database " + database + " from korpu_hub", "revoke create on database " + database + " from korpu_owner",
		"revoke select on korpu.admitted from korpu_hub", "revoke usage on schema korpu from korpu_hub",
	} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	version := apply(t, admin, hubtest.Policy())
	if err := postgres.Drift(t.Context(), hubtest.Login(t, dsn), hubtest.Policy(), version); err != nil || version != 1 {
		t.Fatalf("version %d, drift %v", version, err)
	}
}

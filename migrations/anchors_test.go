package migrations_test

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/internal/postgres/pgtest"
	"korpu/migrations"
)

// anchorsSQL makes three children with two cases each, and eight agencies with a person in each.
const anchorsSQL = `
insert into korpu.district (id, code, name, city) values (md5('d')::uuid, 'D', 'D', 'D');
insert into korpu.agency (id, code, name, kind, district_id) select md5('agency' || i)::uuid, i, i, 'POLICE', md5('d')::uuid from generate_series(0, 7) i;
insert into korpu.staff (id, agency_id, name) select md5('staff' || i)::uuid, md5('agency' || i)::uuid, i from generate_series(0, 7) i;
insert into korpu.child (id, agency_id, author_id, registered_on, given_name, family_name, born_on, sex, district_id)
select md5('child' || i)::uuid, md5('agency0')::uuid, md5('staff0')::uuid, '2025-01-01', 'G', 'F', '2010-01-01', 'MALE', md5('d')::uuid from generate_series(0, 2) i;
insert into korpu.case_file (id, child_id, agency_id, author_id, number, district_id, opened_on, stage)
select md5('case' || i)::uuid, md5('child' || i / 2)::uuid, md5('agency0')::uuid, md5('staff0')::uuid, 'N' || i, md5('d')::uuid, '2025-01-01', 'COURT' from generate_series(0, 5) i;`

// anchored is a pool as superuser over a migrated database with those rows.
func anchored(t *testing.T) *pgxpool.Pool {
	t.Helper()
	dsn := pgtest.New(t, "empty", pgtest.Empty)
	if err := migrations.Up(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.New(t.Context(), dsn+"&pool_max_conns=10")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if _, err := pool.Exec(t.Context(), anchorsSQL, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	return pool
}

// changes are what writers do to a child and its case.
var changes = []string{
	"insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since) values (@child, @case, @agency, @person, 'COURT', '2025-01-01')",
	"update korpu.case_party set ended_at = now() where case_id = @case and agency_id = @agency",
	"delete from korpu.case_party where case_id = @case and agency_id = @agency",
	"insert into korpu.care_team_member (child_id, agency_id, author_id, staff_id, task, since) values (@child, @agency, @person, @person, 'T', '2025-01-01')",
	"update korpu.care_team_member set left_at = now() where child_id = @child and staff_id = @person",
	"insert into korpu.legal_mandate (child_id, agency_id, author_id, lawyer_id, scope, since) values (@child, @agency, @person, @person, 'S', '2025-01-01')",
	"update korpu.legal_mandate set ended_at = now() where child_id = @child and lawyer_id = @person",
	"insert into korpu.referral (child_id, agency_id, author_id, receiver_id, service, status, sent_on) values (@child, @agency, @person, @agency, 'SPORT', 'SENT', '2025-01-01')",
	"update korpu.referral set status = case status when 'SENT' then 'ACTIVE' else 'COMPLETED' end where child_id = @child and receiver_id = @agency",
	"insert into korpu.detention_episode (child_id, case_id, agency_id, author_id, facility_id, place_kind, status, admitted_at) values (@child, @case, @agency, @person, @agency, 'PRISON', 'SENTENCED', now())",
	"update korpu.detention_episode set released_at = now() where child_id = @child and facility_id = @agency",
	"insert into korpu.access_grant (child_id, agency_id, author_id, staff_id, reason, starts_at, ends_at) values (@child, @agency, @person, @person, 'R', now(), 'infinity')",
	"delete from korpu.access_grant where child_id = @child and staff_id = @person",
	"insert into korpu.emergency_access (child_id, agency_id, author_id, case_number, year_of_birth, reason, classes, hours, starts_at, ends_at, review_due_at) values (@child, @agency, @person, 'N', 2009, 'R', '{IDENTITY}', 1, now(), 'infinity', now())",
	"update korpu.emergency_access set ended_at = now() where child_id = @child and author_id = @person",
	"insert into korpu.allegation (child_id, case_id, agency_id, author_id, article, act_on, age_at_act) values (@child, @case, @agency, @person, 'A', '2025-01-01', 18)",
	"insert into korpu.allegation (child_id, case_id, agency_id, author_id, article, act_on, age_at_act) values (@child, @case, @agency, @person, 'A', '2025-01-01', 17)",
	"delete from korpu.allegation where case_id = @case and age_at_act < 18",
	"update korpu.allegation set age_at_act = 35 - age_at_act where case_id = @case and agency_id = @agency",
}

// lockChild begins a transaction that changes more than one row, or seals a case: the child's row is the lock of all that
// belongs to the child.
const lockChild = "select from korpu.child where id = @child for no key update"

// someone draws a child, a case of it, and an agency with its person.
func someone(random *rand.Rand) pgx.NamedArgs {
	child, agency := random.IntN(3), random.IntN(8)
	return pgx.NamedArgs{"child": id("child", child), "case": id("case", 2*child+random.IntN(2)), "agency": id("agency", agency), "person": id("staff", agency)}
}

func id(kind string, n int) string {
	return uuid.UUID(md5.Sum(fmt.Appendf(nil, "%s%d", kind, n))).String()
}

// oneChange is a transaction of one statement.
func oneChange(ctx context.Context, pool *pgxpool.Pool, random *rand.Rand) error {
	_, err := pool.Exec(ctx, changes[random.IntN(len(changes))], someone(random))
	return err
}

// someChanges is a transaction that begins with the child.
func someChanges(ctx context.Context, pool *pgxpool.Pool, random *rand.Rand) error {
	who := someone(random)
	statements := []string{lockChild}
	for range 1 + random.IntN(4) {
		statements = append(statements, changes[random.IntN(len(changes))])
	}
	return inOne(ctx, pool, who, statements...)
}

func inOne(ctx context.Context, pool *pgxpool.Pool, who pgx.NamedArgs, statements ...string) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		for _, sql := range statements {
			if _, err := tx.Exec(ctx, sql, who); err != nil {
				return err
			}
		}
		return nil
	})
}

// atOnce runs eight writers side by side, each so many times; any error fails the test, a deadlock too.
func atOnce(t *testing.T, times int, write func(writer int, random *rand.Rand) error) {
	t.Helper()
	var writers sync.WaitGroup
	for n := range 8 {
		writers.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(n)))
			for range times {
				if err := write(n, random); err != nil {
					t.Errorf("writer %d: %v", n, err)
					return
				}
			}
		})
	}
	writers.Wait()
}

// sources say what each anchor has to be, from the tables that it stands for.
const sources = `
select 'case ' || c.number, c.parties, array(select distinct agency_id from korpu.case_party where case_id = c.id and ended_at is null order by 1) from korpu.case_file c
union all
select 'child parties', k.parties, array(select distinct p.agency_id from korpu.case_party p, korpu.case_file f where f.id = p.case_id and f.child_id = k.id and p.ended_at is null and f.sealed_at is null and not f.of_adult order by 1) from korpu.child k
union all
select 'of adult ' || c.number, array[md5(c.of_adult::text)::uuid], array[md5((coalesce((select min(age_at_act) from korpu.allegation where case_id = c.id), 0) >= 18)::text)::uuid] from korpu.case_file c
union all
select 'team', k.team, array(select distinct staff_id from korpu.care_team_member where child_id = k.id and left_at is null order by 1) from korpu.child k
union all
select 'counsel', k.counsel, array(select distinct lawyer_id from korpu.legal_mandate where child_id = k.id and ended_at is null order by 1) from korpu.child k
union all
select 'receivers', k.receivers, array(select distinct receiver_id from korpu.referral where child_id = k.id and status in ('SENT', 'ACCEPTED', 'ACTIVE') order by 1) from korpu.child k
union all
select 'holders', k.holders, array(select distinct facility_id from korpu.detention_episode where child_id = k.id and released_at is null order by 1) from korpu.child k
union all
select 'covers', k.covers, array(select staff_id from korpu.access_grant where child_id = k.id union select author_id from korpu.emergency_access where child_id = k.id and ended_at is null order by 1) from korpu.child k`

// expectAnchors tests every anchor against its source, and that computing it again changes nothing.
func expectAnchors(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	before := anchors(t, pool)
	filled := 0
	for _, a := range before {
		if a.Kept != a.Source {
			t.Errorf("%s is %s instead of %s", a.Name, a.Kept, a.Source)
		}
		if a.Kept != "{}" {
			filled++
		}
	}
	if filled < len(before)/4 {
		t.Errorf("only %d of %d anchors hold anything", filled, len(before))
	}
	for _, again := range []string{"select korpu.refresh_case(id) from korpu.case_file", "select korpu.refresh_child(id) from korpu.child"} {
		if _, err := pool.Exec(t.Context(), again); err != nil {
			t.Fatal(err)
		}
	}
	for i, a := range anchors(t, pool) {
		if a != before[i] {
			t.Errorf("%s becomes %s when it is computed again", before[i].Name, a.Kept)
		}
	}
}

type anchor struct{ Name, Kept, Source string }

func anchors(t *testing.T, pool *pgxpool.Pool) []anchor {
	t.Helper()
	list, err := pool.Query(t.Context(), "select name, kept::text, source::text from ("+sources+") a (name, kept, source) order by 1, 2, 3")
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(list, pgx.RowToStructByPos[anchor])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnchorsEqualTheirSourcesUnderConcurrentWriters(t *testing.T) {
	for what, write := range map[string]func(context.Context, *pgxpool.Pool, *rand.Rand) error{"one change each": oneChange, "some changes each": someChanges} {
		t.Run(what, func(t *testing.T) {
			pool := anchored(t)
			atOnce(t, 60, func(_ int, random *rand.Rand) error { return write(t.Context(), pool, random) })
			expectAnchors(t, pool)
		})
	}
}

func TestNoPartyIsLostThatManyAddAtOnce(t *testing.T) {
	pool := anchored(t)
	atOnce(t, 1, func(n int, _ *rand.Rand) error {
		_, err := pool.Exec(t.Context(), changes[0], pgx.NamedArgs{"child": id("child", 0), "case": id("case", 0), "agency": id("agency", n), "person": id("staff", n)})
		return err
	})
	if n := count(t, pool, "select cardinality(parties) from korpu.case_file where id = md5('case0')::uuid"); n != 8 {
		t.Errorf("the case has %d parties", n)
	}
	if n := count(t, pool, "select cardinality(parties) from korpu.child where id = md5('child0')::uuid"); n != 8 {
		t.Errorf("the child has %d parties", n)
	}
}

// seals are what is done while others write: children and cases are sealed and unsealed again, and new cases opened.
var seals = [][]string{
	{"update korpu.child set sealed_at = now() where id = @child"},
	{lockChild, "update korpu.child set sealed_at = null where id = @child", "update korpu.case_file set sealed_at = null where child_id = @child"},
	{lockChild, "update korpu.case_file set sealed_at = now() where id = @case"},
	{lockChild, "update korpu.case_file set sealed_at = null where id = @case"},
	{newCase},
	{newCase, "insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since) select child_id, id, @agency, @person, 'COURT', '2025-01-01' from korpu.case_file where child_id = @child order by created_at desc limit 1"},
}

const newCase = `insert into korpu.case_file (child_id, agency_id, author_id, number, district_id, opened_on, stage)
	values (@child, @agency, @person, gen_random_uuid()::text, md5('d')::uuid, '2025-01-01', 'COURT')`

const openCasesOfSealed = "select count(*) from korpu.case_file c join korpu.child k on k.id = c.child_id where k.sealed_at is not null and c.sealed_at is null"

func TestASealedChildHasNoOpenCaseWhateverOthersWrite(t *testing.T) {
	pool := anchored(t)
	atOnce(t, 60, func(n int, random *rand.Rand) error {
		if n < 4 {
			return oneChange(t.Context(), pool, random)
		}
		return inOne(t.Context(), pool, someone(random), seals[random.IntN(len(seals))]...)
	})
	if n := count(t, pool, openCasesOfSealed); n != 0 {
		t.Errorf("%d open cases of sealed children", n)
	}
	expectAnchors(t, pool)
}

func TestSealingAChildSealsItsCases(t *testing.T) {
	pool := anchored(t)
	do := func(sql string) {
		t.Helper()
		if _, err := pool.Exec(t.Context(), sql, pgx.NamedArgs{"child": id("child", 0), "agency": id("agency", 0), "person": id("staff", 0)}); err != nil {
			t.Fatal(err)
		}
	}
	do("update korpu.case_file set sealed_at = '2025-01-01' where id = md5('case1')::uuid")
	do("update korpu.child set sealed_at = '2025-06-01' where id = @child")
	if n := count(t, pool, "select count(*) from korpu.case_file where child_id = md5('child0')::uuid and sealed_at = '2025-06-01'"); n != 1 {
		t.Errorf("%d cases were sealed with their child", n)
	}
	if n := count(t, pool, "select count(*) from korpu.case_file where sealed_at = '2025-01-01'"); n != 1 {
		t.Error("a case that was sealed before has lost its day")
	}
	do(newCase)
	if n := count(t, pool, "select count(*) from korpu.case_file where child_id = md5('child0')::uuid and sealed_at = '2025-06-01'"); n != 2 {
		t.Error("a new case of a sealed child is born open")
	}
	do("update korpu.case_file set sealed_at = null where child_id = @child")
	do("update korpu.case_file set child_id = @child where id = md5('case2')::uuid")
	if n := count(t, pool, openCasesOfSealed); n != 0 {
		t.Errorf("%d cases of a sealed child were opened", n)
	}
	if n := count(t, pool, "select count(*) from korpu.case_file where sealed_at is null"); n != 3 {
		t.Errorf("%d cases of others are open", n)
	}
}

// A child that is being sealed keeps those waiting who open a case for it.
func TestACaseThatIsOpenedWhileItsChildIsSealedIsBornSealed(t *testing.T) {
	pool := anchored(t)
	who := pgx.NamedArgs{"child": id("child", 0), "agency": id("agency", 0), "person": id("staff", 0)}
	sealing, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sealing.Rollback(context.Background()) }) // or the pool would wait for it
	if _, err := sealing.Exec(t.Context(), "update korpu.child set sealed_at = now() where id = @child", who); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error)
	go func() {
		_, err := pool.Exec(t.Context(), newCase, who)
		opened <- err
	}()
	for waiting := 0; waiting == 0; {
		select {
		case err := <-opened:
			t.Fatalf("the case was opened meanwhile, error %v", err)
		default:
			waiting = count(t, pool, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
		}
	}
	if err := sealing.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	if n := count(t, pool, openCasesOfSealed); n != 0 {
		t.Error("the case is open")
	}
}

// A number is free again when its case is sealed, and a sealed case that is opened again may find it taken.
func TestNumbersAreUniqueAmongOpenCasesOnly(t *testing.T) {
	pool := anchored(t)
	again := "insert into korpu.case_file (child_id, agency_id, author_id, number, district_id, opened_on, stage, sealed_at) select child_id, agency_id, author_id, number, district_id, opened_on, stage, $1 from korpu.case_file where id = md5('case0')::uuid"
	for _, step := range []struct {
		sql, state string
		args       []any
	}{
		{again, "23505", []any{nil}},
		{again, "", []any{time.Now()}},
		{again, "", []any{time.Now()}},
		{"update korpu.case_file set sealed_at = now() where id = md5('case0')::uuid", "", nil},
		{again, "", []any{nil}},
		{again, "23505", []any{nil}},
		{"update korpu.case_file set sealed_at = null where id = md5('case0')::uuid", "23505", nil},
	} {
		_, err := pool.Exec(t.Context(), step.sql, step.args...)
		var told *pgconn.PgError
		if errors.As(err, &told); err != nil && told == nil || err != nil && told.Code != step.state || err == nil && step.state != "" {
			t.Errorf("%s %v: %v instead of %q", step.sql, step.args, err, step.state)
		}
	}
}

func count(t *testing.T, pool *pgxpool.Pool, sql string) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

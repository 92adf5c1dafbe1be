package migrations_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	aDetention = `insert into korpu.detention_episode (id, child_id, case_id, agency_id, author_id, facility_id, place_kind, status, admitted_at)
		values (md5('%s')::uuid, md5('child0')::uuid, %s, md5('agency0')::uuid, md5('staff0')::uuid, md5('agency0')::uuid, 'PRISON', 'SENTENCED', now())`
	aContact = `insert into korpu.lawyer_contact (detention_id, child_id, case_id, agency_id, author_id, kind, at)
		values (md5('%s')::uuid, %s, %s, md5('agency0')::uuid, md5('staff0')::uuid, 'MET', now())`
	aDiversion = `insert into korpu.diversion (id, child_id, case_id, agency_id, author_id, status, status_since, proposed_by_id)
		values (md5('diversion')::uuid, md5('child0')::uuid, md5('case0')::uuid, md5('agency0')::uuid, md5('staff0')::uuid, 'ACTIVE', '2025-01-01', md5('agency0')::uuid)`
	aCondition = `insert into korpu.diversion_condition (diversion_id, child_id, case_id, agency_id, author_id, kind)
		values (md5('diversion')::uuid, %s, %s, md5('agency0')::uuid, md5('staff0')::uuid, 'SCHOOL')`
	aState = `insert into korpu.diversion_status_change (diversion_id, child_id, case_id, agency_id, author_id, status, at)
		values (md5('diversion')::uuid, %s, %s, md5('agency0')::uuid, md5('staff0')::uuid, 'ACTIVE', now())`

	aPlan = `insert into korpu.care_plan (id, child_id, case_id, agency_id, author_id, status, drafted_on, starts_on, ends_on, review_on)
		values (md5('plan')::uuid, md5('child0')::uuid, md5('case0')::uuid, md5('agency0')::uuid, md5('staff0')::uuid, 'ACTIVE', '2025-01-01', '2025-01-01', '2025-09-01', '2025-02-01')`
	aGoal = `insert into korpu.plan_goal (id, plan_id, child_id, case_id, agency_id, author_id, domain, goal)
		values (coalesce(md5(nullif('%s', ''))::uuid, gen_random_uuid()), md5('plan')::uuid, %s, %s, md5('agency0')::uuid, md5('staff0')::uuid, 'SCHOOL', 'G')`
	anAction = `insert into korpu.plan_action (id, plan_id, goal_id, domain, child_id, case_id, agency_id, author_id, provider_id, what, starts_on)
		values (coalesce(md5(nullif('%s', ''))::uuid, gen_random_uuid()), md5('plan')::uuid, md5('goal')::uuid, 'SCHOOL', %s, %s, md5('agency0')::uuid, md5('staff0')::uuid, md5('agency0')::uuid, 'W', '2025-01-01')`
	aSession = `insert into korpu.session (id, plan_id, action_id, domain, child_id, case_id, agency_id, author_id, planned_at, place)
		values (coalesce(md5(nullif('%s', ''))::uuid, gen_random_uuid()), md5('plan')::uuid, md5('action')::uuid, 'SCHOOL', %s, %s, md5('agency0')::uuid, md5('staff0')::uuid, now(), 'HOME')`
	aNote = `insert into korpu.session_note (id, session_id, domain, child_id, case_id, agency_id, author_id, written_at, body)
		values (coalesce(md5(nullif('%s', ''))::uuid, gen_random_uuid()), md5('session')::uuid, 'SCHOOL', %s, %s, md5('agency0')::uuid, md5('staff0')::uuid, now(), '')`

	child, file     = "md5('child0')::uuid", "md5('case0')::uuid"
	sibling, second = "md5('child1')::uuid", "md5('case1')::uuid"
	siblings        = "md5('case2')::uuid" // a case of the other child
	ofCase, ofNone  = "a detention in a case", "a detention in none"
)

func TestAPartIsOfTheChildAndCaseOfItsWhole(t *testing.T) {
	pool := anchored(t)
	for _, sql := range []string{fmt.Sprintf(aDetention, ofCase, file), fmt.Sprintf(aDetention, ofNone, "null"), aDiversion} {
		if err := write(t, pool, sql); err != nil {
			t.Fatal(err)
		}
	}
	for what, part := range map[string]string{"condition": aCondition, "state": aState} {
		expectOf(t, pool, what+" of its diversion's case", fmt.Sprintf(part, child, file), true)
		expectOf(t, pool, what+" of another case", fmt.Sprintf(part, child, second), false)
		expectOf(t, pool, what+" of another child", fmt.Sprintf(part, sibling, siblings), false)
	}
	contact := func(detention, child, file string) string { return fmt.Sprintf(aContact, detention, child, file) }
	expectOf(t, pool, "contact of its detention's case", contact(ofCase, child, file), true)
	expectOf(t, pool, "contact of no case in a detention of none", contact(ofNone, child, "null"), true)
	expectOf(t, pool, "contact of another case", contact(ofCase, child, second), false)
	expectOf(t, pool, "contact of no case in a detention of one", contact(ofCase, child, "null"), false)
	expectOf(t, pool, "contact of a case in a detention of none", contact(ofNone, child, file), false)
	expectOf(t, pool, "contact of another child", contact(ofCase, sibling, siblings), false)
	expectOf(t, pool, "contact of another child in a detention of no case", contact(ofNone, sibling, "null"), false)
	expectOf(t, pool, "whole that moves away from its parts", "update korpu.detention_episode set case_id = "+second+" where case_id is not null", false)
}

func TestWhatBelongsToAPlanIsOfItsChildAndCase(t *testing.T) {
	pool := anchored(t)
	wholes := []string{aPlan, fmt.Sprintf(aGoal, "goal", child, file), fmt.Sprintf(anAction, "action", child, file), fmt.Sprintf(aSession, "session", child, file)}
	for i, part := range []string{aGoal, anAction, aSession, aNote} {
		if err := write(t, pool, wholes[i]); err != nil {
			t.Fatal(err)
		}
		expectOf(t, pool, "part of its plan's case", fmt.Sprintf(part, "", child, file), true)
		expectOf(t, pool, "part of another case", fmt.Sprintf(part, "", child, second), false)
		expectOf(t, pool, "part of another child", fmt.Sprintf(part, "", sibling, siblings), false)
	}
}

// expectOf tests that a part is taken, or refused because of its keys.
func expectOf(t *testing.T, pool *pgxpool.Pool, what, sql string, taken bool) {
	t.Helper()
	err := write(t, pool, sql)
	var told *pgconn.PgError
	if taken && err != nil || !taken && (!errors.As(err, &told) || told.Code != "23503") {
		t.Errorf("a %s: %v", what, err)
	}
}

func write(t *testing.T, pool *pgxpool.Pool, sql string) error {
	t.Helper()
	_, err := pool.Exec(t.Context(), sql)
	return err
}

package commands

import (
	"strings"
	"testing"
	"time"

	"korpu/internal/postgres/pgtest"
	"korpu/internal/sealing"
)

// A table that comes later is not forgotten, and a run that breaks leaves everything as it was.
func TestARunThatBreaksDestroysNothingAndALaterTableIsNotForgotten(t *testing.T) {
	p := settled(t)
	due := p.old()
	p.sql("create table korpu.later (id uuid primary key default gen_random_uuid(), child_id uuid not null, case_id uuid references korpu.case_file (id))")
	p.sql("alter table korpu.later owner to korpu_owner")
	p.sql("insert into korpu.later (child_id, case_id) select child_id, id from korpu.case_file where id = $1", due["id"])
	p.approve(p.propose(due["id"]))
	p.sql("create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$")
	before := p.content()
	for _, trigger := range []string{"before delete on korpu.child", "before insert on korpu.expungement_copy", "before insert on korpu.audit_command", "after update on korpu.expungement"} {
		p.sql("create trigger refuse " + trigger + " for each row execute function public.refuse()")
		if n, err := sealing.Expunge(t.Context(), p.admin); err == nil || n != 0 {
			t.Errorf("%s: %d cases, error %v", trigger, n, err)
		}
		p.sql("drop trigger refuse " + trigger[strings.Index(trigger, "on "):])
		if after := p.content(); after != before {
			t.Errorf("%s: the tables were\n%s\nand are\n%s", trigger, before, after)
		}
	}
	if n := p.expunge(); n != 1 || value[int](p, "select count(*)::int from korpu.later") != 0 {
		t.Fatalf("%d cases were destroyed, or the later table was forgotten", n)
	}
}

func TestTheHubDestroysByItselfAndItsChainsHoldIt(t *testing.T) {
	p := settled(t)
	due := p.old()
	p.approve(p.propose(due["id"]))
	p.Config.SealEvery = time.Millisecond
	p.Instance(t)
	for value[int](p, "select count(*)::int from korpu.audit_record where body::jsonb ->> 'name' = 'expunge'") == 0 {
		time.Sleep(time.Millisecond)
	}
	if left := p.holding(due["id"]); len(left) > 0 {
		t.Errorf("something is left in %v", left)
	}
	p.sound()
}

// The rule in force today decides, and the first one of those.
func TestTheRuleOfTheDayDecidesWhenACaseIsDestroyed(t *testing.T) {
	p := settled(t)
	due := p.old()
	const rule = `insert into korpu.expungement_rule (country, rule, in_force, diversion, months, basis, source) values ('AZ', $1, current_date + $2::integer, null, $3, 'x', 'x')`
	dueOn := func() string {
		all := pgtest.Column[string](t, p.admin, "select rule || ' ' || due_on from korpu.expungement_due where id = $1", due["id"])
		return strings.Join(all, ", ")
	}
	day := func(months int) string {
		return value[string](p, "select (sealed_at at time zone 'UTC' + make_interval(months => $2))::date::text from korpu.case_file where id = $1", due["id"], months)
	}
	for _, step := range []struct {
		rule   string
		from   int
		months any
		wanted string
	}{
		{"completed-diversion", -1, 26, "completed-diversion " + day(26)}, {"completed-diversion", 0, nil, ""}, {"retention", 1, 1, ""}, {"retention", 0, 12, "retention " + day(12)},
	} {
		p.sql(rule, step.rule, step.from, step.months)
		if got := dueOn(); got != step.wanted {
			t.Errorf("%v: due by %q", step, got)
		}
	}
	p.sql(`insert into korpu.detention_episode (child_id, agency_id, author_id, facility_id, place_kind, status, admitted_at)
	  select child_id, agency_id, author_id, agency_id, 'PRISON', 'SENTENCED', now() from korpu.case_file where id = $1`, due["id"])
	if got := dueOn(); got != "" {
		t.Errorf("a child who is held: due by %q", got)
	}
}

package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/audit"
	"korpu/internal/postgres"
	"korpu/policy"
)

func TestManyWhoWriteAtOnceShareTransactionsAndEachHasItsRecord(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	var group sync.WaitGroup
	for i := range 200 {
		group.Go(func() {
			if err := w.Write(entry(fmt.Sprint("request ", i))); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	found := map[string]bool{}
	for _, request := range d.texts(t, "select body::jsonb ->> 'request' from korpu.audit_record where seq > 1") {
		found[request] = true
	}
	if len(found) != 200 {
		t.Errorf("%d of 200 records are there", len(found))
	}
	if n := len(slices.Compact(d.texts(t, "select xmin::text from korpu.audit_record where seq > 1 order by seq"))); n >= 200 {
		t.Errorf("%d transactions for 200 records", n)
	}
	d.sound(t)
}

func TestTwoInstancesHaveAChainEach(t *testing.T) {
	d := open(t)
	one, two := d.writer(t), d.writer(t)
	var group sync.WaitGroup
	for _, w := range []*audit.Writer{one, two} {
		group.Go(func() { writeAll(t, w, 20) })
	}
	group.Wait()
	if n := d.texts(t, "select count(*)::text from korpu.audit_record group by chain"); fmt.Sprint(n) != "[21 21]" {
		t.Errorf("the chains have %s records", n)
	}
	d.sound(t)
}

func TestAChainBeginsWithTheHeadsOfThoseBeforeIt(t *testing.T) {
	d := open(t)
	var last []audit.Head
	for range 2 {
		w := d.writer(t)
		writeAll(t, w, 3)
		w.Close()
		last = append(last, w.Chain())
	}
	first := d.texts(t, "select body from korpu.audit_record where chain = $1 and seq = 1", last[1].Chain)[0]
	if want := fmt.Sprintf(`"follows":[{"chain":"%s","seq":4,"hash":"%x"}]`, last[0].Chain, last[0].Hash); !strings.Contains(first, want) {
		t.Errorf("%s has not %s", first, want)
	}
	third := d.writer(t).Chain()
	first = d.texts(t, "select body from korpu.audit_record where chain = $1 and seq = 1", third.Chain)[0]
	if strings.Contains(first, last[0].Chain.String()) || !strings.Contains(first, last[1].Chain.String()) {
		t.Errorf("%s does not name the chain before it alone", first)
	}
	d.sound(t)
}

func TestNobodyChangesOrRemovesARecordNorTheOwner(t *testing.T) {
	d := open(t)
	writeAll(t, d.writer(t), 1)
	roles := []string{postgres.Owner, postgres.AuditWriter, postgres.AccessLogWriter, postgres.Vault, postgres.Login, "postgres"}
	for _, r := range policy.Roles {
		roles = append(roles, policy.ReadingRole(r.Name), policy.WritingRole(r.Name))
	}
	for _, role := range roles {
		for _, table := range []string{"audit_record", "audit_command"} {
			for _, sql := range []string{"update korpu.%s set body = body", "delete from korpu.%s", "truncate korpu.%s", "delete from korpu.%s where false"} {
				err := pgx.BeginFunc(t.Context(), d.Conn, func(tx pgx.Tx) error {
					if _, err := tx.Exec(t.Context(), "set local role "+role); err != nil {
						t.Fatal(err)
					}
					_, err := tx.Exec(t.Context(), fmt.Sprintf(sql, table))
					return err
				})
				if err == nil {
					t.Errorf("%s may %s", role, fmt.Sprintf(sql, table))
				}
			}
		}
	}
	d.sound(t)
}

func TestARecordThatTheTableRefusesIsAnErrorAndTheNextIsAddedAgain(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	writeAll(t, w, 1)
	d.do(t, `create function public.fails() returns trigger language plpgsql as $$ begin raise exception 'the disk is full' using errcode = 'disk_full'; end $$`)
	d.do(t, "create trigger fails before insert on korpu.audit_record for each statement execute function public.fails()")
	for range 3 {
		if err := w.Write(entry("refused")); err == nil {
			t.Fatal("it was taken")
		}
	}
	if w.Ready(t.Context()) == nil {
		t.Error("a writer that cannot write says that it is ready")
	}
	d.do(t, "drop trigger fails on korpu.audit_record")
	if err := w.Ready(t.Context()); err != nil {
		t.Errorf("not ready again: %v", err)
	}
	writeAll(t, w, 1)
	bodies := strings.Join(d.bodies(t), "\n")
	if strings.Contains(bodies, "refused\",\"staff") || strings.Count(bodies, `"kind":"interruption"`) != 1 {
		t.Errorf("the chain is\n%s", bodies)
	}
	d.sound(t)
}

func TestABrokenConnectionIsMendedUnseen(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	for range 3 {
		writeAll(t, w, 2)
		d.do(t, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
	}
	writeAll(t, w, 1)
	if n := len(d.bodies(t)); n != 1+3*2+1 {
		t.Errorf("there are %d records", n)
	}
	if chains := d.texts(t, "select distinct chain::text from korpu.audit_record"); len(chains) != 1 {
		t.Errorf("the chain was given up: %q", chains)
	}
	d.sound(t)
}

// A commit whose answer is lost: the statement is held up until the record is in, then its connection is killed.
func TestWhatWasCommittedUnheardIsNotAddedTwice(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	d.do(t, `create function public.answerless() returns trigger language plpgsql as $$ begin
	  perform pg_terminate_backend(pid) from pg_stat_activity where pid = pg_backend_pid() and not exists (select from korpu.audit_record where seq > 2);
	  return null; end $$`)
	writeAll(t, w, 1)
	d.do(t, "create constraint trigger answerless after insert on korpu.audit_record deferrable initially deferred for each row execute function public.answerless()")
	writeAll(t, w, 3)
	requests := d.texts(t, "select body::jsonb ->> 'request' from korpu.audit_record where seq > 1 order by seq")
	if fmt.Sprint(requests) != "[request 0 request 0 request 1 request 2]" {
		t.Errorf("the chain holds %q", requests)
	}
	d.sound(t)
}

func TestAChainThatTheDatabaseHasLostIsFollowedByOneThatKnowsItsEnd(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	writeAll(t, w, 5)
	lost := w.Chain()
	d.do(t, "delete from korpu.audit_record where seq > 3")
	d.do(t, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
	writeAll(t, w, 1)
	if w.Chain().Chain == lost.Chain {
		t.Fatal("it goes on with a chain of which the end is gone")
	}
	finds(t, d.verify(t, nil, nil), fmt.Sprintf("chain %s was cut off after record 3: chain %s knows record 6", lost.Chain, w.Chain().Chain))
}

func TestAWriterThatMayNotWriteDoesNotOpen(t *testing.T) {
	d := open(t)
	d.do(t, "revoke insert on korpu.audit_record from "+postgres.AuditWriter)
	if _, err := d.tryWriter(t); err == nil {
		t.Error("it opened")
	}
}

func TestAClosedWriterRefuses(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	w.Close()
	if w.Write(entry("late")) == nil {
		t.Error("it was taken")
	}
}

func TestRefusalsAreCountedAndNotToldOneByOne(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	for range 1000 {
		w.Count(audit.Refusal{Source: w.Keys.Source("192.0.2.1"), Code: "UNAUTHENTICATED"})
	}
	w.Count(audit.Refusal{Staff: id("1"), Code: "RATE_LIMITED"})
	w.TellRefusals()
	w.TellRefusals()
	bodies := d.texts(t, "select body from korpu.audit_record where body like '%refusals%'")
	if len(bodies) != 1 || !strings.Contains(bodies[0], `"count":1000}`) || !strings.Contains(bodies[0], `{"code":"RATE_LIMITED","staff":"`+id("1").String()+`","count":1}`) || strings.Contains(bodies[0], "192.0.2") {
		t.Errorf("%q", bodies)
	}
	d.sound(t)
}

func TestAFloodFromManySourcesIsCountedWithoutThem(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	for i := range 12_000 {
		w.Count(audit.Refusal{Source: fmt.Sprint(i), Code: "UNAUTHENTICATED"})
	}
	w.TellRefusals()
	bodies := d.texts(t, "select body from korpu.audit_record where body like '%refusals%'")
	if all := strings.Join(bodies, ""); len(bodies) > 60 || !strings.Contains(all, `{"code":"UNAUTHENTICATED","count":2000}`) {
		t.Errorf("%d records, ending in %.300s", len(bodies), bodies[len(bodies)-1])
	}
}

func TestRefusalsThatCannotBeWrittenAreCountedOn(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	d.do(t, "revoke insert on korpu.audit_record from "+postgres.AuditWriter)
	w.Count(audit.Refusal{Code: "UNAUTHENTICATED"})
	w.TellRefusals()
	d.do(t, "grant insert on korpu.audit_record to "+postgres.AuditWriter)
	w.Count(audit.Refusal{Code: "UNAUTHENTICATED"})
	w.TellRefusals()
	if bodies := d.texts(t, "select body from korpu.audit_record where body like '%refusals%'"); len(bodies) != 1 || !strings.Contains(bodies[0], `"count":2}`) {
		t.Errorf("%q", bodies)
	}
}

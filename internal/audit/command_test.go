package audit_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/audit"
)

// command writes the entry of a command in a transaction of its own, and commits.
func (d database) command(t *testing.T, name string) audit.Command {
	t.Helper()
	var c audit.Command
	err := pgx.BeginFunc(t.Context(), d.Conn, func(tx pgx.Tx) (err error) {
		e := *entry("request of " + name)
		e.Name, e.Digest, e.Command = name, nil, uuid.New()
		c, err = audit.Insert(t.Context(), tx, e)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const linked = "select body::jsonb ->> 'name' from korpu.audit_record where command is not null order by 1"

func TestACommandStandsInTheChainAsItsTransactionWroteIt(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	if err := w.Write(entry("its answer"), d.command(t, "openCase")); err != nil {
		t.Fatal(err)
	}
	if names := d.texts(t, linked); fmt.Sprint(names) != "[openCase]" {
		t.Errorf("linked are %q", names)
	}
	if kinds := d.texts(t, "select body::jsonb ->> 'kind' from korpu.audit_record where command is not null"); kinds[0] != "command" {
		t.Errorf("its kind is %s", kinds[0])
	}
	d.sound(t)
}

func TestACommandOfWhichOnlyTheIdentifierIsKnownIsLinkedOnceIfItWasCarriedOut(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	repeated, before := d.command(t, "repeated"), d.command(t, "before")
	if err := w.Write(entry("first"), before); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 30 { // answers of the same command, some of which wait together
		done := []audit.Command{audit.Earlier(repeated.ID()), audit.Earlier(before.ID()), audit.Earlier(uuid.New())}
		if i%3 == 0 {
			done = append(done, repeated)
		}
		group.Go(func() {
			if err := w.Write(entry(fmt.Sprint("answer ", i)), done...); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if names := d.texts(t, linked); fmt.Sprint(names) != "[before repeated]" {
		t.Errorf("linked are %q", names)
	}
	if n := d.texts(t, "select count(*)::text from korpu.audit_record where body like '%answer %'"); n[0] != "30" {
		t.Errorf("%s answers", n[0])
	}
	d.sound(t)
}

func TestACommandThatIsRolledBackLeavesNoEntry(t *testing.T) {
	d := open(t)
	tx, err := d.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Insert(t.Context(), tx, *entry("undone")); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := d.texts(t, "select id::text from korpu.audit_command"); len(n) > 0 {
		t.Errorf("%d entries", len(n))
	}
}

func TestCommandsThatACrashLeftAreLinkedAtTheNextStartOnce(t *testing.T) {
	d := open(t)
	for i := range 3 {
		d.command(t, fmt.Sprint("left ", i))
	}
	var group sync.WaitGroup
	for range 3 { // instances that start together
		group.Go(func() {
			if w, err := d.tryWriter(t); err != nil {
				t.Error(err)
			} else {
				w.Close()
			}
		})
	}
	group.Wait()
	if names := d.texts(t, linked); fmt.Sprint(names) != "[left 0 left 1 left 2]" {
		t.Errorf("linked are %q", names)
	}
	d.sound(t)
}

func TestACommandThatAnotherInstanceHasLinkedMeanwhileIsNotLinkedTwice(t *testing.T) {
	d := open(t)
	slow := d.writer(t)
	c := d.command(t, "slow")
	d.writer(t) // takes it for what a crash has left
	var group sync.WaitGroup
	for i := range 20 { // which share a transaction with it
		group.Go(func() {
			if err := slow.Write(entry(fmt.Sprint("beside ", i))); err != nil {
				t.Error(err)
			}
		})
	}
	if err := slow.Write(entry("its answer"), c); err != nil {
		t.Error(err)
	}
	group.Wait()
	if names := d.texts(t, linked); fmt.Sprint(names) != "[slow]" {
		t.Errorf("linked are %q", names)
	}
	if n := d.texts(t, "select count(*)::text from korpu.audit_record where body like '%beside%'"); n[0] != "20" {
		t.Errorf("%s records beside it", n[0])
	}
	d.sound(t)
}

func TestACommandWhoseLinkFailedIsLinkedWhenTheAuditIsBack(t *testing.T) {
	d := open(t)
	w := d.writer(t)
	d.do(t, "revoke insert on korpu.audit_record from korpu_audit_writer")
	if w.Write(entry("its answer"), d.command(t, "unheard")) == nil {
		t.Fatal("it was linked")
	}
	d.do(t, "grant insert on korpu.audit_record to korpu_audit_writer")
	writeAll(t, w, 1)
	if names := d.texts(t, linked); fmt.Sprint(names) != "[unheard]" {
		t.Errorf("linked are %q", names)
	}
	d.sound(t)
}

func TestACommandThatIsNotInTheChainsAsItWasWrittenIsFound(t *testing.T) {
	for what, c := range map[string]struct{ sql, words string }{
		"unlinked":  {"delete from korpu.audit_record where seq > 1", "stands in no chain"},
		"rewritten": {`update korpu.audit_command set body = replace(body, 'judge', 'clerk')`, "otherwise than it was written"},
		"removed":   {"delete from korpu.audit_command", "was removed where it was written"},
	} {
		t.Run(what, func(t *testing.T) {
			d := open(t)
			if err := d.writer(t).Write(entry("its answer"), d.command(t, "openCase")); err != nil {
				t.Fatal(err)
			}
			d.sound(t)
			d.do(t, c.sql)
			finds(t, d.verify(t, nil, nil), c.words)
		})
	}
}

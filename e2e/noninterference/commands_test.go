package noninterference

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/policy"
)

// stop has every command fail that would be carried out, at its last step: so nothing changes, and every command is refused.
const stop = `
create function leak.stop() returns trigger language plpgsql as $$ begin raise exception using errcode = 'KP001', message = 'stopped by the proof'; end $$;
create trigger stops before insert on korpu.outbox for each row execute function leak.stop();
create trigger stops after insert or update on korpu.unseal_order for each row execute function leak.stop(); -- of no child, so nothing is announced
create trigger stops after insert or update on korpu.legal_hold for each row execute function leak.stop();
create trigger stops after insert or update on korpu.expungement for each row execute function leak.stop();
create trigger stops after insert on korpu.centre_capacity for each row execute function leak.stop();
create trigger stops after insert or update on korpu.cohort for each row execute function leak.stop();
create trigger stops after insert on korpu.comparison for each row execute function leak.stop();
create trigger stops after insert or update on korpu.mission for each row execute function leak.stop();
create trigger stops after update on korpu.client for each row execute function leak.stop()`

// unpublished keeps cohorts from being counted: what is published are counts of what is hidden, and the tests of G17 hold them to what may be told.
const unpublished = `
create function leak.unpublished() returns trigger language plpgsql as $$ begin raise exception using errcode = 'KP001', message = 'nothing is published in the proof'; end $$;
create trigger a_stops before update on korpu.cohort for each row execute function leak.unpublished()`

// TestACommandThatTellsOfAHiddenRecordIsFound has the police be told, as they add a party, whether lawyers have written an
// even number of notes.
func TestACommandThatTellsOfAHiddenRecordIsFound(t *testing.T) {
	w := newCommanded(t)
	w.tell("case_party", "perform korpu.refuse('not today')")
	police := w.subject("police_officer", "CASE_PROCEEDINGS")
	found(t, func(seed uint64) string { return police.payloads(seed, map[string]int{}) })
}

// tell has something done, as a row is made, where lawyers have written an even number of notes.
func (w *world) tell(table, what string) {
	w.t.Helper()
	for _, s := range []*side{w.still, w.moved} {
		exec(w.t, s.admin, `create function leak.tell() returns trigger language plpgsql security definer as $$ begin
		  if (select count(*) % 2 = 0 from korpu.legal_note) then `+what+`; end if; return new; end $$;
		  create trigger tells before insert on korpu.`+table+` for each row execute function leak.tell()`)
	}
}

// found fails the test unless some round shows a leak.
func found(t *testing.T, round func(seed uint64) string) {
	t.Helper()
	for number := range uint64(20) {
		if round(number<<32) != "" {
			return
		}
	}
	t.Error("it is not found in twenty rounds")
}

// command draws what is to be done, and with which input.
func (d *drawer) command(key string) (*ast.FieldDefinition, map[string]any) {
	f := pick(d.rng, d.schema.Mutation.Fields)
	cmd := d.catalog().Command(f.Name)
	input := d.commandInput(cmd.Input, cmd.Record)
	input["idempotencyKey"] = key
	return f, input
}

// commandInput draws what a command takes: identifiers of records that are there, seen or not, and other values at random.
func (d *drawer) commandInput(in *policy.Input, of *policy.Record) map[string]any {
	object := map[string]any{}
	for _, f := range d.schema.Types[in.Name].Fields {
		switch {
		case f.Name == "idempotencyKey":
		case f.Name == "id":
			object[f.Name] = d.anyID(of.Name)
		case f.Name == "expectedVersion":
			object[f.Name] = pick(d.rng, []int{1, 1, 1, 1, 2})
		case f.Type.NonNull || d.rng.IntN(2) == 0:
			object[f.Name] = d.commandValue(in, f)
		}
	}
	return object
}

func (d *drawer) commandValue(in *policy.Input, f *ast.FieldDefinition) any {
	for _, v := range in.Values {
		switch {
		case v.Name != f.Name:
		case v.Many():
			return []any{d.commandInput(v.Made, v.Made.Record)}
		case v.Made != nil:
			return d.commandInput(v.Made, v.Made.Record)
		case v.Finds != nil:
			return d.sought(v.Finds)
		case v.Parent != "":
			return d.anyID(d.recordOf(v.Parent))
		case v.Field != nil && v.Field.Link != nil:
			return d.anyID(v.Field.Link.Target)
		}
	}
	some := *f.Type
	some.NonNull = true
	return d.given(&some, about{record: in.Record, field: in.Record.Field(f.Name)}, false).value()
}

// sought is what finds a case: the number and year of a card, seen or not, or others at random.
func (d *drawer) sought(f *policy.Finder) map[string]any {
	card, key := d.catalog().Records["StatusCard"], d.look("StatusCard")
	names, object := map[string]string{"number": "caseNumber", "yearOfBirth": "yearOfBirth"}, map[string]any{}
	for _, one := range f.Fields {
		object[one.Name] = d.given(one.Type, about{record: card, field: card.Field(names[one.Name]), key: key}, false).value()
	}
	return object
}

func (d *drawer) recordOf(table string) string {
	for _, name := range d.catalog().Names {
		if d.catalog().Records[name].Table == table {
			return name
		}
	}
	panic("no record has the table " + table)
}

func (d *drawer) anyID(record string) string {
	if at := d.anyRow(record); at != nil && d.rng.IntN(12) > 0 {
		return at.id
	}
	return newID(d.rng)
}

package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"testing"

	"korpu/internal/audit"
)

// chained is a database with a chain of ten records.
func chained(t *testing.T) (database, audit.Head) {
	t.Helper()
	d := open(t)
	w := d.writer(t)
	writeAll(t, w, 9)
	w.Close()
	d.do(t, "create table public.kept as table korpu.audit_record")
	return d, w.Chain()
}

// restore undoes what was done to the chain.
func (d database) restore(t *testing.T) {
	t.Helper()
	d.do(t, "delete from korpu.audit_record")
	d.do(t, "insert into korpu.audit_record table public.kept")
	d.sound(t)
}

const swap = `update korpu.audit_record r set at = o.at, body = o.body, hash = o.hash from korpu.audit_record o
  where r.seq in (%[1]d, %[2]d) and o.seq in (%[1]d, %[2]d) and o.seq <> r.seq`

func TestEveryManipulationIsFoundWithItsPlace(t *testing.T) {
	d, _ := chained(t)
	for what, c := range map[string]struct{ sql, words string }{
		"a changed body":              {`update korpu.audit_record set body = replace(body, '"judge"', '"clerk"') where seq = 5`, "record 5 does not follow"},
		"a changed hash":              {`update korpu.audit_record set hash = sha256(hash) where seq = 10`, "record 10 does not follow"},
		"a changed time":              {`update korpu.audit_record set at = at + interval '1 hour' where seq = 5`, "record 5: a column says something else"},
		"another command":             {`update korpu.audit_record set command = gen_random_uuid() where seq = 5`, "record 5: a column says something else"},
		"a removed record":            {`delete from korpu.audit_record where seq = 5`, "records 5 to 5 are missing"},
		"several removed records":     {`delete from korpu.audit_record where seq between 3 and 5`, "records 3 to 5 are missing"},
		"a removed beginning":         {`delete from korpu.audit_record where seq = 1`, "records 1 to 1 are missing"},
		"a body from another place":   {`update korpu.audit_record r set body = o.body, at = o.at from korpu.audit_record o where r.seq = 5 and o.seq = 7`, "record 5 does not follow"},
		"a body written in other way": {`update korpu.audit_record set body = body::jsonb::text where seq = 5`, "record 5 does not follow"},
	} {
		t.Run(what, func(t *testing.T) {
			d.do(t, c.sql)
			report := d.verify(t, nil, nil)
			if what == "another command" {
				report.Findings = report.Findings[:1] // the other is that there is no such command
			}
			finds(t, report, c.words)
			d.restore(t)
		})
	}
}

func TestRecordsInAnotherOrderAreFoundWithTheirPlaces(t *testing.T) {
	d, head := chained(t)
	for _, pair := range [][2]int{{4, 5}, {4, 6}, {3, 9}, {9, 10}} {
		d.do(t, fmt.Sprintf(swap, pair[0], pair[1]))
		want := fmt.Sprintf("[chain %[1]s: what was record %[3]d stands as record %[2]d chain %[1]s: what was record %[2]d stands as record %[3]d]", head.Chain, pair[0], pair[1])
		if found := fmt.Sprint(d.verify(t, nil, nil).Findings); found != want {
			t.Errorf("%v: found %s", pair, found)
		}
		d.restore(t)
	}
}

func TestARecordThatIsTakenOutWithTheOthersMovedUpIsFound(t *testing.T) {
	d, _ := chained(t)
	d.do(t, "delete from korpu.audit_record where seq = 5")
	d.do(t, "update korpu.audit_record set seq = seq - 1 where seq > 5")
	if found := d.verify(t, nil, nil).Findings; len(found) == 0 {
		t.Error("it was not found")
	}
}

func TestAChainWrittenAnewFromSomewhereIsFoundByAPlaceThatIsKnown(t *testing.T) {
	d, head := chained(t)
	d.do(t, `create function public.anew() returns void language plpgsql as $$
	  declare r record; last bytea;
	  begin
	    select hash into last from korpu.audit_record where seq = 4;
	    update korpu.audit_record set body = replace(body, '"judge"', '"clerk"') where seq = 5;
	    for r in select * from korpu.audit_record where seq > 4 order by seq loop
	      last := sha256(last || uuid_send(r.chain) || int8send(r.seq) || convert_to(r.body, 'UTF8'));
	      update korpu.audit_record set hash = last where seq = r.seq;
	    end loop;
	  end $$`)
	d.do(t, "select public.anew()")
	d.sound(t) // which shows that hashes alone are no proof against who holds the database
	finds(t, d.verify(t, nil, []audit.Head{head}), "record 10 is not the one that an anchor knows")
	finds(t, d.verify(t, []audit.Head{head}, nil), "record 10 is not the one that a checkpoint knows")
}

func TestACutTailIsFoundByAnAnchorACheckpointOrTheNextChain(t *testing.T) {
	d, head := chained(t)
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := audit.Anchors(t.Context(), d.Conn, private)
	if err != nil || len(signed) != 1 {
		t.Fatal(signed, err)
	}
	d.do(t, "delete from korpu.audit_record where seq > 7")
	d.sound(t)
	var file bytes.Buffer
	if err := json.NewEncoder(&file).Encode(signed[0]); err != nil {
		t.Fatal(err)
	}
	anchors, err := audit.ReadAnchors(&file, public)
	if err != nil {
		t.Fatal(err)
	}
	finds(t, d.verify(t, nil, anchors), "was cut off after record 7: an anchor knows record 10")
	finds(t, d.verify(t, []audit.Head{head}, nil), "was cut off after record 7: a checkpoint knows record 10")
	d.do(t, "delete from korpu.audit_record")
	finds(t, d.verify(t, nil, anchors), "is gone: an anchor knows its record 10")
}

func TestACutTailOfAnEarlierChainIsFoundByTheOneThatFollows(t *testing.T) {
	d, head := chained(t)
	next := d.writer(t).Chain()
	d.do(t, "delete from korpu.audit_record where chain = $1 and seq > 7", head.Chain)
	finds(t, d.verify(t, nil, nil), fmt.Sprintf("chain %s was cut off after record 7: chain %s knows record 10", head.Chain, next.Chain))
}

func TestAVerificationGoesOnFromWhereAnEarlierOneEnded(t *testing.T) {
	d, _ := chained(t)
	first := d.verify(t, nil, nil)
	writeAll(t, d.writer(t), 2)
	second := d.verify(t, first.Heads, nil)
	if first.Records != 10 || second.Records != 3 || len(second.Heads) != 2 || len(second.Findings) > 0 {
		t.Errorf("%d records, then %d; heads %v; findings %q", first.Records, second.Records, second.Heads, second.Findings)
	}
	d.do(t, `update korpu.audit_record set body = replace(body, '"judge"', '"clerk"') where chain = $1 and seq = 5`, first.Heads[0].Chain)
	if found := d.verify(t, first.Heads, nil).Findings; len(found) > 0 {
		t.Errorf("what was verified before was read again: %q", found)
	}
}

func TestAnAnchorThatWasNotSignedOrWasChangedIsRefused(t *testing.T) {
	d, _ := chained(t)
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := audit.Anchors(t.Context(), d.Conn, private)
	if err != nil {
		t.Fatal(err)
	}
	changed := signed[0]
	changed.Seq--
	unsigned := signed[0]
	unsigned.Signature = nil
	for what, a := range map[string]audit.Anchor{"changed": changed, "unsigned": unsigned} {
		line, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := audit.ReadAnchors(bytes.NewReader(line), public); err == nil {
			t.Errorf("%s: it was taken", what)
		}
	}
	if _, err := audit.ReadAnchors(bytes.NewReader([]byte("no anchor\n")), public); err == nil {
		t.Error("what is no anchor was taken")
	}
}

func TestAPlaceIsReadAsItIsWritten(t *testing.T) {
	_, head := chained(t)
	if again, err := audit.ParseHead(head.String()); err != nil || again != head {
		t.Errorf("%s became %s: %v", head, again, err)
	}
	for _, text := range []string{"", "x:1:00", head.Chain.String() + ":0:" + head.String()[len(head.String())-64:], head.Chain.String() + ":1:00"} {
		if _, err := audit.ParseHead(text); err == nil {
			t.Errorf("%q was taken for a place", text)
		}
	}
}

package commands

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"korpu/internal/hubtest"
)

func TestTheSameCommandUnderTheSameKeyHasOneEffectAndIsReadAfresh(t *testing.T) {
	p := open(t)
	input := p.newCase()
	input["idempotencyKey"] = "the one"
	first := p.do("officer-sumgayit", "openCase", "id number stage version", input).done()
	p.do("officer-sumgayit", "moveCase", "stage", map[string]any{"id": first["id"], "expectedVersion": 1, "stage": "PROSECUTION"}).done()
	cases, events := p.counts()
	again := p.do("officer-sumgayit", "openCase", "id number stage version", input).done()
	if again["id"] != first["id"] || again["stage"] != "PROSECUTION" || again["version"] != 2.0 {
		t.Fatalf("first %v, again %v", first, again)
	}
	if c, e := p.counts(); c != cases || e != events {
		t.Fatalf("%d cases and %d events became %d and %d", cases, events, c, e)
	}
	input["allegedFacts"] = "Something else."
	p.do("officer-sumgayit", "openCase", "id", input).Refused("CONFLICT", "idempotencyKey")
	input["idempotencyKey"] = "another"
	if other := p.do("officer-sumgayit", "openCase", "id", input).done(); other["id"] == first["id"] {
		t.Fatal("another key had no effect of its own")
	}
}

func (p *place) counts() (cases, events int) {
	return value[int](p, "select count(*)::int from korpu.case_file"), value[int](p, "select count(*)::int from korpu.outbox")
}

func TestTheKeyOfOnePersonIsNotThatOfAnother(t *testing.T) {
	p := open(t)
	opened := p.opened()
	for _, agency := range []string{"SUM-PROSECUTION", "SUM-COURT"} {
		p.do("officer-sumgayit", "addParty", "id", map[string]any{"case": opened["id"], "agency": p.agency(agency), "capacity": "COURT", "idempotencyKey": agency}).done()
	}
	p.do("officer-sumgayit", "moveCase", "id", map[string]any{"id": opened["id"], "expectedVersion": 1, "stage": "PROSECUTION", "idempotencyKey": "k"}).done()
	p.do("prosecutor-sumgayit", "moveCase", "id", map[string]any{"id": opened["id"], "expectedVersion": 2, "stage": "COURT", "idempotencyKey": "k"}).done()
}

// Many send the same command at once, to two instances: one carries it out, all get its record.
func TestACommandThatIsSentManyTimesAtOnceIsDoneOnce(t *testing.T) {
	p := open(t)
	other := p.Instance(t)
	input := p.newCase()
	input["idempotencyKey"] = "at once"
	p.Token(t, hubtest.Persona("officer-sumgayit"))
	before, _ := p.counts()
	ids := make([]string, 12)
	var group sync.WaitGroup
	for i := range ids {
		group.Go(func() {
			to := p.Hub.Hub
			if i%2 == 0 {
				to = other
			}
			r := hubtest.Send(t, to, p.Request(t, hubtest.Persona("officer-sumgayit"), "mutation($input: OpenCaseInput!) { openCase(input: $input) { id } }", map[string]any{"input": input}))
			var body struct {
				Data struct{ OpenCase struct{ ID string } }
			}
			if err := json.Unmarshal(r.Body, &body); err != nil {
				t.Errorf("%s: %v", r.Body, err)
			}
			ids[i] = body.Data.OpenCase.ID
		})
	}
	group.Wait()
	if after, _ := p.counts(); after != before+1 {
		t.Fatalf("%d cases became %d", before, after)
	}
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("the answers are of %v", ids)
		}
	}
}

func TestWhoChangesWhatHasChangedIsToldSoAndChangesNothing(t *testing.T) {
	p := open(t)
	opened := p.opened()
	move := func(version int, stage string) outcome {
		return p.do("officer-sumgayit", "moveCase", "version", map[string]any{"id": opened["id"], "expectedVersion": version, "stage": stage})
	}
	move(7, "PROSECUTION").Refused("CONFLICT", "version 1")
	move(0, "PROSECUTION").Refused("CONFLICT", "version 1")
	move(1, "PROSECUTION").done()
	move(1, "COURT").Refused("NOT_FOUND", "") // it is not before the police any more
}

// Two decide on what they have both seen: one of them is told that it has changed.
func TestOfTwoWhoChangeARecordAtOnceOneIsRefused(t *testing.T) {
	p := open(t)
	for round := range 5 {
		opened := p.opened()
		codes := make([]string, 2)
		var group sync.WaitGroup
		requests := []map[string]any{}
		for i := range codes {
			requests = append(requests, map[string]any{"id": opened["id"], "expectedVersion": 1, "stage": "INVESTIGATION", "idempotencyKey": fmt.Sprintf("r%d-%d", round, i)})
		}
		for i := range codes {
			group.Go(func() {
				r := p.Ask(t, hubtest.Persona("officer-sumgayit"), "mutation($input: MoveCaseInput!) { moveCase(input: $input) { version } }", map[string]any{"input": requests[i]})
				var body struct {
					Errors []struct{ Extensions struct{ Code string } }
				}
				if err := json.Unmarshal(r.Body, &body); err != nil {
					t.Error(err)
				}
				if len(body.Errors) > 0 {
					codes[i] = body.Errors[0].Extensions.Code
				}
			})
		}
		group.Wait()
		if codes[0]+codes[1] != "CONFLICT" {
			t.Fatalf("%v", codes)
		}
	}
}

// A number has five digits, and more when there are so many cases.
func TestCaseNumbersGoOnBeyondFiveDigits(t *testing.T) {
	p := open(t)
	first := p.opened()["number"].(string)
	if _, err := p.admin.Exec(t.Context(), "update korpu.case_number set last = 99999 where prefix = 'SUM'"); err != nil {
		t.Fatal(err)
	}
	prefix := first[:len(first)-5]
	for _, wanted := range []string{prefix + "100000", prefix + "100001"} {
		if got := p.opened()["number"]; got != wanted {
			t.Fatalf("%v, not %s", got, wanted)
		}
	}
}

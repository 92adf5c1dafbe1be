package records

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// nestedSample is a list of rows as PostgreSQL sends it, of as many columns.
func nestedSample(t *testing.T, sql string) []byte {
	t.Helper()
	list, err := postgres(t).Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	list.Next()
	return append([]byte(nil), list.RawValues()[0]...)
}

// takeApart decodes a list of rows, and in each its first column as a list again.
func takeApart(raw []byte, width int) (decodedRows [][][]byte, err error) {
	err = eachElement(raw, func(element []byte) error {
		split := make([][]byte, width)
		decodedRows = append(decodedRows, split)
		if err := splitRecord(element, split); err != nil {
			return err
		}
		return eachElement(split[0], func([]byte) error { return nil })
	})
	return decodedRows, err
}

const nestedSQL = `select array_agg(row(inner_list, null::text, 'text', 7)) from (
	select array_agg(row(i, 'x' || i)) as inner_list from generate_series(1, 3) i union all select null) q`

func TestANestedListIsTakenApart(t *testing.T) {
	list, err := takeApart(nestedSample(t, nestedSQL), 4)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d rows, error %v", len(list), err)
	}
	if list[0][0] == nil || list[1][0] != nil || list[0][1] != nil || string(list[0][2]) != "text" || string(appendInt(nil, list[0][3])) != "7" {
		t.Errorf("the rows are %v", list)
	}
}

func TestRowsWithoutColumnsAreCounted(t *testing.T) {
	n := 0
	err := eachElement(nestedSample(t, "select array_agg(row()) from generate_series(1, 3)"), func(element []byte) error {
		n++
		return splitRecord(element, nil)
	})
	if err != nil || n != 3 {
		t.Errorf("%d rows, error %v", n, err)
	}
}

func TestEveryCutOfANestedListIsRefused(t *testing.T) {
	whole := nestedSample(t, nestedSQL)
	for n := range whole {
		if _, err := takeApart(whole[:n], 4); err == nil {
			t.Errorf("the first %d of %d bytes pass for a list", n, len(whole))
		}
	}
	if _, err := takeApart(append(whole, 0), 4); err == nil {
		t.Error("a list with a byte too many passes")
	}
	for _, width := range []int{0, 3, 5} {
		if _, err := takeApart(whole, width); err == nil {
			t.Errorf("rows of four columns pass for %d", width)
		}
	}
}

// Whatever the bytes are, decoding ends, with an error or without, and never in a panic.
func TestNoBytesMakeDecodingPanic(t *testing.T) {
	whole := nestedSample(t, nestedSQL)
	random := rand.New(rand.NewPCG(3, 3))
	for range 20_000 {
		broken := append([]byte(nil), whole...)
		for range 1 + random.IntN(4) {
			broken[random.IntN(len(broken))] = byte(random.Uint32())
		}
		_, _ = takeApart(broken[:random.IntN(len(broken)+1)], 4)
	}
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOf(rapid.Byte()).Draw(t, "raw")
		_, _ = takeApart(raw, 2)
		for _, encode := range []encoder{appendUUID, appendInt, appendBool, appendDate, appendDateTime, appendTexts} {
			if out := encode(nil, raw); out[0] != '[' && !json.Valid(out) {
				t.Fatalf("%v is encoded as %s", raw, out)
			}
		}
	})
}

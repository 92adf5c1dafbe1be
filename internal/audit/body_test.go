package audit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"korpu/internal/audit"
)

func id(digit string) uuid.UUID {
	return uuid.MustParse(strings.Repeat(digit, 8) + "-0000-4000-8000-000000000000")
}

func TestABodySaysWhoAskedForWhatAndWhichRecordsOfWhichChildrenTheAnswerHolds(t *testing.T) {
	e := audit.Entry{
		At: now, Request: "R", Staff: id("1"), Agency: id("2"), Issuer: "https://i.example", Client: "portal", Asserted: true, Role: "judge",
		Purpose: "CASE_PROCEEDINGS", Operation: "00ff", Policy: "7", Outcome: "OK", Digest: []byte{0xab, 0xcd},
		Reading: audit.Reading{
			Fields: []string{"Case.id", "Query.cases"}, Types: []string{"Agency", "Case", "Child", "Diversion"},
			Records: []audit.Record{
				{1, id("b"), id("d"), id("b")}, {3, id("8"), id("d"), id("b")}, {2, id("d"), id("d"), uuid.Nil}, {0, id("9"), uuid.Nil, uuid.Nil},
				{1, id("a"), id("d"), id("a")}, {2, id("c"), id("c"), id("7")}, {3, id("6"), id("d"), id("b")}, {1, id("b"), id("d"), id("b")},
				{0, id("9"), uuid.Nil, uuid.Nil}, {2, id("e"), id("e"), uuid.Nil},
			},
			Withheld: []audit.Withheld{{"Child.address", 2}, {"Child.phone", 1}},
		},
	}
	const tail = "-0000-4000-8000-000000000000"
	want := `{"kind":"request","at":"2026-11-23T10:00:00.123456Z","request":"R","staff":"11111111` + tail + `","agency":"22222222` + tail + `",` +
		`"issuer":"https://i.example","client":"portal","asserted":true,"role":"judge","purpose":"CASE_PROCEEDINGS","operation":"00ff","policy":"7","outcome":"OK",` +
		`"fields":["Case.id","Query.cases"],"records":{"Agency":["99999999` + tail + `"]},"children":{` +
		`"cccccccc` + tail + `":{"cases":{"77777777` + tail + `":{"Child":[]}}},` +
		`"dddddddd` + tail + `":{"Child":[],"cases":{"aaaaaaaa` + tail + `":{"Case":[]},"bbbbbbbb` + tail + `":{"Case":[],"Diversion":["66666666` + tail + `","88888888` + tail + `"]}}},` +
		`"eeeeeeee` + tail + `":{"Child":[]}},"withheld":{"Child.address":2,"Child.phone":1},"digest":"abcd"}`
	for range 2 { // it is the same however often it is written
		if body := e.Body(); body != want {
			t.Errorf("the body is\n%s\nnot\n%s", body, want)
		}
	}
}

func TestABodyIsJSONWhateverAClientIsCalled(t *testing.T) {
	for _, name := range []string{"portal", `a "quoted" name`, `back\slash`, "line\nend", "İstifadəçi", "\x00\xff"} {
		e := audit.Entry{At: now, Client: name}
		var back struct{ Client string }
		if err := json.Unmarshal([]byte(e.Body()), &back); err != nil || back.Client != strings.ToValidUTF8(name, "\ufffd") {
			t.Errorf("%q became %q: %v", name, back.Client, err)
		}
	}
}

func TestAnEntryThatSaysLittleHasNoEmptyMembers(t *testing.T) {
	e := audit.Entry{At: now, Staff: id("1"), Agency: id("2"), Outcome: "INVALID"}
	if body := e.Body(); strings.Contains(body, `""`) || strings.Contains(body, "[]") || strings.Contains(body, "{}") {
		t.Error(body)
	}
}

package accesslog

import (
	"strings"
	"testing"
	"time"
)

func TestWhatIsSharedIsToldInThreeLanguagesWithWhatItMeansToRefuse(t *testing.T) {
	until := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	told := map[string]bool{}
	for _, state := range []string{"BY_LAW", "AGREED", "CLOSED"} {
		az, ru, en := Sharing{Agency: "A", Purpose: "REHABILITATION", State: state, Classes: []string{"PLAN", "IDENTITY", "MINIMAL_IDENTITY"}, Until: &until}.InWords()
		for _, text := range []string{az, ru, en} {
			if text == "" || strings.ContainsAny(text, "{}") || told[text] {
				t.Errorf("%s: %q", state, text)
			}
			told[text] = true
		}
		if strings.Contains(en, "Your plan begins only") != (state == "BY_LAW") || strings.Contains(en, "26.11.2026") != (state == "AGREED") {
			t.Errorf("%s: %s", state, en)
		}
	}
	if kinds := (Sharing{Classes: []string{"REFERENCE", "IDENTITY", "MINIMAL_IDENTITY"}}).Kinds(); len(kinds) != 1 || kinds[0] != "NAME" {
		t.Errorf("%v", kinds)
	}
}

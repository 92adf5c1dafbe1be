package records

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Only a text of U+10FFFF alone has nothing after it; it stands for no character.
func TestATextBeginsWithAPrefixWhereItLiesBetweenItAndWhatComesAfter(t *testing.T) {
	letters := rapid.SampledFrom([]rune{'a', 'b', '%', '_', '\\', 'ş', '\uD7FF', '\uE000', '😀', utf8.MaxRune - 1, utf8.MaxRune})
	texts := rapid.StringOfN(letters, -1, 4, -1)
	rapid.Check(t, func(t *rapid.T) {
		prefix, text := texts.Draw(t, "prefix"), texts.Draw(t, "text")
		if strings.Trim(prefix, string(utf8.MaxRune)) == "" {
			return
		}
		if rapid.Bool().Draw(t, "joined") {
			text = prefix + text
		}
		between := prefix <= text && text < afterPrefix(prefix)
		if between != strings.HasPrefix(text, prefix) || !storable(afterPrefix(prefix)) {
			t.Fatalf("%q lies between %q and %q: %t", text, prefix, afterPrefix(prefix), between)
		}
	})
	if afterPrefix("") <= "zzz😀" {
		t.Error("not every text begins with nothing")
	}
}

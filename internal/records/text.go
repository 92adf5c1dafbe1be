package records

import (
	"strings"
	"unicode/utf8"
)

func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// afterPrefix is the least text that is greater than every text that begins with the prefix, in the order of bytes: that of
// the letter after its last one. Nothing comes after the last letter of all, which stands for no character.
func afterPrefix(prefix string) string {
	letters := []rune(prefix)
	for i := len(letters) - 1; i >= 0; i-- {
		switch last := letters[i]; {
		case last == beforeSurrogates:
			return string(letters[:i]) + string(afterSurrogates)
		case last < utf8.MaxRune:
			return string(letters[:i]) + string(last+1)
		}
	}
	return string(utf8.MaxRune)
}

// Between these letters UTF-8 has none.
const (
	beforeSurrogates = '\uD7FF'
	afterSurrogates  = '\uE000'
)

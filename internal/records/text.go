package records

import (
	"strings"
	"unicode/utf8"
)

func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// afterPrefix is greater than every text that begins with the prefix, in the order of bytes.
func afterPrefix(prefix string) string { return prefix + string(utf8.MaxRune) }

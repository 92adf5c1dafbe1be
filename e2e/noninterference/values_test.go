package noninterference

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Values that a careless query, encoder or comparison trips over.
var (
	nastyTexts = []string{"", " ", "'", "''", `"`, `\`, `\'`, "%", "_", "%' or '1'='1", "'; drop table korpu.child; --", "$1", "$$", "{}", `{"a":1}`,
		"null", "NULL", "true", "0", "-1", "1e999", "<script>", "\u0130\u0131\u0259\u018f", "e\u0301", "\u202eabc", "\U0010ffff", "\x01\x1f\x7f\n\r\t", strings.Repeat("x", 4000)}
	extremeDays    = []string{"0001-01-01", "9999-12-31", "infinity", "-infinity", "4713-01-01 BC", "1999-12-31", "2000-01-01", "2000-02-29"}
	extremeMoments = []string{"0001-01-01 00:00:00Z", "9999-12-31 23:59:59.999999Z", "infinity", "-infinity", "1999-12-31 23:59:59.999999Z", "2000-01-01 00:00:00Z"}
	extremeNumbers = []string{"0", "-1", "1", "2147483647", "-2147483648"}
	extremeSets    = []string{"{}", `{""}`, `{"a,b","c\"d"}`, "{NULL}"}
)

// odd draws a value of a type. A column of a type that is not here takes what other rows have in it.
var odd = map[string]func(rng *rand.Rand, old *string) string{
	"text": func(rng *rand.Rand, old *string) string {
		if old != nil && rng.IntN(3) == 0 {
			return *old + " " + pick(rng, []string{"x", "\u018f", "1"})
		}
		return pick(rng, nastyTexts)
	},
	"text[]":  func(rng *rand.Rand, _ *string) string { return pick(rng, extremeSets) },
	"integer": func(rng *rand.Rand, _ *string) string { return pick(rng, extremeNumbers) },
	"boolean": func(_ *rand.Rand, old *string) string { return fmt.Sprint(old == nil || *old != "true") },
	"uuid":    func(rng *rand.Rand, _ *string) string { return newID(rng) },
	"date": func(rng *rand.Rand, _ *string) string {
		return pick(rng, []string{pick(rng, extremeDays), someDay(rng).Format(time.DateOnly)})
	},
	"timestamp with time zone": func(rng *rand.Rand, _ *string) string {
		return pick(rng, []string{pick(rng, extremeMoments), someDay(rng).Add(time.Duration(rng.Int64N(int64(24 * time.Hour)))).Format(time.RFC3339Nano)})
	},
}

// another draws a value for a column: null, one that another row has, or an odd one. It may be one that a constraint
// refuses; then the change does not happen.
func (w *world) another(rng *rand.Rand, t *table, c *column, old *string) *string {
	draw := odd[c.Type]
	switch {
	case c.Nullable && old != nil && rng.IntN(3) == 0:
		return nil
	case c.Refers != "":
		referred := w.tables[c.Refers]
		return new(referred.value(pick(rng, referred.rows), "id"))
	case len(c.words) > 0:
		return new(pick(rng, c.words))
	case draw == nil || rng.IntN(3) == 0:
		return pick(rng, t.rows)[t.index(c.Name)]
	}
	return new(draw(rng, old))
}

// someDay is far enough from today that no condition changes while the proof runs.
func someDay(rng *rand.Rand) time.Time {
	days := 10 + rng.IntN(3000)
	if rng.IntN(3) > 0 {
		days = -days
	}
	return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, days)
}

func pick[T any](rng *rand.Rand, all []T) T { return all[rng.IntN(len(all))] }

func newID(rng *rand.Rand) string {
	a, b := rng.Uint64(), rng.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffffffffffff)
}

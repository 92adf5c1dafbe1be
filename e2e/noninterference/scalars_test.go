package noninterference

import (
	"regexp"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/policy"
)

var (
	day    = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	moment = regexp.MustCompile(`^\d{4}-\d\d-\d\dT[0-9:.]+Z$`)
)

// leaf draws a scalar: mostly what some record has, seen or hidden, on either side.
func (d *drawer) leaf(typeName string, a about) any {
	for range 3 {
		if value := d.known(a); value != nil && d.rng.IntN(8) > 0 {
			if leaf, ok := d.read(typeName, *value); ok {
				return leaf
			}
		}
	}
	switch typeName {
	case "Int":
		return int64(pick(d.rng, []int{0, 1, -1, 2010, 1<<31 - 1, -1 << 31}))
	case "Float":
		return d.rng.NormFloat64()
	case "Boolean":
		return d.rng.IntN(2) == 0
	case "ID":
		return newID(d.rng)
	case "Date":
		return someDay(d.rng).Format(time.DateOnly)
	case "DateTime":
		return someDay(d.rng).Add(time.Duration(d.rng.IntN(86400)) * time.Second).Format(pick(d.rng, []string{time.RFC3339, "2006-01-02T15:04:05.999Z07:00"}))
	}
	return pick(d.rng, nastyTexts)
}

// known is the value of the field in some record.
func (d *drawer) known(a about) *string {
	if a.field == nil {
		return nil
	}
	_, places := columnsOf(a.field.Record)
	at := d.places(a.field, places)
	if at < 0 {
		return nil
	}
	if a.key != nil && a.key.row != nil {
		return a.key.row.values[at]
	}
	if row := d.anyRow(a.field.Record.Name); row != nil {
		return row.values[at]
	}
	return nil
}

func (d *drawer) places(f *policy.Field, places []int) int {
	for i, other := range f.Record.Fields {
		if other == f {
			return places[i]
		}
	}
	return -1
}

// anyRow is mostly one that is seen.
func (d *drawer) anyRow(record string) *row {
	rows := d.pool[record]
	if seen := d.shown[record]; len(seen) > 0 && d.rng.IntN(4) > 0 {
		rows = seen
	}
	if len(rows) == 0 {
		return nil
	}
	return pick(d.rng, rows)
}

// read turns what PostgreSQL printed into what a client would send.
func (d *drawer) read(typeName, text string) (any, bool) {
	switch typeName {
	case "Int":
		n, err := strconv.ParseInt(text, 10, 32)
		return n, err == nil
	case "Boolean":
		return text == "true", true
	case "Date":
		return text, day.MatchString(text) && text[:4] != "0000"
	case "DateTime":
		return text, moment.MatchString(text)
	case "ID":
		return text, true
	}
	if runes := []rune(text); len(runes) > 1 && d.rng.IntN(5) == 0 {
		return string(runes[:1+d.rng.IntN(len(runes)-1)]), true
	}
	return text, true
}

func (d *drawer) enum(def *ast.Definition, a about) string {
	if value := d.known(a); value != nil && def.EnumValues.ForName(*value) != nil {
		return *value
	}
	return pick(d.rng, def.EnumValues).Name
}

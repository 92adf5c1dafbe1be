package portal

import (
	"fmt"
	"slices"
	"time"
)

// part is some records that have something in common.
type part struct {
	Of      string // what they have in common
	Records []any
}

// Parts parts records by the values of fields, in the order in which they come. It takes what may be no list at all.
func (v *view) Parts(answered any, fields ...string) []part {
	records, _ := answered.([]any)
	return parted(records, func(record map[string]any) string {
		var key []any
		for _, field := range fields {
			key = append(key, record[field])
		}
		return fmt.Sprint(key...)
	})
}

// ByDay parts records by the day of a date or moment, the earliest first.
func (v *view) ByDay(records []any, field string) []part {
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(a, b any) int { return at(a, field).Compare(at(b, field)) })
	return parted(sorted, func(record map[string]any) string { return v.Weekday(record[field]) })
}

func at(record any, field string) time.Time {
	fields, _ := record.(map[string]any)
	moment, _ := moment(fields[field])
	return moment
}

func parted(records []any, key func(map[string]any) string) []part {
	var all []part
	for _, r := range records {
		record, _ := r.(map[string]any)
		of := key(record)
		i := slices.IndexFunc(all, func(p part) bool { return p.Of == of })
		if i < 0 {
			i, all = len(all), append(all, part{Of: of})
		}
		all[i].Records = append(all[i].Records, r)
	}
	return all
}

// Chosen tells whether a value was chosen in the form that was sent.
func (v *view) Chosen(name, value string) bool { return slices.Contains(v.Entered[name], value) }

// Weekday writes a day with its name.
func (v *view) Weekday(value any) string {
	at, ok := moment(value)
	if !ok {
		return "–"
	}
	return weekdays[v.Language][at.Weekday()] + ", " + day(v.Language, value)
}

// Hour is the time of day of a moment, under the heading of its day.
func (v *view) Hour(value any) string {
	at, ok := moment(value)
	if !ok {
		return "–"
	}
	return at.Format("15:04")
}

// Now is this moment as an input of the browser takes it.
func (v *view) Now() string { return time.Now().In(baku).Format("2006-01-02T15:04") }

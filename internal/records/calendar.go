package records

import (
	"bytes"
	"encoding/binary"
	"time"
)

// PostgreSQL counts days and microseconds from the first day of 2000.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

func dayOf(raw []byte) time.Time {
	return time.Unix(epoch+86400*int64(int32(binary.BigEndian.Uint32(raw))), 0).UTC()
}

func momentOf(raw []byte) time.Time {
	micros := int64(binary.BigEndian.Uint64(raw))
	return time.Unix(epoch+micros/1_000_000, micros%1_000_000*1000).UTC()
}

func appendDate(out, raw []byte) []byte {
	if len(raw) != 4 {
		return append(out, null...)
	}
	year, month, day := dayOf(raw).Date()
	if !writable(year) {
		return append(out, null...)
	}
	return append(appendDay(append(out, '"'), year, month, day), '"')
}

// appendDateTime writes a moment as RFC 3339 has it, in UTC and to the microsecond, without zeros at its end.
func appendDateTime(out, raw []byte) []byte {
	if len(raw) != 8 {
		return append(out, null...)
	}
	t := momentOf(raw)
	year, month, day := t.Date()
	if !writable(year) {
		return append(out, null...)
	}
	hour, minute, second := t.Clock()
	out = appendDay(append(out, '"'), year, month, day)
	out = append(out, 'T', tens(hour), ones(hour), ':', tens(minute), ones(minute), ':', tens(second), ones(second))
	if micros := t.Nanosecond() / 1000; micros > 0 {
		out = append(out, '.', tens(micros/10000), ones(micros/10000), tens(micros/100), ones(micros/100), tens(micros), ones(micros))
		out = bytes.TrimRight(out, "0")
	}
	return append(out, 'Z', '"')
}

// writable are the years that ISO 8601 has four digits for. Before and after them, and for infinity, which no client could
// read as a time, a time is null.
func writable(year int) bool { return year >= 1 && year <= 9999 }

func appendDay(out []byte, year int, month time.Month, day int) []byte {
	m := int(month)
	return append(out, tens(year/100), ones(year/100), tens(year), ones(year), '-', tens(m), ones(m), '-', tens(day), ones(day))
}

func tens(n int) byte { return byte('0' + n/10%10) }
func ones(n int) byte { return byte('0' + n%10) }

package records

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// encoder appends a value to a JSON text, from PostgreSQL's binary form. A nil raw value is null, and so is what has not the
// form of its type.
type encoder func(out, raw []byte) []byte

// encoderOf returns the encoder of a value field by its GraphQL type; enums are texts.
func encoderOf(t *ast.Type) encoder {
	if t.Elem != nil {
		return appendTexts
	}
	switch t.Name() {
	case "ID":
		return appendUUID
	case "Int":
		return appendInt
	case "Boolean":
		return appendBool
	case "Date":
		return appendDate
	case "DateTime":
		return appendDateTime
	}
	return appendText
}

const null = "null"

func appendUUID(out, raw []byte) []byte {
	if len(raw) != 16 {
		return append(out, null...)
	}
	var text [36]byte
	hex.Encode(text[0:8], raw[0:4])
	hex.Encode(text[9:13], raw[4:6])
	hex.Encode(text[14:18], raw[6:8])
	hex.Encode(text[19:23], raw[8:10])
	hex.Encode(text[24:36], raw[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	out = append(out, '"')
	out = append(out, text[:]...)
	return append(out, '"')
}

func appendInt(out, raw []byte) []byte {
	switch len(raw) {
	case 4:
		return strconv.AppendInt(out, int64(int32(binary.BigEndian.Uint32(raw))), 10)
	case 8:
		return strconv.AppendInt(out, int64(binary.BigEndian.Uint64(raw)), 10)
	}
	return append(out, null...)
}

func appendBool(out, raw []byte) []byte {
	if len(raw) != 1 {
		return append(out, null...)
	}
	return strconv.AppendBool(out, raw[0] == 1)
}

// PostgreSQL counts days and microseconds from the first day of 2000.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func appendDate(out, raw []byte) []byte {
	if len(raw) != 4 {
		return append(out, null...)
	}
	return appendTime(out, dayOf(raw), time.DateOnly)
}

// appendTime writes the years that ISO 8601 has four digits for. Before and after them, and for infinity, which no
// client could read as a time, it is null.
func appendTime(out []byte, t time.Time, layout string) []byte {
	if t.Year() < 1 || t.Year() > 9999 {
		return append(out, null...)
	}
	out = append(out, '"')
	out = t.AppendFormat(out, layout)
	return append(out, '"')
}

func dayOf(raw []byte) time.Time {
	return epoch.AddDate(0, 0, int(int32(binary.BigEndian.Uint32(raw))))
}

func appendDateTime(out, raw []byte) []byte {
	if len(raw) != 8 {
		return append(out, null...)
	}
	return appendTime(out, momentOf(raw), time.RFC3339Nano)
}

func momentOf(raw []byte) time.Time {
	micros := int64(binary.BigEndian.Uint64(raw))
	return time.Unix(epoch.Unix()+micros/1_000_000, micros%1_000_000*1000).UTC()
}

func appendText(out, raw []byte) []byte {
	if raw == nil {
		return append(out, null...)
	}
	out = append(out, '"')
	start := 0
	for i, c := range raw {
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		out = append(out, raw[start:i]...)
		out = appendEscaped(out, c)
		start = i + 1
	}
	out = append(out, raw[start:]...)
	return append(out, '"')
}

func appendEscaped(out []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(out, '\\', c)
	case '\n':
		return append(out, '\\', 'n')
	case '\r':
		return append(out, '\\', 'r')
	case '\t':
		return append(out, '\\', 't')
	}
	const digits = "0123456789abcdef"
	return append(out, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
}

func appendTexts(out, raw []byte) []byte {
	if raw == nil {
		return append(out, null...)
	}
	start := len(out)
	out = append(out, '[')
	err := eachElement(raw, func(element []byte) error {
		out = appendText(comma(out, '['), element)
		return nil
	})
	if err != nil {
		return append(out[:start], null...)
	}
	return append(out, ']')
}

var errArray = errors.New("a nested list has not the form of an array of one dimension")

// eachElement walks the binary form of a one-dimensional array: dimensions, a flag, the element type, then the length and
// lower bound of each dimension, then the elements. An absent array has none.
func eachElement(raw []byte, visit func(element []byte) error) error {
	if raw == nil {
		return nil
	}
	if len(raw) == 12 && binary.BigEndian.Uint32(raw) == 0 {
		return nil // no dimension: an empty array
	}
	if len(raw) < 20 || binary.BigEndian.Uint32(raw) != 1 {
		return errArray
	}
	count, rest := binary.BigEndian.Uint32(raw[12:]), raw[20:]
	for range count {
		var element []byte
		var err error
		if element, rest, err = sized(rest); err != nil {
			return err
		}
		if err := visit(element); err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		return errArray
	}
	return nil
}

// splitRecord takes the binary form of a row apart, into the given slice.
func splitRecord(raw []byte, into [][]byte) error {
	if len(raw) < 4 || int(binary.BigEndian.Uint32(raw)) != len(into) {
		return fmt.Errorf("a nested row has not the %d columns that were asked for", len(into))
	}
	rest := raw[4:]
	for i := range into {
		if len(rest) < 4 {
			return fmt.Errorf("a nested row ends early")
		}
		var err error
		if into[i], rest, err = sized(rest[4:]); err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		return fmt.Errorf("a nested row has more than the columns that were asked for")
	}
	return nil
}

// sized reads a value that stands behind its length; the length -1 is null.
func sized(raw []byte) (value, rest []byte, err error) {
	if len(raw) < 4 {
		return nil, nil, fmt.Errorf("a nested value ends early")
	}
	n := int(int32(binary.BigEndian.Uint32(raw)))
	if n < 0 {
		return nil, raw[4:], nil
	}
	if len(raw) < 4+n {
		return nil, nil, fmt.Errorf("a nested value ends early")
	}
	return raw[4 : 4+n], raw[4+n:], nil
}

package records

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

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

func appendText(out, raw []byte) []byte {
	if raw == nil {
		return append(out, null...)
	}
	out = append(out, '"')
	for {
		n := plainPrefix(raw)
		out = append(out, raw[:n]...)
		if n == len(raw) {
			return append(out, '"')
		}
		out = appendEscaped(out, raw[n])
		raw = raw[n+1:]
	}
}

// plainPrefix is how many bytes at the beginning of a text stand for themselves in JSON; it looks at eight at once.
func plainPrefix(raw []byte) int {
	n := 0
	for len(raw)-n >= 8 && allPlain(binary.LittleEndian.Uint64(raw[n:])) {
		n += 8
	}
	for n < len(raw) && raw[n] >= ' ' && raw[n] != '"' && raw[n] != '\\' {
		n++
	}
	return n
}

// allPlain tells that none of eight bytes is a control sign, a quotation mark or a backslash. Subtracting borrows from the
// high bit of a byte that is smaller.
func allPlain(eight uint64) bool {
	const each, high = 0x0101010101010101, 0x8080808080808080
	quote, backslash := eight^each*'"', eight^each*'\\'
	return ((eight-each*' ')&^eight|(quote-each)&^quote|(backslash-each)&^backslash)&high == 0
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

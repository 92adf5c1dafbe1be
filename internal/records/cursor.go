package records

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/daead/subtle"

	"korpu/internal/fault"
)

// CursorKeySize is the length of the key that cursors are encrypted with, in bytes.
const CursorKeySize = subtle.AESSIVKeySize

// cursors encrypts the place of a record in a list (RFC 5297, AES-SIV). The same place gives the same cursor, so that
// answers can be compared; a cursor is bound to profile, person and question, and holds columns that the caller always sees.
type cursors struct{ cipher *subtle.AESSIV }

func newCursors(key []byte) (*cursors, error) {
	cipher, err := subtle.NewAESSIV(key)
	if err != nil {
		return nil, fmt.Errorf("make the cursor cipher: %w", err)
	}
	return &cursors{cipher: cipher}, nil
}

// letters write a cursor in one way only, so that no other text passes for it.
var letters = base64.RawURLEncoding.Strict()

// seal appends the cursor of a record as a JSON text.
func (c *cursors) seal(out []byte, binding string, id, order []byte) ([]byte, error) {
	plain := append(append(make([]byte, 0, len(id)+len(order)), id...), order...)
	sealed, err := c.cipher.EncryptDeterministically(plain, []byte(binding))
	if err != nil {
		return nil, fmt.Errorf("encrypt a cursor: %w", err)
	}
	out = append(out, '"')
	out = letters.AppendEncode(out, sealed)
	return append(out, '"'), nil
}

// open returns the id and the raw order value inside a cursor.
func (c *cursors) open(cursor, binding string) (id uuid.UUID, order []byte, err error) {
	refused := fault.New(fault.Invalid, "after must be a cursor that this question gave to the same person, role and purpose")
	sealed, err := letters.DecodeString(cursor)
	if err != nil || letters.EncodedLen(len(sealed)) != len(cursor) { // line breaks would be passed over
		return id, nil, refused
	}
	plain, err := c.cipher.DecryptDeterministically(sealed, []byte(binding))
	if err != nil || len(plain) < len(id) {
		return id, nil, refused
	}
	copy(id[:], plain)
	return id, plain[len(id):], nil
}

// decoded turns the raw value inside a cursor into a parameter of its type.
func decoded(typeName string, raw []byte) any {
	switch typeName {
	case "Date":
		return dayOf(raw)
	case "DateTime":
		return momentOf(raw)
	case "Int":
		return int32(binary.BigEndian.Uint32(raw))
	}
	return string(raw)
}

package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Key is the keyset of one agency: values are sealed with its newest key, and opened with whichever sealed them.
type Key struct {
	handle *keyset.Handle
	cipher tink.AEAD
	marks  [][]byte // what values begin with, one for each key
	newest []byte   // the mark of the newest
}

func newKey(handle *keyset.Handle) (*Key, error) {
	cipher, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("use the keys of an agency: %w", err)
	}
	info := handle.KeysetInfo()
	return &Key{handle: handle, cipher: cipher, marks: marksOf(info), newest: markOf(info.GetPrimaryKeyId())}, nil
}

// markOf is what values begin with that a key has sealed: tink's output prefix.
func markOf(id uint32) []byte { return binary.BigEndian.AppendUint32([]byte{1}, id) }

func marksOf(info *tinkpb.KeysetInfo) (marks [][]byte) {
	for _, key := range info.GetKeyInfo() {
		marks = append(marks, markOf(key.GetKeyId()))
	}
	return marks
}

// isWrappedIn tells, without unwrapping, whether these keys are inside: what is wrapped bears their numbers.
func (k *Key) isWrappedIn(text []byte) bool {
	encrypted, err := keyset.NewBinaryReader(bytes.NewReader(text)).ReadEncrypted()
	if err != nil {
		return false
	}
	info := encrypted.GetKeysetInfo()
	return bytes.Equal(markOf(info.GetPrimaryKeyId()), k.newest) && slices.EqualFunc(marksOf(info), k.marks, bytes.Equal)
}

// Seal encrypts a value for one place: the table and column, written table.column, and the row's id. It opens nowhere else.
func (k *Key) Seal(column string, row uuid.UUID, text []byte) ([]byte, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("a value to be encrypted is no text in UTF-8")
	}
	sealed, err := k.cipher.Encrypt(text, place(column, row))
	if err != nil {
		return nil, fmt.Errorf("encrypt a value: %w", err)
	}
	return sealed, nil
}

// Open decrypts the value of a place.
func (k *Key) Open(column string, row uuid.UUID, sealed []byte) ([]byte, error) {
	text, err := k.cipher.Decrypt(sealed, place(column, row))
	if err != nil {
		return nil, &UnreadableError{Column: column}
	}
	return text, nil
}

func place(column string, row uuid.UUID) []byte {
	return append(append(make([]byte, 0, len(column)+17), column+"\x00"...), row[:]...)
}

// has tells whether some key of the agency is the one that a value was sealed with.
func (k *Key) has(sealed []byte) bool {
	for _, mark := range k.marks {
		if bytes.HasPrefix(sealed, mark) {
			return true
		}
	}
	return false
}

// withoutOlder removes every key but the newest.
func (k *Key) withoutOlder(keys *keyset.Manager) error {
	for _, mark := range k.marks {
		if bytes.Equal(mark, k.newest) {
			continue
		}
		if err := keys.Delete(binary.BigEndian.Uint32(mark[1:])); err != nil {
			return fmt.Errorf("remove a key: %w", err)
		}
	}
	return nil
}

// UnreadableError is a value that does not open: it was changed, moved from another place, or its key is gone.
type UnreadableError struct{ Column string }

func (e *UnreadableError) Error() string {
	return "a value of " + e.Column + " does not open in its place"
}

package vault

import (
	"bytes"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// KEK is the key-encryption key: the keys of agencies stand in the database wrapped in it, and it stands elsewhere.
type KEK struct{ cipher tink.AEAD }

// NewKEK takes a cipher as the key-encryption key; OpenKEK finds one by its address.
func NewKEK(cipher tink.AEAD) *KEK { return &KEK{cipher: cipher} }

// New makes the first key of an agency, and wraps it.
func (k *KEK) New(agency uuid.UUID) (key *Key, wrapped []byte, err error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	if key, err = newKey(handle); err != nil {
		return nil, nil, err
	}
	wrapped, err = k.wrap(agency, handle)
	return key, wrapped, err
}

// Unwrap opens the keys of an agency as they stand in the database.
func (k *KEK) Unwrap(agency uuid.UUID, wrapped []byte) (*Key, error) {
	handle, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(wrapped)), k.cipher, owner(agency))
	if err != nil {
		return nil, fmt.Errorf("the keys of agency %s do not open: name the key that they were wrapped in (KORPU_KEY_URI): %w", agency, err)
	}
	return newKey(handle)
}

func (k *KEK) wrap(agency uuid.UUID, handle *keyset.Handle) ([]byte, error) {
	var out bytes.Buffer
	if err := handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&out), k.cipher, owner(agency)); err != nil {
		return nil, fmt.Errorf("wrap the keys of an agency: %w", err)
	}
	return out.Bytes(), nil
}

// owner binds wrapped keys to their agency, so that one agency's cannot be put in another's place.
func owner(agency uuid.UUID) []byte { return place("data_key.keyset", agency) }

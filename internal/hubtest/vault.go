package hubtest

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"

	"korpu/internal/vault"
)

// Keys is the key-encryption key of every test's database. It guards synthetic data only.
var Keys = sync.OnceValue(func() *vault.KEK {
	cipher, err := subtle.NewAESGCM(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		panic(err) // the key has the right length
	}
	return vault.NewKEK(cipher)
})

// KeyOf is the key of an agency in a test's database, made where it has none: for values that a superuser reads, or writes past
// the hub.
func KeyOf(t testing.TB, conn *pgx.Conn, agency uuid.UUID) *vault.Key {
	t.Helper()
	var wrapped []byte
	err := conn.QueryRow(t.Context(), "select keyset from korpu.data_key where agency_id = $1", agency).Scan(&wrapped)
	if errors.Is(err, pgx.ErrNoRows) {
		if _, wrapped, err = Keys().New(agency); err == nil {
			_, err = conn.Exec(t.Context(), "insert into korpu.data_key (agency_id, keyset) values ($1, $2)", agency, wrapped)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	key, err := Keys().Unwrap(agency, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

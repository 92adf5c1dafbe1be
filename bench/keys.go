package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"

	"korpu/internal/vault"
)

// keys is the key-encryption key of every database of the benchmark; it guards synthetic data only.
func keys() *vault.KEK {
	cipher, err := subtle.NewAESGCM(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		panic(err) // the key has the right length
	}
	return vault.NewKEK(cipher)
}

// ring is the keys of all agencies, unwrapped once.
type ring map[uuid.UUID]*vault.Key

// readRing takes the keys from the database, for a contestant that decrypts notes itself.
func readRing(ctx context.Context, pool *pgxpool.Pool) (ring, error) {
	rows, err := pool.Query(ctx, "select agency_id, keyset from korpu.data_key")
	if err != nil {
		return nil, fmt.Errorf("read the keys: %w", err)
	}
	all := ring{}
	var agency uuid.UUID
	var wrapped []byte
	_, err = pgx.ForEachRow(rows, []any{&agency, &wrapped}, func() (err error) {
		all[agency], err = keys().Unwrap(agency, wrapped)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the keys: %w", err)
	}
	return all, nil
}

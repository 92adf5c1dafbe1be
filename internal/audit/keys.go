package audit

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"sync"
)

// KeySize is the length of the audit's secret, in bytes.
const KeySize = 32

// Keys hide in the audit what it must be able to recognise: the bytes of an answer, the address of a caller without a token.
// They stand outside the database, so that who reads it cannot try out what an answer was.
type Keys struct {
	ID      string // tells which secret a chain was written under, and nothing of it
	digests sync.Pool
	sources sync.Pool
}

// NewKeys derives the keys from the secret, which every instance of the hub shares.
func NewKeys(secret []byte) (*Keys, error) {
	if len(secret) != KeySize {
		return nil, fmt.Errorf("the audit's secret has %d bytes instead of %d", len(secret), KeySize)
	}
	id, err := hkdf.Expand(sha256.New, secret, "korpu audit id", 4)
	if err != nil {
		return nil, fmt.Errorf("derive the audit's keys: %w", err)
	}
	k := &Keys{ID: hex.EncodeToString(id)}
	for purpose, pool := range map[string]*sync.Pool{"korpu audit digest": &k.digests, "korpu audit source": &k.sources} {
		key, err := hkdf.Expand(sha256.New, secret, purpose, sha256.Size)
		if err != nil {
			return nil, fmt.Errorf("derive the audit's keys: %w", err)
		}
		pool.New = func() any { return hmac.New(sha256.New, key) }
	}
	return k, nil
}

// Digest recognises the bytes of an answer.
func (k *Keys) Digest(answer []byte) []byte { return sum(&k.digests, answer) }

// Source recognises an address from which requests came.
func (k *Keys) Source(address string) string {
	return hex.EncodeToString(sum(&k.sources, []byte(address))[:8])
}

func sum(pool *sync.Pool, text []byte) []byte {
	h := pool.Get().(hash.Hash)
	defer pool.Put(h)
	h.Reset()
	h.Write(text)
	return h.Sum(nil)
}

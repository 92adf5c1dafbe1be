package issuer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-jose/go-jose/v4"
)

const keyFile = "dev-issuer-key.pem"

// private and public are the two faces of the signing key that the library asks for.
type private struct {
	id  string
	key *ecdsa.PrivateKey
}

type public struct{ private }

func (p private) ID() string                                  { return p.id }
func (p private) Key() any                                    { return p.key }
func (p private) SignatureAlgorithm() jose.SignatureAlgorithm { return Algorithm }

func (p public) Key() any                           { return &p.key.PublicKey }
func (p public) Use() string                        { return "sig" }
func (p public) Algorithm() jose.SignatureAlgorithm { return Algorithm }

// signingKey reads the key of dir or makes one there, so that tokens stay valid when the demo restarts and the command line
// can sign for the demo that runs.
func signingKey(dir string) (private, error) {
	if dir == "" {
		return newKey()
	}
	path := filepath.Join(dir, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return createKey(path)
	}
	if err != nil {
		return private{}, fmt.Errorf("read the development issuer's key: %w", err)
	}
	return parseKey(text)
}

func newKey() (private, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return private{}, fmt.Errorf("make the development issuer's key: %w", err)
	}
	return withID(key)
}

func createKey(path string) (private, error) {
	made, err := newKey()
	if err != nil {
		return private{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(made.key)
	if err != nil {
		return private{}, fmt.Errorf("write the development issuer's key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return private{}, fmt.Errorf("write the development issuer's key: %w", err)
	}
	err = errors.Join(pem.Encode(file, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), file.Close())
	if err != nil {
		return private{}, fmt.Errorf("write the development issuer's key: %w", err)
	}
	return made, nil
}

func parseKey(text []byte) (private, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return private{}, fmt.Errorf("the development issuer's key is no PEM file; remove %s to make a new one", keyFile)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return private{}, fmt.Errorf("read the development issuer's key; remove %s to make a new one: %w", keyFile, err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return private{}, fmt.Errorf("the development issuer's key is of another kind; remove %s to make a new one", keyFile)
	}
	return withID(key)
}

// withID names a key by its own hash, so that the same key has the same name in every process.
func withID(key *ecdsa.PrivateKey) (private, error) {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return private{}, fmt.Errorf("name the development issuer's key: %w", err)
	}
	sum := sha256.Sum256(der)
	return private{id: hex.EncodeToString(sum[:8]), key: key}, nil
}

package demo

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"korpu/internal/vault"
)

// state is what other commands need to know of a demo.
type state struct {
	URL string `json:"url"`
}

func statePath(dir string) string { return filepath.Join(dir, "demo.json") }

func remember(dir string, s state) error {
	text, err := json.Marshal(s)
	if err == nil {
		err = os.WriteFile(statePath(dir), text, 0o644)
	}
	if err != nil {
		return fmt.Errorf("remember the demo's address: %w", err)
	}
	return nil
}

func recall(dir string) (state, error) {
	var s state
	text, err := os.ReadFile(statePath(dir))
	if err != nil {
		return s, fmt.Errorf("no demo has run in %s; start korpu demo, or name its folder with --dir: %w", dir, err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("read the demo's address: %w", err)
	}
	return s, nil
}

func keyPath(dir string) string { return filepath.Join(dir, "key.json") }

// loadKEK returns the key that the agencies' keys are wrapped in, made at the first start.
func loadKEK(dir string) (*vault.KEK, error) {
	err := vault.CreateKeyFile(keyPath(dir))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	uri, err := KeyURI(dir)
	if err != nil {
		return nil, err
	}
	return vault.OpenKEK(uri)
}

// KeyURI is the address of the key that the agencies' keys of the demo in the folder are wrapped in.
func KeyURI(dir string) (string, error) {
	path, err := filepath.Abs(keyPath(dir))
	if err != nil {
		return "", fmt.Errorf("find the demo's key: %w", err)
	}
	return vault.FileURI(path), nil
}

// AnchorKey is what the demo in the folder signs the anchors of its audit with.
func AnchorKey(dir string) ([]byte, error) {
	if _, err := recall(dir); err != nil {
		return nil, err
	}
	return loadKey(dir, "anchor", ed25519.SeedSize)
}

// loadKey returns a key of the demo by its name, the same in every run.
func loadKey(dir, name string, size int) ([]byte, error) {
	path := filepath.Join(dir, name+".key")
	key, err := os.ReadFile(path)
	if err == nil && len(key) == size {
		return key, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the %s key: %w", name, err)
	}
	key = make([]byte, size)
	rand.Read(key)
	if err := os.WriteFile(path, key, 0o600); err != nil {
		return nil, fmt.Errorf("keep the %s key: %w", name, err)
	}
	return key, nil
}

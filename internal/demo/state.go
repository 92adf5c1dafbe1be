package demo

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"korpu/internal/records"
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

// loadKeys returns the key that cursors are encrypted with; cursors of an earlier run stay good.
func loadKeys(dir string) ([]byte, error) {
	path := filepath.Join(dir, "cursor.key")
	key, err := os.ReadFile(path)
	if err == nil && len(key) == records.CursorKeySize {
		return key, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the cursor key: %w", err)
	}
	key = make([]byte, records.CursorKeySize)
	rand.Read(key)
	if err := os.WriteFile(path, key, 0o600); err != nil {
		return nil, fmt.Errorf("keep the cursor key: %w", err)
	}
	return key, nil
}

package pgserver

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// home is where one server lives: a folder with its cluster, locks and log, and a socket elsewhere, whose path must be short.
type home struct {
	folder  string
	account account
}

func openHome(dir string) (home, error) {
	if dir == "" {
		return home{}, errors.New("a private PostgreSQL needs a folder")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return home{}, fmt.Errorf("resolve the folder of PostgreSQL: %w", err)
	}
	a, err := serverAccount()
	if err != nil {
		return home{}, err
	}
	if a.reaches(dir) {
		return home{folder: dir, account: a}, nil
	}
	// The usual case: root in a checkout below /root, which the server's user may not enter.
	return home{folder: "/var/tmp/korpu-" + digest(dir), account: a}, nil
}

// make takes the folder, which nobody else may have prepared for us, and lets the server's user pass through it.
func (h home) make() error {
	if err := os.MkdirAll(h.folder, 0o755); err != nil {
		return fmt.Errorf("make the folder of PostgreSQL: %w", err)
	}
	info, err := os.Lstat(h.folder)
	if err != nil {
		return fmt.Errorf("look at the folder of PostgreSQL: %w", err)
	}
	if !info.IsDir() || !ownedBy(info, os.Geteuid()) {
		return fmt.Errorf("%s belongs to another user: remove it, or choose another folder", h.folder)
	}
	if err := os.Chmod(h.folder, 0o755); err != nil {
		return fmt.Errorf("open the folder of PostgreSQL to its user: %w", err)
	}
	return nil
}

func (h home) data() string        { return filepath.Join(h.folder, "data") }
func (h home) log() string         { return filepath.Join(h.folder, "log") }
func (h home) starterLock() string { return filepath.Join(h.folder, "starter.lock") }
func (h home) serverLock() string  { return filepath.Join(h.folder, "server.lock") }
func (h home) socket() string      { return "/tmp/korpu-" + digest(h.folder) }

func (h home) dsn(database string) string {
	query := url.Values{"host": {h.socket()}, "port": {port}, "sslmode": {"disable"}}
	address := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database, RawQuery: query.Encode()}
	return address.String()
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

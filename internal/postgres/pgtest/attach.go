package pgtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"korpu/internal/postgres/filelock"
	"korpu/internal/postgres/pgserver"
)

var errNoPostgreSQL = errors.New("these tests need PostgreSQL")

// membership is this process's share of the lock that tells the keeper that the server is in use.
var membership *os.File //nolint:unused // keeps the file open, and so the lock held, until the process ends

// attach makes this process a user of the shared server, which it has started when it is the first, and returns the
// server's folder.
var attach = sync.OnceValues(func() (string, error) {
	dir := folder()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the folder of the tests' PostgreSQL: %w", err)
	}
	starting, err := filelock.Wait(filepath.Join(dir, "starting.lock"))
	if err != nil {
		return "", err
	}
	defer starting.Close()
	if membership, err = filelock.Share(usersLock(dir)); err != nil {
		return "", err
	}
	if conn, err := connect(context.Background(), dir); err == nil {
		return dir, conn.Close(context.Background())
	}
	return dir, startKeeper(dir)
})

// folder is one for each user, choice of PostgreSQL, and checkout: roles belong to the whole server, and another state of
// the code may make others.
func folder() string {
	chosen := sha256.Sum256([]byte(os.Getenv("KORPU_PG_BIN") + "\x00" + checkout()))
	return filepath.Join(os.TempDir(), fmt.Sprintf("korpu-pgtest-%d-%x", os.Geteuid(), chosen[:4]))
}

// checkout is the folder above the package under test that holds the module.
func checkout() string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

func usersLock(dir string) string { return filepath.Join(dir, "users.lock") }

// startKeeper runs this test binary once more, as the keeper, and waits until the server answers.
func startKeeper(dir string) error {
	if _, err := pgserver.Find(context.Background()); err != nil {
		return fmt.Errorf("%w: %w", errNoPostgreSQL, err)
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the test's own program: %w", err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), keeperEnv+"="+dir)
	cmd.Dir = "/" // it outlives the folder of the test
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("listen to the keeper of PostgreSQL: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the keeper of PostgreSQL: %w", err)
	}
	said, err := io.ReadAll(out)
	if err != nil {
		return fmt.Errorf("listen to the keeper of PostgreSQL: %w", err)
	}
	if strings.TrimSpace(string(said)) != readyWord {
		return fmt.Errorf("start the tests' PostgreSQL: %s %w", said, cmd.Wait())
	}
	return cmd.Process.Release()
}

package pgserver

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// starterEnv makes this test binary a program that starts a server and waits to be killed.
const starterEnv = "KORPU_TEST_STARTER_DIR"

// shared is a folder whose cluster the tests use one after the other that neither mind a used one nor spoil it, since
// making one is what takes time.
var shared string

func TestMain(m *testing.M) {
	if dir := os.Getenv(starterEnv); dir != "" {
		startAndWait(dir)
	}
	os.Exit(withShared(m))
}

func startAndWait(dir string) {
	if _, err := Start(context.Background(), Options{Dir: dir}); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	select {}
}

func withShared(m *testing.M) int {
	parent, err := os.MkdirTemp("", "pgserver")
	if err == nil {
		err = os.Chmod(parent, 0o755)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(parent)
	shared = filepath.Join(parent, "shared")
	return m.Run()
}

// folder is a new one that the server's user can reach, which what root's tests get is not.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func startServer(t *testing.T, dir string) *Server {
	t.Helper()
	return start(t, Options{Dir: dir})
}

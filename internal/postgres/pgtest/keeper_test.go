package pgtest_test

import (
	"bufio"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"korpu/internal/postgres/pgtest"
)

// childEnv makes the next test, run in a process of its own, use a database until it is killed.
const childEnv = "KORPU_TEST_CHILD"

func TestUseADatabaseUntilKilled(t *testing.T) {
	if os.Getenv(childEnv) == "" {
		t.Skip("runs as a child of the tests below")
	}
	fmt.Println(socket(t, pgtest.New(t, "empty", pgtest.Empty)))
	select {}
}

func TestTestProcessesShareAServerThatEndsWithTheLastOfThem(t *testing.T) {
	temp := t.TempDir()
	must(t, os.Chmod(filepath.Dir(temp), 0o755)) // the server's user has to reach it
	first, firstSocket := child(t, temp)
	second, secondSocket := child(t, temp)
	if firstSocket != secondSocket {
		t.Errorf("the sockets are %s and %s", firstSocket, secondSocket)
	}
	kill(t, first)
	if _, err := os.Stat(secondSocket); err != nil {
		t.Errorf("the server left its second user: %v", err)
	}
	kill(t, second)
	waitUntilGone(t, filepath.Join(temp, "korpu-pgtest-*", "data"))
}

func child(t *testing.T, temp string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestUseADatabaseUntilKilled$")
	cmd.Env = append(os.Environ(), childEnv+"=1", "TMPDIR="+temp)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // when the test fails early
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	return cmd, line[:len(line)-1]
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	must(t, cmd.Process.Kill())
	_ = cmd.Wait() // it was killed
}

func waitUntilGone(t *testing.T, pattern string) {
	t.Helper()
	for {
		matches, err := filepath.Glob(pattern)
		must(t, err)
		if len(matches) == 0 {
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("%v is still there", matches)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func socket(t *testing.T, dsn string) string {
	t.Helper()
	address, err := url.Parse(dsn)
	must(t, err)
	return address.Query().Get("host")
}

package pgserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"korpu/internal/postgres/filelock"
)

func TestAKilledStarterLeavesNoServer(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells a child that its parent has died")
	}
	starter, h := startElsewhere(t)
	kill(t, starter)
	lock, err := filelock.Wait(h.serverLock()) // until the last process of the server has ended
	if err != nil {
		t.Fatal(err)
	}
	lock.Close()
}

func TestAStartAfterAKillWaitsForTheOldServerAndFindsItsData(t *testing.T) {
	starter, h := startElsewhere(t)
	run(t, h.dsn("postgres"), "create table survives_kill (n int)")
	busy := connect(t, h.dsn("postgres"))
	defer busy.Close(t.Context())
	cut := make(chan error)
	go func() {
		_, err := busy.Exec(t.Context(), "select pg_sleep(600)")
		cut <- err
	}()
	kill(t, starter)
	startServer(t, shared)
	if err := <-cut; err == nil {
		t.Error("a statement outlived its server")
	}
	run(t, h.dsn("postgres"), "insert into survives_kill values (1)")
}

// startElsewhere starts the shared folder's server from a process of its own.
func startElsewhere(t *testing.T) (*exec.Cmd, home) {
	t.Helper()
	starter := exec.Command(os.Args[0])
	starter.Env = append(os.Environ(), starterEnv+"="+shared)
	out, err := starter.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := starter.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("the starter says %q, %v", line, err)
	}
	h, err := openHome(shared)
	if err != nil {
		t.Fatal(err)
	}
	return starter, h
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
}

func TestAProcessNumberThatWasReusedDoesNotLookLikeARunningServer(t *testing.T) {
	dir := shared
	s := startServer(t, dir)
	stop(t, s)
	innocent := spawnQuiet(t, s.home.account, "/bin/sleep", "600")
	defer innocent.process.Kill()
	overwrite(t, filepath.Join(s.home.data(), "postmaster.pid"),
		fmt.Sprintf("%d\n%s\n1\n%s\n%s\n", innocent.process.Pid, s.home.data(), port, s.home.socket()))
	startServer(t, dir)
	select {
	case <-innocent.ended:
		t.Error("the start ended a process that is no server")
	default:
	}
}

func TestAServerStartedByHandIsLeftAlone(t *testing.T) {
	dir := shared
	s := startServer(t, dir)
	stop(t, s)
	startByHand(t, s.home)
	if _, err := Start(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrInUse) {
		t.Errorf("the start says %v", err)
	}
	run(t, s.DSN("postgres"), "select 1")
}

func startByHand(t *testing.T, h home) {
	t.Helper()
	b, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.account.makeFolder(h.socket()); err != nil {
		t.Fatal(err)
	}
	c := spawnQuiet(t, h.account, b.program("postgres"), h.arguments(Options{})...)
	starter, err := filelock.Try(filepath.Join(t.TempDir(), "starter.lock"))
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{home: h, postgres: c, starter: starter}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	if err := s.waitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func spawnQuiet(t *testing.T, a account, program string, args ...string) *child {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	c, err := spawn(a, program, args, null, null)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDataOfAVersionThatIsNotInstalledAreRefused(t *testing.T) {
	dir := shared
	s := startServer(t, dir)
	stop(t, s)
	path := filepath.Join(s.home.data(), "PG_VERSION")
	version, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	overwrite(t, path, "12\n")
	defer overwrite(t, path, string(version))
	_, err = Start(t.Context(), Options{Dir: dir})
	if err == nil || !contains(err, "PostgreSQL 12") {
		t.Errorf("the start says %v", err)
	}
}

func overwrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

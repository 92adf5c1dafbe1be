package pgserver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"korpu/internal/postgres/filelock"
)

// lockServer takes the lock that every process of a server inherits, and so waits until the last process of a previous
// server has ended. Its starter is gone, or we would not hold the starter's lock.
func (h home) lockServer(ctx context.Context) (*os.File, error) {
	for interrupted := false; ; interrupted = true {
		lock, err := filelock.Try(h.serverLock())
		if !errors.Is(err, filelock.ErrHeld) {
			return lock, err
		}
		if !interrupted {
			h.interruptPrevious()
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the previous server in %s to end: %w", h.folder, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// interruptPrevious asks a server whose starter was killed to shut down; on Linux the kernel has done so already.
func (h home) interruptPrevious() {
	lines, err := h.postmasterFile()
	if err != nil || len(lines) == 0 {
		return // it is ending and has removed its file
	}
	if pid, err := strconv.Atoi(lines[0]); err == nil && pid > 1 {
		if process, err := os.FindProcess(pid); err == nil {
			_ = process.Signal(syscall.SIGINT) // it may have ended meanwhile
		}
	}
}

// removeStale removes the postmaster.pid of a killed server, whose number may by now belong to another process, which
// PostgreSQL would take for a running server. A server that answers was started by hand, and is left alone.
func (h home) removeStale() error {
	lines, err := h.postmasterFile()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read postmaster.pid: %w", err)
	}
	if len(lines) < 5 || lines[4] == "" {
		return nil // it names no socket to try, so PostgreSQL judges
	}
	if conn, err := net.Dial("unix", filepath.Join(lines[4], ".s.PGSQL."+lines[3])); err == nil {
		_ = conn.Close() // only whether it answers matters
		return fmt.Errorf("%w: %s is served by a PostgreSQL that was started by hand", ErrInUse, h.folder)
	}
	if err := os.Remove(filepath.Join(h.data(), "postmaster.pid")); err != nil {
		return fmt.Errorf("remove a stale postmaster.pid: %w", err)
	}
	return nil
}

// postmasterFile holds the process id, data folder, start time, port and socket folder of a server, one a line.
func (h home) postmasterFile() ([]string, error) {
	text, err := os.ReadFile(filepath.Join(h.data(), "postmaster.pid"))
	if err != nil {
		return nil, err
	}
	return strings.Split(string(text), "\n"), nil
}

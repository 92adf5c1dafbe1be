//go:build unix

package filelock

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Try takes the lock alone, or returns ErrHeld at once. Closing the file frees the lock, unless a child inherited it.
func Try(path string) (*os.File, error) { return lock(path, syscall.LOCK_EX|syscall.LOCK_NB) }

// Wait takes the lock alone and waits until it can.
func Wait(path string) (*os.File, error) { return lock(path, syscall.LOCK_EX) }

// Share takes the lock together with other sharers and waits until it can.
func Share(path string) (*os.File, error) { return lock(path, syscall.LOCK_SH) }

func lock(path string, how int) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	for {
		err = syscall.Flock(int(file.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err == nil {
		return file, nil
	}
	_ = file.Close() // nothing was written, and the failed lock is the error that counts
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrHeld
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

// Package filelock locks files between processes; the kernel frees a lock when its last holder ends, however it ends.
package filelock

import "errors"

// ErrHeld says that another process holds the lock.
var ErrHeld = errors.New("the lock is held by another process")

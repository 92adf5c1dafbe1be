//go:build unix && !linux

package pgserver

import "syscall"

// endWithParent can ask for nothing here: a server that outlives kill -9 is ended by the next start on its folder.
func endWithParent(*syscall.SysProcAttr) {}

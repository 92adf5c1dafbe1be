//go:build unix

package vault

import (
	"io/fs"
	"syscall"
)

// openToOthers are the permissions that nobody but a key file's owner may have. The group of a file of root's may read it, as
// systemd hands over credentials.
func openToOthers(info fs.FileInfo) fs.FileMode {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid == 0 {
		return 0o037
	}
	return 0o077
}

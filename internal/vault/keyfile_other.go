//go:build !unix

package vault

import "io/fs"

// openToOthers is nothing where a file's mode does not tell who may read it.
func openToOthers(fs.FileInfo) fs.FileMode { return 0 }

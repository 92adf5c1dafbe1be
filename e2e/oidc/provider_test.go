// Package oidc_test proves that the hub takes the tokens of an issuer that nobody here wrote: npm's oidc-provider.
package oidc_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// startProvider runs the issuer until the test ends and returns its address.
func startProvider(t *testing.T) string {
	t.Helper()
	folder := installed(t)
	cmd := exec.CommandContext(t.Context(), "node", "provider.mjs")
	cmd.Dir, cmd.Stderr = folder, &strings.Builder{}
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the issuer did not start: %v\n%s", err, cmd.Stderr)
	}
	return strings.TrimSpace(address)
}

// installed returns the folder with the issuer's packages, which npm fetches once for each content of this folder.
func installed(t *testing.T) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("SKIPPED, nothing was tested: this test needs node and npm: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(cache, "korpu", "oidc-provider-"+contents(t))
	if _, err := os.Stat(target); err == nil {
		return target
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		t.Fatal(err)
	}
	install(t, npm, target)
	return target
}

var files = []string{"package.json", "package-lock.json", "provider.mjs"}

func contents(t *testing.T) string {
	t.Helper()
	hash := sha256.New()
	for _, name := range files {
		hash.Write(read(t, name))
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

// install makes the folder beside its place and moves it there whole, so that another process never sees half of it.
func install(t *testing.T, npm, target string) {
	t.Helper()
	stage, err := os.MkdirTemp(filepath.Dir(target), "stage-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(stage)
	for _, name := range files {
		if err := os.WriteFile(filepath.Join(stage, name), read(t, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	cmd.Dir = stage
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	if err := os.Rename(stage, target); err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

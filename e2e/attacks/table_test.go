package attacks

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	row      = regexp.MustCompile(`(?m)^\| (\d+) \| ([^|]+) \| ([^|]+) \|$`)
	testName = regexp.MustCompile("`((?:Test|Benchmark)\\w+)`")
	declared = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark)\w+)\(`)
)

// written lists the tests of the whole repository.
func written(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"): // in a worktree .git is a file
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, name := range declared.FindAllStringSubmatch(string(text), -1) {
			names = append(names, name[1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestEveryAttackHasATestThatExistsOrAReasonWhyItCannotApply(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/attacks.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, told := written(t), map[int]bool{}
	for _, cells := range row.FindAllStringSubmatch(string(text), -1) {
		number, err := strconv.Atoi(cells[1])
		if err != nil || told[number] {
			t.Errorf("attack %s stands twice", cells[1])
		}
		told[number] = true
		if !testName.MatchString(cells[3]) && !strings.HasPrefix(cells[3], "Cannot apply: ") {
			t.Errorf("attack %d has neither a test nor a reason", number)
		}
	}
	for _, name := range testName.FindAllStringSubmatch(string(text), -1) {
		if !slices.Contains(tests, name[1]) {
			t.Errorf("%s does not exist", name[1])
		}
	}
	for n := 1; n <= 83; n++ {
		if !told[n] {
			t.Errorf("attack %d is not in the table", n)
		}
	}
	for _, name := range ownTests(t) {
		if !strings.Contains(string(text), "`"+name+"`") && name != t.Name() && name != "TestMain" {
			t.Errorf("%s is not in the table", name)
		}
	}
}

// ownTests lists the tests of this package.
func ownTests(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range declared.FindAllStringSubmatch(string(text), -1) {
			names = append(names, name[1])
		}
	}
	return names
}

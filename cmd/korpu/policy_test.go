package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"korpu/internal/hubtest"
	"korpu/policy"
)

// run runs the command line and returns what it prints.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer func(stdout *os.File) { os.Stdout = stdout }(os.Stdout)
	os.Stdout = out
	parser, err := kong.New(&cli{}, kong.BindTo(t.Context(), (*context.Context)(nil)))
	if err != nil {
		t.Fatal(err)
	}
	command, err := parser.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	ran := command.Run()
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), ran
}

func expect(t *testing.T, wanted string, args ...string) {
	t.Helper()
	if text, err := run(t, args...); err != nil || !strings.Contains(text, wanted) {
		t.Errorf("korpu %s: error %v, and %q is missing from\n%s", strings.Join(args, " "), err, wanted, text)
	}
}

// rulesWith are our rules with one text replaced, in a folder.
func rulesWith(t *testing.T, before, after string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "rules"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range policy.Embedded() {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(text, before, after)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAChangedPolicyIsCheckedComparedAndApplied(t *testing.T) {
	dsn, _ := hubtest.Database(t)
	t.Setenv("KORPU_ADMIN_DATABASE_URL", dsn)
	expect(t, "nobody gains or loses anything", "policy", "diff")
	expect(t, "policy version 1 is current already", "policy", "apply")

	wider := rulesWith(t, "class:alleged, read, CASE_PROCEEDINGS, court_open", "class:alleged, read, CASE_PROCEEDINGS, always")
	const change = "judge for CASE_PROCEEDINGS gains Case.allegedFacts, incident: always (before: only when the case is before the court)"
	expect(t, "the policy is sound", "policy", "check", "--rules", wider)
	expect(t, change, "policy", "diff", "--rules", wider)
	expect(t, change, "policy", "diff", "--rules", wider, "--from", rulesWith(t, "", ""))
	expect(t, "policy version 2 is current", "policy", "apply", "--rules", wider)
	expect(t, "policy version 2 is current already", "policy", "apply", "--rules", wider)
	expect(t, "nobody gains or loses anything", "policy", "diff", "--rules", wider)
	expect(t, "judge for CASE_PROCEEDINGS loses Case.allegedFacts", "policy", "diff")
}

func TestAnUnsoundPolicyIsNeitherSoundNorApplied(t *testing.T) {
	dsn, _ := hubtest.Database(t)
	t.Setenv("KORPU_ADMIN_DATABASE_URL", dsn)
	unsound := rulesWith(t, "sealed, deny, silent", "sealed, Deny, silent")
	for _, command := range []string{"check", "apply", "diff", "matrix"} {
		if _, err := run(t, "policy", command, "--rules", unsound); err == nil || !strings.Contains(err.Error(), `rules/everyone.csv:`) {
			t.Errorf("%s: error %v", command, err)
		}
	}
	expect(t, "policy version 1 is current already", "policy", "apply")
}

func TestAFolderWithoutRulesIsRefused(t *testing.T) {
	if _, err := run(t, "policy", "check", "--rules", t.TempDir()); err == nil {
		t.Error("an empty folder is taken for a policy")
	}
}

func TestAMatrixThatIsNotCurrentIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "matrix.md")
	expect(t, "", "policy", "matrix", "--out", file)
	expect(t, "", "policy", "matrix", "--check", file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, string(text), "policy", "matrix")
	other := rulesWith(t, "class:alleged, read, CASE_PROCEEDINGS, court_open", "class:alleged, read, CASE_PROCEEDINGS, always")
	if _, err := run(t, "policy", "matrix", "--check", file, "--rules", other); err == nil {
		t.Error("the matrix of other rules is taken for current")
	}
}

func TestAnExplanationTellsCasbinsAnswerUnderFacts(t *testing.T) {
	expect(t, "Casbin, with these facts: open", "policy", "explain", "--role", "judge", "Case.number", "--fact", "own_court=true")
	expect(t, "Casbin, with these facts: closed", "policy", "explain", "--role", "judge", "Case", "--fact", "own_court=true;sealed=unknown")
	if _, err := run(t, "policy", "explain", "--role", "judge", "Case", "--fact", "own_court=yes"); err == nil {
		t.Error("a fact that is neither true nor false nor unknown is taken")
	}
}

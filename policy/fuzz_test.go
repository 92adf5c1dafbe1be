package policy

import (
	"slices"
	"strings"
	"testing"
)

// The reader takes what it takes exactly: each rule, written out again, is its line.
func FuzzRuleFilesAreTakenWholeOrRefused(f *testing.F) {
	for _, text := range Embedded() {
		f.Add(text[:min(len(text), 600)])
	}
	for _, line := range []string{
		"", "\n", "#", "p", "p, ", "g, role:a, role:b", "g, role:a, role:a", `p, role:judge, rows:Case, read, any, party & sealed, deny, silent, "A, B; C # D"`,
		"p, role:judge, class:case, read, A|B, always, Allow, flagged, \"A\"\n", "\ufeff# x", "# a\r\n", "p,\trole:a", "p, role:judgе", "p, \"a\", \"b\"", `p, "`, `, "`, "\x00",
	} {
		f.Add(line)
	}
	sdl, _ := small(f)
	catalog, err := ReadCatalog(sdl)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rules, problems := ReadRules(Files{"rules/f.csv": text})
		var written []string
		for _, r := range rules.Rules {
			written = append(written, r.String())
		}
		sound := len(problems.list) == 0
		lintRules(rules, catalog, problems)
		lintDead(compile(catalog, rules.sound(problems)), sound, problems)
		if sound && !slices.Equal(written, rulesIn(text)) {
			t.Errorf("%q was read as %q", text, written)
		}
	})
}

func rulesIn(text string) []string {
	var all []string
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "p") {
			all = append(all, line)
		}
	}
	return all
}

package server

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func explorer() http.Handler {
	c := testConfig(newStub(testSDL))
	c.GraphiQL = &GraphiQL{Issuer: "https://id.example/realms/korpu", ClientID: `explorer"><script>`, Synthetic: true}
	return New(c).Handler()
}

func TestTheExplorersPageRunsOnlyItsOwnFiles(t *testing.T) {
	w := get(explorer(), "", "/graphiql")
	policy := w.Header().Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "script-src 'self';") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") ||
		!strings.Contains(policy, "connect-src 'self' https://id.example;") {
		t.Errorf("the policy is %q", policy)
	}
	page := w.Body.String()
	if strings.Contains(page, `"><script>`) || regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(page) || regexp.MustCompile(`\son\w+=`).MatchString(page) {
		t.Errorf("the page has inline script: %s", page)
	}
	for _, address := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if address[1] != "data:," && get(explorer(), "", address[1]).Code != http.StatusOK {
			t.Errorf("%s is not served", address[1])
		}
	}
	if !strings.Contains(page, "SYNTHETIC DATA") || w.Header().Get("Cache-Control") != "no-store" {
		t.Error("the page does not say that its data is invented, or may be kept")
	}
}

func TestTheExplorerOfARealHubTakesATokenAndSaysNothingOfSyntheticData(t *testing.T) {
	c := testConfig(newStub(testSDL))
	c.GraphiQL = &GraphiQL{}
	w := get(New(c).Handler(), "", "/graphiql")
	if strings.Contains(w.Body.String(), "SYNTHETIC") || strings.Contains(w.Body.String(), `id="sign-in"`) || !strings.Contains(w.Body.String(), `id="token"`) {
		t.Error(w.Body)
	}
}

func TestTheFilesOfOthersAreAsPublished(t *testing.T) {
	for name, want := range map[string]string{
		"graphiql.min.js":             "867226ba8af5ce7949903fc53932f78dac9f4bfc6cc8da0fd3869b8bc6c5256b",
		"graphiql.min.css":            "30487e07635d312a63f647b140d37740a73c53332b0975bf4b1fe985ca6ec885",
		"react.production.min.js":     "4b4969fa4ef3594324da2c6d78ce8766fbbc2fd121fff395aedf997db0a99a06",
		"react-dom.production.min.js": "21758ed084cd0e37e735722ee4f3957ea960628a29dfa6c3ce1a1d47a2d6e4f7",
	} {
		file, err := graphiqlFiles.ReadFile("graphiql/vendor/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(file); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s is %x", name, sum)
		}
	}
}

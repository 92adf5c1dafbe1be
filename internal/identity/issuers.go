package identity

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// Issuer is one trusted issuer of tokens, with all that it may assert; whatever it is silent on is refused.
type Issuer struct {
	URL            string            `json:"url"`            // exactly as in the tokens' iss
	Audience       string            `json:"audience"`       // what the tokens' aud must name: this hub
	Algorithms     []string          `json:"algorithms"`     // of signature: ES256, RS256, …
	Clients        []string          `json:"clients"`        // client ids through which persons sign in
	Agencies       []string          `json:"agencies"`       // codes of the agencies that it may speak for
	Roles          []string          `json:"roles"`          // roles that it may assert
	TokenUseClaim  string            `json:"tokenUseClaim"`  // "token_use=access": marks access tokens of an issuer that does not set typ at+jwt
	SystemSubjects map[string]string `json:"systemSubjects"` // client id → sub, where a system's own tokens do not carry the client id as sub
	MaxAge         Duration          `json:"maxAge"`         // a token older than this is refused whatever its exp says; 12h when absent
}

// Duration is a time.Duration written as text: 90m, 12h.
type Duration time.Duration

// UnmarshalText reads 90m or 12h.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}

// A token that lives longer than a working day is more often a mistake than a wish.
const defaultMaxAge = Duration(12 * time.Hour)

var asymmetric = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA,
}

// ParseIssuers reads the value of KORPU_ISSUERS, a JSON list, and refuses it with every error at once.
func ParseIssuers(text string) ([]Issuer, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	var issuers []Issuer
	if err := decoder.Decode(&issuers); err != nil {
		return nil, fmt.Errorf("write a JSON list of objects with url, audience, algorithms, clients, agencies, roles: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("remove what follows the JSON list")
	}
	for i := range issuers {
		if issuers[i].MaxAge == 0 {
			issuers[i].MaxAge = defaultMaxAge
		}
	}
	return issuers, checkIssuers(issuers)
}

// checkIssuers refuses a half-configured issuer: an absent audience or list must never mean "any".
func checkIssuers(issuers []Issuer) error {
	if len(issuers) == 0 {
		return errors.New("name at least one")
	}
	var errs []error
	seen := map[string]bool{}
	for i, issuer := range issuers {
		problems := issuer.problems()
		if seen[issuer.URL] {
			problems = append(problems, "url: stands twice; join the two entries")
		}
		seen[issuer.URL] = true
		for _, problem := range problems {
			errs = append(errs, fmt.Errorf("issuer %d (%s): %s", i+1, issuer.URL, problem))
		}
	}
	return errors.Join(errs...)
}

func (i Issuer) problems() []string {
	var found []string
	add := func(problem string) {
		if problem != "" {
			found = append(found, problem)
		}
	}
	add(urlProblem(i.URL))
	if strings.TrimSpace(i.Audience) == "" {
		add("audience: name what the issuer puts in aud for this hub")
	}
	for _, algorithm := range i.Algorithms {
		if !slices.Contains(asymmetric, algorithm) {
			add(fmt.Sprintf("algorithms: %q is not accepted; use one of %s", algorithm, strings.Join(asymmetric, " ")))
		}
	}
	add(listProblem("algorithms", i.Algorithms))
	add(listProblem("clients", i.Clients))
	add(listProblem("agencies", i.Agencies))
	add(listProblem("roles", i.Roles))
	if name, value, ok := strings.Cut(i.TokenUseClaim, "="); i.TokenUseClaim != "" && (!ok || name == "" || value == "") {
		add("tokenUseClaim: write it as claim=value, for instance token_use=access")
	}
	for client, subject := range i.SystemSubjects {
		if client == "" || subject == "" {
			add("systemSubjects: map a client id to the sub of its own tokens")
		}
	}
	if i.MaxAge <= 0 {
		add("maxAge: write a positive duration, for instance 12h")
	}
	return found
}

func listProblem(name string, values []string) string {
	if len(values) == 0 {
		return name + ": name each one that is allowed"
	}
	for i, value := range values {
		if value == "" || strings.TrimSpace(value) != value || value == "*" {
			return fmt.Sprintf("%s: %q is no name; name each one that is allowed", name, value)
		}
		if slices.Contains(values[:i], value) {
			return fmt.Sprintf("%s: %q stands twice; remove one", name, value)
		}
	}
	return ""
}

func urlProblem(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "url: write the issuer's address, exactly as in the tokens' iss, without query or user"
	}
	if !secure(u) {
		return "url: use https; http is for loopback addresses only"
	}
	return ""
}

// secure tells whether keys fetched from u can be trusted to come from there.
func secure(u *url.URL) bool {
	loopback := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
	return u.Scheme == "https" || (u.Scheme == "http" && loopback)
}

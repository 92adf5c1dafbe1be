package issuer

import (
	"net/url"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const tokenLifetime = 8 * time.Hour // a working day with the demo

// application is a Client as the library asks for it.
type application struct {
	Client
	loginURL string
}

func (a application) GetID() string                       { return a.ID }
func (a application) RedirectURIs() []string              { return a.Client.RedirectURIs }
func (a application) PostLogoutRedirectURIs() []string    { return nil }
func (a application) ApplicationType() op.ApplicationType { return op.ApplicationTypeNative }
func (a application) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (a application) LoginURL(id string) string            { return a.loginURL + "?id=" + url.QueryEscape(id) }
func (a application) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeJWT }
func (a application) IDTokenLifetime() time.Duration       { return tokenLifetime }
func (a application) DevMode() bool                        { return false }
func (a application) IsScopeAllowed(string) bool           { return false }
func (a application) IDTokenUserinfoClaimsAssertion() bool { return false }
func (a application) ClockSkew() time.Duration             { return 0 }

func (a application) RestrictAdditionalIdTokenScopes() func([]string) []string     { return same }
func (a application) RestrictAdditionalAccessTokenScopes() func([]string) []string { return same }

func same(scopes []string) []string { return scopes }

func (a application) isSystem() bool { return a.Secret != "" }

func (a application) AuthMethod() oidc.AuthMethod {
	if a.isSystem() {
		return oidc.AuthMethodBasic
	}
	return oidc.AuthMethodNone
}

func (a application) GrantTypes() []oidc.GrantType {
	if a.isSystem() {
		return []oidc.GrantType{oidc.GrantTypeClientCredentials}
	}
	return []oidc.GrantType{oidc.GrantTypeCode}
}

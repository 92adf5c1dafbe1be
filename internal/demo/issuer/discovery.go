package issuer

import (
	"encoding/json"
	"net/http"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// discovery tells only what is served here; the library's own document promises flows that no client of ours may use.
func (i *Issuer) discovery(w http.ResponseWriter, r *http.Request) {
	full := op.CreateDiscoveryConfig(op.ContextWithIssuer(r.Context(), i.config.BaseURL), i.provider, i.store)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(&oidc.DiscoveryConfiguration{
		Issuer:                            full.Issuer,
		AuthorizationEndpoint:             full.AuthorizationEndpoint,
		TokenEndpoint:                     full.TokenEndpoint,
		JwksURI:                           full.JwksURI,
		ScopesSupported:                   []string{oidc.ScopeOpenID},
		ResponseTypesSupported:            []string{string(oidc.ResponseTypeCode)},
		GrantTypesSupported:               []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeClientCredentials},
		SubjectTypesSupported:             full.SubjectTypesSupported,
		IDTokenSigningAlgValuesSupported:  full.IDTokenSigningAlgValuesSupported,
		TokenEndpointAuthMethodsSupported: []oidc.AuthMethod{oidc.AuthMethodNone, oidc.AuthMethodBasic},
		CodeChallengeMethodsSupported:     full.CodeChallengeMethodsSupported,
	})
}

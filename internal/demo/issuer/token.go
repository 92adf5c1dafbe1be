package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/crypto"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Edit changes the claims of a token before it is signed; tests make wrong tokens with it.
type Edit func(claims map[string]any)

// Token signs a person's access token without the sign-in, as held by the first client through which persons sign in.
func (i *Issuer) Token(p Persona, edits ...Edit) (string, error) {
	for _, client := range i.config.Clients {
		if client.Secret == "" {
			return i.mint(p.Subject, client.ID, edits)
		}
	}
	return "", errors.New("development issuer: no client lets persons sign in")
}

// ClientToken signs a partner system's access token.
func (i *Issuer) ClientToken(clientID string, edits ...Edit) (string, error) {
	return i.mint(clientID, clientID, edits)
}

// mint goes the way of the token endpoint, so that both give the same tokens.
func (i *Issuer) mint(subject, clientID string, edits []Edit) (string, error) {
	client, ok := i.store.clients[clientID]
	if !ok {
		return "", fmt.Errorf("development issuer: %w: %s", errNoClient, clientID)
	}
	ctx := op.ContextWithIssuer(context.Background(), i.config.BaseURL)
	token, err := op.CreateJWT(ctx, i.config.BaseURL, i.store.tokenRequest(subject, nil), time.Now().Add(tokenLifetime),
		uuid.NewString(), client, i.store)
	if err != nil {
		return "", fmt.Errorf("development issuer: sign a token: %w", err)
	}
	if len(edits) == 0 {
		return token, nil
	}
	return i.resign(token, edits)
}

func (i *Issuer) resign(token string, edits []Edit) (string, error) {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{Algorithm})
	if err != nil {
		return "", fmt.Errorf("development issuer: edit a token: %w", err)
	}
	claims := map[string]any{}
	if err := json.Unmarshal(signed.UnsafePayloadWithoutVerification(), &claims); err != nil {
		return "", fmt.Errorf("development issuer: edit a token: %w", err)
	}
	for _, edit := range edits {
		edit(claims)
	}
	signer, err := op.SignerFromKey(i.store.key)
	if err != nil {
		return "", fmt.Errorf("development issuer: edit a token: %w", err)
	}
	return crypto.Sign(claims, signer)
}

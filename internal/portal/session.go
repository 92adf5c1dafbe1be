package portal

import (
	"context"
	"crypto/aes"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"
)

// What a session holds. The token never reaches the browser.
const (
	keyToken    = "token"
	keyRole     = "role"
	keyPurpose  = "purpose"
	keyLanguage = "language"
	keyHandles  = "handles" // encrypts identifiers in addresses
	keyState    = "state"   // of a sign-in under way, as the next two
	keyNonce    = "nonce"
	keyVerifier = "verifier"
	keyNotice   = "notice" // what the next page says once
)

func newSessions(c Config) *scs.SessionManager {
	s := scs.New()
	s.IdleTimeout, s.Lifetime = c.Idle, 12*time.Hour
	s.HashTokenInStore = true
	s.Cookie.Name, s.Cookie.Persist, s.Cookie.SameSite = "korpu", false, http.SameSiteLaxMode
	if strings.HasPrefix(c.URL, "https://") {
		s.Cookie.Secure, s.Cookie.Name = true, "__Host-korpu"
	}
	return s
}

// begin makes a new session of one that has just signed in; what was known under the old cookie is worth nothing any more.
func (p *Portal) begin(ctx context.Context, token string, until time.Time) error {
	if err := p.sessions.RenewToken(ctx); err != nil {
		return err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	p.sessions.Put(ctx, keyToken, token)
	p.sessions.Put(ctx, keyHandles, key)
	for _, done := range []string{keyRole, keyPurpose, keyState, keyNonce, keyVerifier} {
		p.sessions.Remove(ctx, done)
	}
	p.sessions.SetDeadline(ctx, until)
	return nil
}

func (p *Portal) signedInAs(ctx context.Context) string { return p.sessions.GetString(ctx, keyToken) }

// handle stands for an identifier in an address of this session: an address that is left in a history, or sent to somebody
// else, names nobody. One block of AES maps identifiers to handles and back.
func (p *Portal) handle(ctx context.Context, id string) string {
	parsed, err := uuid.Parse(id)
	block, failed := aes.NewCipher(p.sessions.GetBytes(ctx, keyHandles))
	if err != nil || failed != nil {
		return "-"
	}
	block.Encrypt(parsed[:], parsed[:])
	return base64.RawURLEncoding.EncodeToString(parsed[:])
}

// identifier is what a handle stands for. One that was made up stands for a record that does not exist.
func (p *Portal) identifier(ctx context.Context, handle string) string {
	var id uuid.UUID
	block, failed := aes.NewCipher(p.sessions.GetBytes(ctx, keyHandles))
	decoded, err := base64.RawURLEncoding.DecodeString(handle)
	if failed != nil || err != nil || len(decoded) != len(id) {
		return uuid.Nil.String()
	}
	block.Decrypt(id[:], decoded)
	return id.String()
}

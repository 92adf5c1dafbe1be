package identity

// Settle waits for the keys that are being fetched in the background.
func (a *Authenticator) Settle() {
	for _, issuer := range a.issuers {
		_, _, _ = issuer.keys.flight.Do("", func() (any, error) { return nil, nil })
	}
}

package main

import (
	"log/slog"
	"strings"
	"testing"

	"korpu/internal/identity"
)

func TestAHalfConfiguredStartNamesEveryDefectAtOnceAndNoSecret(t *testing.T) {
	c := serveCmd{DatabaseURL: "postgres://korpu_hub:secret@%zz", Issuers: "[]", KeyURI: "vault:secret", CursorKey: "c2VjcmV0", AuditKey: "c2VjcmV0"}
	_, err := c.config(slog.New(slog.DiscardHandler))
	if err == nil {
		t.Fatal("it was taken")
	}
	for _, name := range []string{"KORPU_DATABASE_URL", "KORPU_ISSUERS", "KORPU_KEY_URI", "KORPU_CURSOR_KEY", "KORPU_AUDIT_KEY"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in %v", name, err)
		}
	}
	if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "c2VjcmV0") {
		t.Errorf("a secret is in %v", err)
	}
}

func TestPagesThatAreHalfConfiguredAreRefused(t *testing.T) {
	issuers := []identity.Issuer{{URL: "https://login.example", Clients: []string{"pages"}}}
	whole := serveCmd{PortalURL: "https://hub.example", PortalIssuer: "https://login.example", PortalClient: "pages"}
	if pages, err := whole.pages(issuers); err != nil || pages == nil || pages.ClientID != "pages" {
		t.Errorf("%v %v", pages, err)
	}
	if pages, err := (serveCmd{}).pages(issuers); err != nil || pages != nil {
		t.Errorf("%v %v", pages, err)
	}
	for name, c := range map[string]serveCmd{
		"KORPU_PORTAL_URL":    {PortalIssuer: whole.PortalIssuer, PortalClient: whole.PortalClient},
		"without a path":      {PortalURL: whole.PortalURL + "/x", PortalIssuer: whole.PortalIssuer, PortalClient: whole.PortalClient},
		"KORPU_PORTAL_ISSUER": {PortalURL: whole.PortalURL, PortalIssuer: "https://other.example", PortalClient: whole.PortalClient},
		"KORPU_PORTAL_CLIENT": {PortalURL: whole.PortalURL, PortalIssuer: whole.PortalIssuer, PortalClient: "other"},
	} {
		if _, err := c.pages(issuers); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

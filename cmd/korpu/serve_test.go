package main

import (
	"log/slog"
	"strings"
	"testing"
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

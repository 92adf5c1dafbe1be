package portal

import (
	"net/http"
	"testing"
	"time"
)

func TestASessionIsNotGoodForLongerThanItsToken(t *testing.T) {
	p, err := New(Config{URL: "https://hub.example", Issuer: "https://issuer.example", ClientID: "portal", GraphQL: http.NotFoundHandler()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := p.sessions.Load(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	until := time.Now().Add(time.Hour)
	if err := p.begin(ctx, "a token", until); err != nil || !p.sessions.Deadline(ctx).Equal(until) {
		t.Errorf("%v: %v, not %v", err, p.sessions.Deadline(ctx), until)
	}
}

package identity_test

import (
	"bytes"
	"log"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"korpu/internal/fault"
)

func TestARememberedTokenExpires(t *testing.T) {
	w := newWorld(t)
	token := w.court.sign(t, w.claims(w.court, "clerk-1", map[string]any{"exp": w.clock.Now().Add(10 * time.Second).Unix()}))
	w.admit(t, headers(token))
	w.clock.advance(9 * time.Second)
	w.admit(t, headers(token))
	w.clock.advance(time.Second)
	w.refuse(t, headers(token), fault.Unauthenticated, "expired")
}

func TestATokenOfALongLifeIsRefusedAtItsAgeThoughRemembered(t *testing.T) {
	w := newWorld(t)
	token := w.court.sign(t, w.claims(w.court, "clerk-1", map[string]any{"exp": w.clock.Now().Add(9000 * time.Hour).Unix()}))
	w.admit(t, headers(token))
	w.clock.advance(12 * time.Hour)
	w.refuse(t, headers(token), fault.Unauthenticated, "expired")
}

func TestWhatIsRememberedIsBoundToEveryHeader(t *testing.T) {
	w := newWorld(t)
	token := w.token(t, w.court, "judge-1")
	w.admit(t, headers(token, "Korpu-Role", "judge"))
	w.refuse(t, headers(token), fault.Invalid, "several roles")
	w.refuse(t, headers(token, "Korpu-Role", "judge", "Korpu-Purpose", "LEGAL_DEFENCE"), fault.Forbidden, "LEGAL_DEFENCE")
	w.refuse(t, headers(token, "Korpu-Role", "judge", "Korpu-On-Behalf-Of", w.clerk.String()), fault.Forbidden, "partner")
	w.refuse(t, headers(token, "Korpu-Purpose", "judge"), fault.Invalid, "several roles")
}

func TestForgettingASubjectLooksItUpAnew(t *testing.T) {
	w := newWorld(t)
	h := headers(w.token(t, w.court, "clerk-1"))
	subject := w.admit(t, h)
	w.run(t, `update korpu.staff set left_at = now() where id = $1`, w.clerk)
	w.admit(t, h) // PostgreSQL refuses it in the request's own snapshot, and the hub forgets it
	w.Forget(subject)
	w.refuse(t, h, fault.Unauthenticated, "not admitted")
}

func TestForgettingOneSubjectKeepsTheOthers(t *testing.T) {
	w := newWorld(t)
	clerk, judge := headers(w.token(t, w.court, "clerk-1")), headers(w.token(t, w.court, "judge-1"), "Korpu-Role", "judge")
	subject := w.admit(t, clerk)
	w.admit(t, judge)
	w.Forget(subject)
	w.hub.Close()
	w.admit(t, judge)
	w.refuse(t, clerk, fault.Unavailable, "look up")
}

// A login moved to another person is not seen by the check in the request's snapshot.
func TestWhatIsRememberedIsLookedUpAnewEveryHalfMinute(t *testing.T) {
	w := newWorld(t)
	h := headers(w.token(t, w.court, "clerk-1"))
	w.admit(t, h)
	w.run(t, `update korpu.staff_identity set staff_id = $1 where subject = 'clerk-1'`, w.judge)
	w.clock.advance(30 * time.Second)
	w.refuse(t, h, fault.Invalid, "several roles")
}

func TestNoLogLineQuotesATokenOrAPerson(t *testing.T) {
	var lines bytes.Buffer
	before, out := slog.Default(), log.Writer()
	slog.SetDefault(slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() {
		slog.SetDefault(before)
		log.SetOutput(out)
	})
	w := newWorld(t)
	w.admit(t, headers(w.token(t, w.court, "clerk-1")))
	w.refuse(t, headers(w.token(t, w.court, "stranger")), fault.Unauthenticated, "")
	w.refuse(t, http.Header{"Authorization": {"Bearer x.y.z"}}, fault.Unauthenticated, "")
	if lines.Len() > 0 {
		t.Errorf("logged: %s", lines.String())
	}
}

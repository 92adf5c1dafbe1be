package identity_test

import (
	"net/http"
	"strings"
	"testing"

	"korpu/internal/fault"
)

func TestARequestWithoutABearerTokenIsRefused(t *testing.T) {
	w := newWorld(t)
	for name, values := range map[string][]string{
		"none": nil, "basic": {"Basic Y2xlcms6Y2xlcms="}, "scheme only": {"Bearer"}, "empty token": {"Bearer "}, "no scheme": {"abc.def.ghi"},
	} {
		t.Run(name, func(t *testing.T) {
			w.refuse(t, http.Header{"Authorization": values}, fault.Unauthenticated, "Authorization: Bearer")
		})
	}
}

func TestTheSchemeIsReadInAnyCase(t *testing.T) {
	w := newWorld(t)
	w.admit(t, http.Header{"Authorization": {"bearer " + w.token(t, w.court, "clerk-1")}})
}

// Two values, a list, or an empty one: whoever reads another part of it would answer another question.
func TestAHeaderThatIsRepeatedOrAListIsRefused(t *testing.T) {
	w := newWorld(t)
	token := w.token(t, w.court, "judge-1")
	for name, values := range map[string][]string{
		"two":        {"judge", "court_clerk"},
		"twice":      {"judge", "judge"},
		"a list":     {"judge,court_clerk"},
		"blank list": {"judge, court_clerk"},
		"empty":      {""},
	} {
		for _, header := range []string{"Korpu-Role", "Korpu-Purpose", "Korpu-On-Behalf-Of"} {
			t.Run(header+" "+name, func(t *testing.T) {
				h := headers(token)
				h[header] = values
				w.refuse(t, h, fault.Invalid, header)
			})
		}
	}
}

func TestTwoTokensAreRefused(t *testing.T) {
	w := newWorld(t)
	h := headers(w.token(t, w.court, "judge-1"))
	h.Add("Authorization", "Bearer "+w.token(t, w.court, "clerk-1"))
	w.refuse(t, h, fault.Invalid, "Authorization")
}

func TestARoleThatIsNotHeldIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, role := range []string{"judge", "clinic_lawyer", "role:court_clerk", "Court_Clerk", "court_clerk;judge", "clerk-1", "*", "'"} {
		t.Run(role, func(t *testing.T) {
			w.refuse(t, headers(w.token(t, w.court, "clerk-1"), "Korpu-Role", role), fault.Forbidden, "you hold: court_clerk")
		})
	}
}

func TestOneOfSeveralRolesMustBeNamed(t *testing.T) {
	w := newWorld(t)
	token := w.token(t, w.court, "judge-1")
	w.refuse(t, headers(token), fault.Invalid, "court_clerk, judge")
	for role, purpose := range map[string]string{"judge": "CASE_PROCEEDINGS", "court_clerk": "COURT_ADMINISTRATION"} {
		if got := w.admit(t, headers(token, "Korpu-Role", role)); got.Role != role || got.Purpose != purpose || got.Staff != w.judge {
			t.Errorf("subject %+v", got)
		}
	}
}

func TestAPurposeIsTakenExactlyAsWritten(t *testing.T) {
	w := newWorld(t)
	token := w.token(t, w.court, "judge-1")
	for _, purpose := range []string{"case_proceedings", "Case_Proceedings", "CASE PROCEEDINGS", "CASE_PROCEEDINGS ", "CASE", "*", "[\"EMERGENCY\"]"} {
		t.Run(purpose, func(t *testing.T) {
			w.refuse(t, headers(token, "Korpu-Role", "judge", "Korpu-Purpose", purpose), fault.Invalid, "CASE_PROCEEDINGS")
		})
	}
	if got := w.admit(t, headers(token, "Korpu-Role", "judge", "Korpu-Purpose", "EMERGENCY")); got.Purpose != "EMERGENCY" {
		t.Errorf("purpose %s", got.Purpose)
	}
}

func TestAPurposeThatNoRuleOpensToTheRoleIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, purpose := range []string{"EMERGENCY", "LEGAL_DEFENCE", "ADULT_PROCEEDING"} {
		t.Run(purpose, func(t *testing.T) {
			h := headers(w.token(t, w.court, "clerk-1"), "Korpu-Purpose", purpose)
			w.refuse(t, h, fault.Forbidden, "the role court_clerk may not ask for the purpose "+purpose+"; it may ask for: COURT_ADMINISTRATION")
		})
	}
}

func TestARoleWithoutDefaultMustNameItsPurpose(t *testing.T) {
	w := newWorld(t)
	w.login(t, w.court, "monitor-1", w.member(t, w.atCourt, "Monitor", "monitor"))
	w.Authenticator = w.authenticator(t, w.issuer(w.court, "COURT", "monitor"))
	token := w.token(t, w.court, "monitor-1")
	w.refuse(t, headers(token), fault.Invalid, "Korpu-Purpose")
	w.admit(t, headers(token, "Korpu-Purpose", "MONITORING"))
}

func TestNoAnswerToAWrongHeaderRepeatsIt(t *testing.T) {
	w := newWorld(t)
	token := w.token(t, w.court, "clerk-1")
	for _, name := range []string{"Korpu-Role", "Korpu-Purpose", "Korpu-On-Behalf-Of"} {
		_, err := w.Authenticate(t.Context(), headers(token, name, "Aysel-of-Sumgayit"))
		if err == nil || strings.Contains(err.Error(), "Aysel") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

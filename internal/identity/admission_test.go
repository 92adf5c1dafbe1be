package identity_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

func TestTheSameSubjectAtTwoIssuersIsTwoPersons(t *testing.T) {
	w := newWorld(t)
	w.login(t, w.clinic, "clerk-1", w.lawyer)
	court, clinic := w.issuer(w.court, "COURT", "court_clerk", "clinic_lawyer"), w.issuer(w.clinic, "COURT", "court_clerk", "clinic_lawyer")
	court.Agencies, clinic.Agencies = []string{"COURT", "CLINIC"}, []string{"COURT", "CLINIC"} // so that nothing else tells them apart
	w.Authenticator = w.authenticator(t, court, clinic)
	if got := w.admit(t, headers(w.token(t, w.court, "clerk-1"))); got.Staff != w.clerk {
		t.Errorf("at the court's issuer: %+v", got)
	}
	if got := w.admit(t, headers(w.token(t, w.clinic, "clerk-1"))); got.Staff != w.lawyer {
		t.Errorf("at the clinic's issuer: %+v", got)
	}
	w.refuse(t, headers(w.token(t, w.clinic, "judge-1")), fault.Unauthenticated, "not admitted")
}

func TestAnIssuerCannotSpeakForAnotherAgency(t *testing.T) {
	w := newWorld(t)
	w.login(t, w.clinic, "guest", w.judge)
	w.refuse(t, headers(w.token(t, w.clinic, "guest"), "Korpu-Role", "judge"), fault.Unauthenticated, "not admitted")
}

func TestAnIssuerCannotAssertARoleThatItIsNotGiven(t *testing.T) {
	w := newWorld(t)
	w.run(t, `insert into korpu.staff_role (staff_id, role) values ($1, 'monitor')`, w.clerk)
	w.refuse(t, headers(w.token(t, w.court, "clerk-1"), "Korpu-Role", "monitor"), fault.Forbidden, "you hold: court_clerk")
}

func TestARoleOfAnotherKindOfAgencyIsNotHeld(t *testing.T) {
	w := newWorld(t)
	w.run(t, `insert into korpu.staff_role (staff_id, role) values ($1, 'judge')`, w.lawyer) // whom the clinic's issuer may call so
	w.refuse(t, headers(w.token(t, w.clinic, "lawyer-1"), "Korpu-Role", "judge"), fault.Forbidden, "you hold: clinic_lawyer")
	me, err := w.Me(t.Context(), w.admit(t, headers(w.token(t, w.clinic, "lawyer-1"))))
	if err != nil || len(me.Roles) != 1 {
		t.Errorf("%v, %v", me.Roles, err)
	}
}

func TestARoleInTheTokenGivesNothing(t *testing.T) {
	w := newWorld(t)
	claims := w.claims(w.court, "clerk-1", map[string]any{
		"role": "judge", "roles": []string{"judge"}, "groups": []string{"judge"}, "agency": "CLINIC", "scope": "judge",
		"realm_access": map[string]any{"roles": []string{"judge"}},
	})
	token := w.court.sign(t, claims)
	w.refuse(t, headers(token, "Korpu-Role", "judge"), fault.Forbidden, "you hold: court_clerk")
	if got := w.admit(t, headers(token)); got.Role != "court_clerk" || got.Agency != w.atCourt {
		t.Errorf("subject %+v", got)
	}
}

func TestAUserIDThatEqualsARoleNameGivesNothing(t *testing.T) {
	w := newWorld(t)
	for _, subject := range []string{"judge", "role:judge"} {
		w.refuse(t, headers(w.token(t, w.court, subject)), fault.Unauthenticated, "not admitted")
		w.refuse(t, headers(w.token(t, w.court, subject), "Korpu-Role", "judge"), fault.Unauthenticated, "not admitted")
		w.login(t, w.court, subject, w.member(t, w.atCourt, subject, "court_clerk"))
		w.refuse(t, headers(w.token(t, w.court, subject), "Korpu-Role", "judge"), fault.Forbidden, "you hold: court_clerk")
	}
}

func TestWhoIsNoLongerAdmittedIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, sql string }{
		{"left", `update korpu.staff set left_at = now() where id = $1`},
		{"role ended", `update korpu.staff_role set ended_at = now() where staff_id = $1`},
		{"login removed", `delete from korpu.staff_identity where staff_id = $1`},
		{"agency suspended", `update korpu.agency a set suspended_at = now() from korpu.staff s where s.agency_id = a.id and s.id = $1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			member := w.member(t, w.atCourt, c.name, "court_clerk")
			w.login(t, w.court, c.name, member)
			w.run(t, c.sql, member)
			w.refuse(t, headers(w.token(t, w.court, c.name)), fault.Unauthenticated, "not admitted")
		})
	}
}

func TestAPersonCannotAskForSomebodyElse(t *testing.T) {
	w := newWorld(t)
	for _, named := range []string{w.judge.String(), w.clerk.String(), "x"} {
		w.refuse(t, headers(w.token(t, w.court, "clerk-1"), "Korpu-On-Behalf-Of", named), fault.Forbidden, "partner systems")
	}
}

func TestASystemAsksForAMemberOfItsAgency(t *testing.T) {
	w := newWorld(t)
	got := w.admit(t, headers(w.systemToken(t), "Korpu-Role", "court_clerk", "Korpu-On-Behalf-Of", w.clerk.String()))
	want := identity.Subject{
		Staff: w.clerk, Agency: w.atCourt, Role: "court_clerk", Purpose: "COURT_ADMINISTRATION", Client: "court-system",
		Issuer: w.court.URL, Asserted: true,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestASystemMayNameAMemberWhoSignsInNowhere(t *testing.T) {
	w := newWorld(t)
	member := w.member(t, w.atCourt, "Member without login", "court_clerk")
	w.admit(t, headers(w.systemToken(t), "Korpu-Role", "court_clerk", "Korpu-On-Behalf-Of", member.String()))
}

func TestASystemMayNameAMemberWhoSignsInAtTwoIssuers(t *testing.T) {
	w := newWorld(t)
	w.login(t, w.clinic, "clerk-elsewhere", w.clerk)
	w.admit(t, headers(w.systemToken(t), "Korpu-Role", "court_clerk", "Korpu-On-Behalf-Of", w.clerk.String()))
}

func TestASystemMustNameAPerson(t *testing.T) {
	w := newWorld(t)
	w.refuse(t, headers(w.systemToken(t), "Korpu-Role", "court_clerk"), fault.Invalid, "names the person it acts for: Korpu-On-Behalf-Of")
}

func TestASystemMustNameThePersonByID(t *testing.T) {
	w := newWorld(t)
	id := w.clerk.String()
	for _, named := range []string{"clerk-1", "{" + id + "}", "urn:uuid:" + id, strings.ToUpper(id), strings.ReplaceAll(id, "-", ""), id + " "} {
		t.Run(named, func(t *testing.T) {
			w.refuse(t, headers(w.systemToken(t), "Korpu-Role", "court_clerk", "Korpu-On-Behalf-Of", named), fault.Invalid, "UUID")
		})
	}
}

// All of them get one and the same text, which tells nothing of other agencies' staff.
func TestASystemCannotNameAnybodyElse(t *testing.T) {
	w := newWorld(t)
	left := w.member(t, w.atCourt, "Former clerk", "court_clerk")
	w.run(t, `update korpu.staff set left_at = now() where id = $1`, left)
	for name, named := range map[string]uuid.UUID{
		"of another agency": w.member(t, w.atClinic, "Clerk of the clinic", "court_clerk"),
		"of another role":   w.lawyer,
		"who left":          left, "without the role": w.member(t, w.atCourt, "Monitor", "monitor"),
		"who does not exist": uuid.New(), "with no id": uuid.Nil,
	} {
		t.Run(name, func(t *testing.T) {
			h := headers(w.systemToken(t), "Korpu-Role", "court_clerk", "Korpu-On-Behalf-Of", named.String())
			w.refuse(t, h, fault.Forbidden, "names nobody who is an active member of the client's agency in the role court_clerk")
		})
	}
}

func TestASystemCannotAskBeyondItsRegistration(t *testing.T) {
	w := newWorld(t)
	judge := []string{"Korpu-Role", "judge", "Korpu-On-Behalf-Of", w.judge.String()}
	w.refuse(t, headers(w.systemToken(t), append(judge, "Korpu-Purpose", "EMERGENCY")...), fault.Forbidden, "this client may not ask for the purpose EMERGENCY")
	w.run(t, `update korpu.client set purposes = '{COURT_ADMINISTRATION}'`)
	w.refuse(t, headers(w.systemToken(t), judge...), fault.Forbidden, "this client may not ask for the purpose CASE_PROCEEDINGS")
	w.run(t, `update korpu.client set roles = '{court_clerk}'`)
	w.refuse(t, headers(w.systemToken(t), judge...), fault.Forbidden, "you hold: court_clerk")
	w.run(t, `update korpu.client set roles = '{monitor}'`)
	w.refuse(t, headers(w.systemToken(t), judge...), fault.Unauthenticated, "not admitted")
}

func TestASystemThatIsNotAdmittedIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, sql string }{
		{"suspended", `update korpu.client set suspended_at = now()`},
		{"of another issuer", `update korpu.client set issuer = 'https://elsewhere.example'`},
		{"of a foreign agency", `update korpu.client set agency_id = (select id from korpu.agency where code = 'CLINIC')`},
		{"in other upper-lower", `update korpu.client set client_id = 'Court-System'`},
		{"not registered", `delete from korpu.client`},
		{"agency suspended", `update korpu.agency set suspended_at = now() where code = 'COURT'`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.run(t, `delete from korpu.client`)
			w.register(t)
			w.run(t, c.sql)
			h := headers(w.systemToken(t), "Korpu-Role", "court_clerk", "Korpu-On-Behalf-Of", w.clerk.String())
			w.refuse(t, h, fault.Unauthenticated, "not admitted")
		})
	}
}

func TestAPersonsTokenFromASystemsClientIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, subject := range []string{"clerk-1", "somebody"} {
		token := w.court.sign(t, w.claims(w.court, subject, map[string]any{"client_id": "court-system"}))
		h := headers(token, "Korpu-Role", "court_clerk", "Korpu-On-Behalf-Of", w.clerk.String())
		w.refuse(t, h, fault.Unauthenticated, "its client is not one through which persons sign in")
	}
}

func TestAPersonWhoseSubjectIsAClientsIDIsNoSystem(t *testing.T) {
	w := newWorld(t)
	w.refuse(t, headers(w.token(t, w.court, "court-system"), "Korpu-Role", "court_clerk"), fault.Unauthenticated, "not admitted")
}

func TestASystemWhoseTokensCarryAnotherSubjectIsConfigured(t *testing.T) {
	w := newWorld(t)
	court := w.issuer(w.court, "COURT", "court_clerk")
	court.SystemSubjects = map[string]string{"court-system": "service-account-7"}
	w.Authenticator = w.authenticator(t, court)
	onBehalf := []string{"Korpu-On-Behalf-Of", w.clerk.String()}
	token := w.court.sign(t, w.claims(w.court, "service-account-7", map[string]any{"client_id": "court-system"}))
	if got := w.admit(t, headers(token, onBehalf...)); got.Client != "court-system" || !got.Asserted {
		t.Errorf("subject %+v", got)
	}
	w.refuse(t, headers(w.systemToken(t), onBehalf...), fault.Unauthenticated, "its client")
}

func TestWithoutTheDatabaseNobodyIsAdmitted(t *testing.T) {
	w := newWorld(t)
	token := w.token(t, w.court, "clerk-1")
	w.hub.Close()
	w.refuse(t, headers(token), fault.Unavailable, "look up")
}

package attacks

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"korpu/internal/demo/issuer"
	"korpu/internal/hub"
	"korpu/internal/hubtest"
	"korpu/policy"
)

// with sends the question that every role may ask, with the headers changed.
func with(t *testing.T, h *hubtest.Hub, to *hub.Hub, a hubtest.Asker, headers http.Header) hubtest.Response {
	t.Helper()
	r := h.Request(t, a, "{ me { role purpose agency } cases: __typename }", nil)
	for name, values := range headers {
		r.Header[name] = values
	}
	return hubtest.Send(t, to, r)
}

// refused fails the test where an answer has data, another status than one of a refusal, or repeats what was sent.
func refused(t *testing.T, what string, r hubtest.Response) {
	t.Helper()
	ok := r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden || r.Status == http.StatusBadRequest
	if !ok || bytes.Contains(r.Body, []byte(`"data"`)) {
		t.Errorf("%s: %d %s", what, r.Status, r.Body)
	}
}

func TestAttack52ARoleThatIsNotHeldIsRefusedHoweverItIsNamed(t *testing.T) {
	h, _ := open(t)
	clerk := hubtest.Persona("clerk-sumgayit")
	with(t, h, h.Hub, clerk, nil).Data(t)
	never := with(t, h, h.Hub, clerk, http.Header{"Korpu-Role": {"no_such_role"}})
	refused(t, "an unknown role", never)
	for _, role := range []string{"judge", "clinic_lawyer", "administrator", "anyone", "professional", "role:court_clerk", "COURT_CLERK", "court_clerk ", "korpu_read_judge", "court_clerk\x00judge", "*"} {
		alike(t, role, with(t, h, h.Hub, clerk, http.Header{"Korpu-Role": {role}}), never)
	}
}

func TestAttack53RolesAreNeverUnited(t *testing.T) {
	h, _ := open(t)
	duty := hubtest.Persona("duty-inspector-ganja")
	for what, roles := range map[string][]string{
		"two headers": {"police_inspector", "police_officer"}, "a list": {"police_inspector,police_officer"}, "the same twice": {"police_officer", "police_officer"},
		"an empty one beside": {"police_officer", ""}, "an empty one": {""}, "none, holding two": nil, "joined": {"police_inspector|police_officer"}, "joined by blank": {"police_inspector police_officer"},
	} {
		refused(t, what, with(t, h, h.Hub, duty, http.Header{"Korpu-Role": roles}))
	}
	for _, role := range []string{"police_inspector", "police_officer"} {
		me := with(t, h, h.Hub, duty, http.Header{"Korpu-Role": {role}}).Data(t)["me"].(map[string]any)
		if me["role"] != role {
			t.Errorf("%v", me)
		}
	}
	const conditions = "{ cases { nodes { diversion { conditions { kind } } } } }"
	h.Ask(t, hubtest.Persona("duty-inspector-ganja"), conditions, nil).Data(t)
	r := h.Ask(t, hubtest.Persona("duty-officer-ganja"), conditions, nil)
	if bytes.Contains(r.Body, []byte(`"data"`)) {
		t.Errorf("as an officer, the same person has what an inspector has: %s", r.Body)
	}
}

func TestAttack54AnIssuerSpeaksForItsOwnAgenciesOnly(t *testing.T) {
	h, conn := open(t)
	config := h.Config
	config.Issuers = append(config.Issuers[:0:0], config.Issuers...)
	config.Issuers[0].Agencies = []string{"SUM-POLICE"}
	narrow, err := hub.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(narrow.Close)
	with(t, h, narrow, hubtest.Persona("officer-sumgayit"), nil).Data(t)
	refused(t, "a clerk of another agency", with(t, h, narrow, hubtest.Persona("clerk-sumgayit"), nil))
	judge := value[string](t, conn, "select staff_id::text from korpu.staff_identity where subject = 'judge-sumgayit'")
	refused(t, "a system of another agency", with(t, h, narrow, hubtest.Asker{Client: "court-system", Role: "judge", OnBehalfOf: judge}, nil))
	system := hubtest.Asker{Client: "police-system", Role: "police_officer", OnBehalfOf: judge}
	refused(t, "a system that names another agency's person", with(t, h, h.Hub, system, nil))
	unknown := system
	unknown.OnBehalfOf = "00000000-0000-4000-8000-000000000000"
	alike(t, "another agency's person", with(t, h, h.Hub, system, nil), with(t, h, h.Hub, unknown, nil))
}

// minted is an access token of the officer with other claims, or with another subject.
func minted(t *testing.T, h *hubtest.Hub, subject string, edit issuer.Edit) string {
	t.Helper()
	token, err := h.Issuer.Token(issuer.Persona{Subject: subject}, edit)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestAttack55OnlyAGoodAccessTokenForThisHubIsTaken(t *testing.T) {
	h, _ := open(t)
	officer := hubtest.Persona("officer-sumgayit")
	set := func(name string, v any) string {
		return minted(t, h, "officer-sumgayit", func(c map[string]any) { c[name] = v })
	}
	good := set("jti", "another")
	with(t, h, h.Hub, officer, http.Header{"Authorization": {"Bearer " + good}}).Data(t)
	parts := strings.Split(good, ".")
	header := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for what, token := range map[string]string{
		"another audience": set("aud", "portal"), "no audience": set("aud", []string{}), "another issuer": set("iss", "https://elsewhere.example"), "no subject": set("sub", ""),
		"another client": set("azp", "court-system"), "an unknown client": set("client_id", "somebody"), "an ID token": set("nonce", "n"), "an ID token by its hash": set("at_hash", "x"),
		"another use": set("token_use", "id"), "no use": set("token_use", nil), "expired": set("exp", time.Now().Add(-time.Second).Unix()), "from the future": set("iat", time.Now().Add(time.Hour).Unix()),
		"not yet": set("nbf", time.Now().Add(time.Hour).Unix()), "a bound token": set("cnf", map[string]any{"jkt": "x"}), "a system's client": set("client_id", "police-system"),
		"unsigned": header(`{"alg":"none"}`) + "." + parts[1] + ".", "unsigned in capitals": header(`{"alg":"NONE"}`) + "." + parts[1] + ".",
		"by a secret": header(`{"alg":"HS256","kid":"x"}`) + "." + parts[1] + "." + parts[2], "without signature": parts[0] + "." + parts[1] + ".", "another payload": parts[0] + "." + header(`{"sub":"judge-sumgayit"}`) + "." + parts[2],
		"an unknown key": header(`{"alg":"ES256","kid":"unknown"}`) + "." + parts[1] + "." + parts[2], "four parts": good + ".x", "nothing": " ", "garbage": "x",
	} {
		r := with(t, h, h.Hub, officer, http.Header{"Authorization": {"Bearer " + token}})
		refused(t, what, r)
		if r.Status != http.StatusUnauthorized || r.Header.Get("Www-Authenticate") == "" || bytes.Contains(r.Body, []byte(parts[1])) {
			t.Errorf("%s: %d %v %s", what, r.Status, r.Header, r.Body)
		}
	}
	for what, authorization := range map[string][]string{"two tokens": {"Bearer " + good, "Bearer " + good}, "basic": {"Basic b2ZmaWNlcjp4"}, "no scheme": {good}, "none": nil} {
		refused(t, what, with(t, h, h.Hub, officer, http.Header{"Authorization": authorization}))
	}
}

func TestAttack56ASubjectThatIsNamedLikeARoleHasNone(t *testing.T) {
	h, conn := open(t)
	for _, subject := range []string{"judge", "role:judge", "korpu_hub", "role:anyone", "korpu_read_judge"} {
		never := with(t, h, h.Hub, hubtest.Asker{Subject: "nobody at all"}, nil)
		alike(t, subject, with(t, h, h.Hub, hubtest.Asker{Subject: subject}, nil), never)
		change(t, conn, "insert into korpu.staff_identity (issuer, subject, staff_id) select issuer, $1, staff_id from korpu.staff_identity where subject = 'clerk-sumgayit'", subject)
		me := with(t, h, h.Hub, hubtest.Asker{Subject: subject}, nil).Data(t)["me"].(map[string]any)
		if me["role"] != "court_clerk" {
			t.Errorf("%s is %v", subject, me)
		}
		refused(t, subject, with(t, h, h.Hub, hubtest.Asker{Subject: subject, Role: "judge"}, nil))
	}
	claiming := minted(t, h, "clerk-sumgayit", func(c map[string]any) {
		c["role"], c["roles"], c["groups"], c["scope"], c["realm_access"] = "judge", []string{"judge"}, []string{"role:judge"}, "judge", map[string]any{"roles": []string{"judge"}}
	})
	me := with(t, h, h.Hub, hubtest.Persona("clerk-sumgayit"), http.Header{"Authorization": {"Bearer " + claiming}}).Data(t)["me"].(map[string]any)
	if me["role"] != "court_clerk" {
		t.Errorf("a claim gives a role: %v", me)
	}
}

func TestAttack57APurposeIsOneOfTheListOrRefused(t *testing.T) {
	h, _ := open(t)
	inspector := hubtest.Persona("inspector-sumgayit")
	for _, purposes := range [][]string{{"supervision"}, {"Supervision"}, {"SUPERVISION "}, {"SUPERVISION,CASE_PROCEEDINGS"}, {"SUPERVISION", "CASE_PROCEEDINGS"}, {""}, {`["SUPERVISION"]`}, {"any"}, {"*"}, {"UNKNOWN"}, {"LEGAL_DEFENCE"}, {"null"}} {
		refused(t, strings.Join(purposes, " + "), with(t, h, h.Hub, inspector, http.Header{"Korpu-Purpose": purposes}))
	}
	for asked, want := range map[string]string{"": "SUPERVISION", "SUPERVISION": "SUPERVISION", "CASE_PROCEEDINGS": "CASE_PROCEEDINGS"} {
		a := inspector
		a.Purpose = asked
		if me := with(t, h, h.Hub, a, nil).Data(t)["me"].(map[string]any); me["purpose"] != want {
			t.Errorf("%q gives %v", asked, me)
		}
	}
	const query = "{ children(first: 50) { totalCount nodes { id } } }"
	other := inspector
	other.Purpose = "CASE_PROCEEDINGS"
	if seen(h.Ask(t, inspector, query, nil)) == seen(h.Ask(t, other, query, nil)) {
		t.Error("the purpose makes no difference")
	}
}

// An emergency is open to those who may declare one, and shows them nobody until they do.
func TestAdultProceedingsAndEmergenciesFindNothingForAnyRole(t *testing.T) {
	h, conn := open(t)
	for _, purpose := range []string{"ADULT_PROCEEDING", "EMERGENCY"} {
		for _, role := range policy.Roles {
			a := hubtest.OfRole(role.Name)
			a.Purpose = purpose
			if policy.Allowed(role.Name, purpose) {
				if found := h.Ask(t, a, "{ children { totalCount } }", nil); string(found.Body) != `{"data":{"children":{"totalCount":0}}}` {
					t.Errorf("%s for %s: %s", role.Name, purpose, found.Body)
				}
				continue
			}
			r := with(t, h, h.Hub, a, nil)
			refused(t, role.Name+" for "+purpose, r)
			if r.Status != http.StatusForbidden {
				t.Errorf("%s: %d %s", role.Name, r.Status, r.Body)
			}
		}
	}
	change(t, conn, "update korpu.client set purposes = purposes || '{ADULT_PROCEEDING,EMERGENCY}'")
	a := hubtest.Asker{Client: "police-system", Role: "police_officer", OnBehalfOf: value[string](t, conn, "select staff_id::text from korpu.staff_identity where subject = 'officer-sumgayit'")}
	with(t, h, h.Hub, a, nil).Data(t)
	for _, a.Purpose = range []string{"ADULT_PROCEEDING", "EMERGENCY"} {
		refused(t, "a system for "+a.Purpose, with(t, h, h.Hub, a, nil))
	}
}

func TestAttack59ASystemAsksWithinItsRegistrationOnly(t *testing.T) {
	h, conn := open(t)
	id := func(subject string) string {
		return value[string](t, conn, "select staff_id::text from korpu.staff_identity where subject = $1", subject)
	}
	court := func(role, person string) hubtest.Asker {
		return hubtest.Asker{Client: "court-system", Role: role, OnBehalfOf: person}
	}
	supervision := hubtest.Asker{Client: "police-system", Role: "police_inspector", Purpose: "SUPERVISION", OnBehalfOf: id("inspector-sumgayit")}
	for _, a := range []hubtest.Asker{court("judge", id("judge-sumgayit")), court("court_clerk", id("clerk-sumgayit")), supervision} {
		with(t, h, h.Hub, a, nil).Data(t)
	}
	for what, a := range map[string]hubtest.Asker{
		"a role that is the system's but not the person's": court("court_clerk", id("judge-sumgayit")),
		"nobody":                court("judge", ""),
		"a subject, not an id":  court("judge", "judge-sumgayit"),
		"an id in capitals":     court("judge", strings.ToUpper(id("judge-sumgayit"))),
		"two persons":           court("judge", id("judge-sumgayit")+","+id("judge-ganja")),
		"a person for another":  {Subject: "clerk-sumgayit", OnBehalfOf: id("judge-sumgayit")},
		"a person for herself":  {Subject: "clerk-sumgayit", OnBehalfOf: id("clerk-sumgayit")},
		"the system as subject": {Subject: "court-system", Role: "judge", OnBehalfOf: id("judge-sumgayit")},
	} {
		refused(t, what, with(t, h, h.Hub, a, nil))
	}
	change(t, conn, "update korpu.client set roles = '{judge}' where client_id = 'court-system'")
	refused(t, "a role that is the person's but not the system's", with(t, h, h.Hub, court("court_clerk", id("clerk-sumgayit")), nil))
	change(t, conn, "update korpu.client set purposes = '{CASE_PROCEEDINGS}' where client_id = 'police-system'")
	refused(t, "a purpose that is the role's but not the system's", with(t, h, h.Hub, supervision, nil))
}

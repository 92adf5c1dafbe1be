package country_test

import (
	"slices"
	"strings"
	"testing"

	"korpu/internal/demo/country"
	"korpu/internal/postgres/pgtest"
	"korpu/policy"
	"korpu/schema"
)

func TestEveryRoleHasOneDefaultPersona(t *testing.T) {
	for _, role := range policy.Roles {
		defaults := 0
		for _, p := range country.Personas() {
			if p.Role == role.Name && p.DefaultOfRole {
				defaults++
			}
		}
		if defaults != 1 {
			t.Errorf("%s has %d", role.Name, defaults)
		}
	}
}

func TestPeopleHoldRolesOfTheirKindOfAgency(t *testing.T) {
	conn := loaded(t)
	for _, role := range policy.Roles {
		kinds := pgtest.Column[string](t, conn, "select distinct agency_kind from korpu.admission where role = $1", role.Name)
		if !slices.Equal(kinds, []string{role.Kind}) {
			t.Errorf("%s is held in %v", role.Name, kinds)
		}
	}
}

func TestEveryPersonaIsAdmittedInItsRole(t *testing.T) {
	conn := loaded(t)
	names := map[string]bool{}
	for _, p := range country.Personas() {
		if names[p.Name] || strings.ToLower(p.Name) != p.Name {
			t.Errorf("%s is no short name of one persona", p.Name)
		}
		names[p.Name] = true
		if n := one[int](t, conn, "select count(*) from korpu.admission where issuer = $1 and subject = $2 and role = $3 and agency_code = $4",
			issuer, p.Subject, p.Role, p.AgencyCode); n != 1 {
			t.Errorf("%s is admitted %d times", p.Name, n)
		}
	}
}

func TestOnePersonHasTwoRoles(t *testing.T) {
	roles := pgtest.Column[string](t, loaded(t), "select role from korpu.admission where subject = 'duty-ganja' order by 1")
	if !slices.Equal(roles, []string{"police_inspector", "police_officer"}) {
		t.Errorf("the roles are %v", roles)
	}
}

func TestWhoHasLeftAndWhoseAgencyIsSuspendedIsNotAdmitted(t *testing.T) {
	conn := loaded(t)
	if n := one[int](t, conn, "select count(*) from korpu.staff where left_at is not null"); n == 0 {
		t.Error("nobody has left")
	}
	if n := one[int](t, conn, "select count(*) from korpu.agency where suspended_at is not null"); n != 1 {
		t.Errorf("%d agencies are suspended", n)
	}
	none(t, conn, "former people are admitted", "select count(*) from korpu.admission join korpu.staff s on s.id = staff_id where s.left_at is not null")
}

func TestPartnerSystemsAskForWhatTheirRolesMay(t *testing.T) {
	conn := loaded(t)
	for _, c := range country.Clients() {
		if n := one[int](t, conn, `select count(*) from korpu.client_admission where issuer = $1 and client_id = $2 and agency_code = $3
			and roles = $4 and purposes = $5`, issuer, c.ID, c.AgencyCode, c.Roles, c.Purposes); n != 1 {
			t.Errorf("%s is admitted %d times", c.ID, n)
		}
		for _, role := range c.Roles {
			if !slices.ContainsFunc(c.Purposes, func(purpose string) bool { return policy.Allowed(role, purpose) }) {
				t.Errorf("%s has no purpose for %s", c.ID, role)
			}
		}
		for _, purpose := range c.Purposes {
			if !slices.ContainsFunc(c.Roles, func(role string) bool { return policy.Allowed(role, purpose) }) {
				t.Errorf("%s has no role for %s", c.ID, purpose)
			}
		}
	}
}

func TestConsentsNameClassesAndPurposesThatExist(t *testing.T) {
	conn := loaded(t)
	directives, err := schema.FS.ReadFile("directives.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	for _, class := range pgtest.Column[string](t, conn, "select distinct unnest(classes) from korpu.consent") {
		if !strings.Contains(string(directives), "\n  "+class+"\n") {
			t.Errorf("%s is no class", class)
		}
	}
	for _, purpose := range pgtest.Column[string](t, conn, "select distinct unnest(purposes) from korpu.consent") {
		if !slices.Contains(policy.Purposes, purpose) {
			t.Errorf("%s is no purpose", purpose)
		}
	}
}

func TestEveryLetterOfTheAlphabetOccurs(t *testing.T) {
	conn := loaded(t)
	children := one[string](t, conn, "select string_agg(given_name || patronymic || family_name, '') from korpu.child")
	for _, letter := range "əğıiöüşçjqxƏİÖÜŞÇXQ" {
		if !strings.ContainsRune(children, letter) {
			t.Errorf("no child's name has %c", letter)
		}
	}
	everywhere := children + one[string](t, conn, "select string_agg(name, '') from korpu.agency")
	for _, letter := range "abcçdeəfgğhxıijkqlmnoöprsştuüvyzABCÇDEƏFGĞHXIİJKQLMNOÖPRSŞTUÜVYZ" {
		if !strings.ContainsRune(everywhere, letter) {
			t.Errorf("no name has %c", letter)
		}
	}
}

func TestPersonasOfTheStoryHaveSomethingToSee(t *testing.T) {
	conn := loaded(t)
	for what, sql := range map[string]string{
		"hearings of the clerk's court today, with status cards": `select count(*) from korpu.procedure_event e join korpu.status_card s using (case_id)
			join korpu.case_file c on c.id = e.case_id join korpu.agency a on a.id = e.decider_id and c.parties @> array[a.id]
			where a.code = 'SUM-COURT' and e.kind = 'HEARING' and e.at::date = '2026-11-23' and s.status = 'ACTIVE'`,
		"hearings of the clerk's court to come": `select count(*) from korpu.procedure_event e join korpu.agency a on a.id = e.decider_id
			where a.code = 'SUM-COURT' and e.kind = 'HEARING' and e.at > '2026-11-24'`,
		"clients of the lawyer": `select count(*) from korpu.child k join korpu.staff_identity i on k.counsel @> array[i.staff_id] where i.subject = 'lawyer'`,
		"detained clients of the lawyer": `select count(*) from korpu.detention_episode d join korpu.child k on k.id = d.child_id
			join korpu.staff_identity i on k.counsel @> array[i.staff_id] where i.subject = 'lawyer'`,
		"notes of the lawyer": `select count(*) from korpu.legal_note n join korpu.staff_identity i on i.staff_id = n.author_id where i.subject = 'lawyer'`,
		"children of the inspector": `select count(*) from korpu.child k join korpu.staff_identity i on k.team @> array[i.staff_id]
			where i.subject = 'inspector-sumgayit'`,
		"children of the social worker": `select count(*) from korpu.child k join korpu.staff_identity i on k.team @> array[i.staff_id] where i.subject = 'social-worker'`,
		"children on a mission of the social worker": `select count(*) from korpu.access_grant g join korpu.staff_identity i using (staff_id)
			where i.subject = 'social-worker' and starts_at <= '2026-11-23' and ends_at > '2026-11-24'`,
		"children in the registrar's isolator": `select count(*) from korpu.child k join korpu.agency a on k.holders @> array[a.id] where a.code = 'ISOLATOR'`,
		"children referred to the school":      `select count(*) from korpu.child k join korpu.agency a on k.receivers @> array[a.id] where a.code = 'SUM-SCHOOL-1'`,
		"children referred to the club":        `select count(*) from korpu.child k join korpu.agency a on k.receivers @> array[a.id] where a.code = 'SUM-SPORT'`,
		"families referred for assistance":     `select count(*) from korpu.child k join korpu.agency a on k.receivers @> array[a.id] where a.code = 'SUM-ASSISTANCE'`,
		"visits of the monitor today": `select count(*) from korpu.monitoring_visit v join korpu.staff_identity i using (staff_id)
			where i.subject = 'monitor' and starts_at <= '2026-11-23' and ends_at > '2026-11-24'`,
		"cases before the commission": `select count(*) from korpu.case_file c join korpu.agency a on c.parties @> array[a.id] where a.code = 'SUM-COMMISSION' and stage = 'COMMISSION'`,
		"cases with the prosecutor":   `select count(*) from korpu.case_file c join korpu.agency a on c.parties @> array[a.id] where a.code = 'SUM-PROSECUTION'`,
		"clients of the defender":     `select count(*) from korpu.child k join korpu.staff_identity i on k.counsel @> array[i.staff_id] where i.subject = 'defender-sumgayit'`,
		"long cases of the clinic":    longClinicCases,
	} {
		if one[int](t, conn, sql) == 0 {
			t.Errorf("no %s", what)
		}
	}
}

package policy

import "slices"

// Role is a function that a person performs in a request. Roles are never united.
type Role struct {
	Name     string
	Title    string
	Kind     string   // of the agencies whose people hold it
	Purposes []string // open to the role; the first is the default
}

// Roles is the closed list of roles, in the order of the access matrix.
var Roles = []Role{
	{"police_officer", "Police officer", "POLICE", []string{"CASE_PROCEEDINGS"}},
	{"police_inspector", "Police children's inspector", "POLICE", []string{"SUPERVISION", "CASE_PROCEEDINGS", "EMERGENCY"}},
	{"prosecutor", "Prosecutor", "PROSECUTION", []string{"CASE_PROCEEDINGS"}},
	{"judge", "Judge", "COURT", []string{"CASE_PROCEEDINGS", "REVIEW"}},
	{"court_clerk", "Court clerk", "COURT", []string{"COURT_ADMINISTRATION"}},
	{"commission_secretary", "Secretary of a commission on minors' affairs", "COMMISSION", []string{"CHILD_PROTECTION"}},
	{"commission_member", "Member of a commission on minors' affairs", "COMMISSION", []string{"CHILD_PROTECTION"}},
	{"centre_manager", "Manager of a Diversion Centre", "DIVERSION_CENTRE", []string{"REHABILITATION", "EMERGENCY"}},
	{"social_worker", "Social worker", "DIVERSION_CENTRE", []string{"REHABILITATION", "CHILD_PROTECTION", "EMERGENCY"}},
	{"psychologist", "Psychologist", "DIVERSION_CENTRE", []string{"REHABILITATION"}},
	{"clinic_lawyer", "Lawyer of the legal clinic", "LEGAL_CLINIC", []string{"LEGAL_DEFENCE", "REVIEW"}},
	{"defence_lawyer", "Defence lawyer outside the clinic", "BAR", []string{"LEGAL_DEFENCE", "REVIEW"}},
	{"school_focal_point", "Focal point of a school", "SCHOOL", []string{"EDUCATION"}},
	{"activity_provider", "Provider of sport, art or training", "PROVIDER", []string{"SERVICE_DELIVERY"}},
	{"assistance_officer", "Social-assistance officer", "SOCIAL_ASSISTANCE", []string{"SERVICE_DELIVERY"}},
	{"facility_registrar", "Registrar of a place of detention", "DETENTION_PLACE", []string{"DETENTION_REGISTER"}},
	{"monitor", "Independent monitor", "MONITORING", []string{"MONITORING"}},
	{"analyst", "Analyst of a ministry or donor", "MINISTRY", []string{"STATISTICS"}},
	{"dpo", "Data-protection officer", "HUB", []string{"DATA_PROTECTION"}},
	{"administrator", "System administrator", "HUB", []string{"SYSTEM_ADMINISTRATION"}},
}

// Purposes is the closed list of purposes. ADULT_PROCEEDING is open to no role: no juvenile record is found for it
// (Beijing Rules 21.2). EMERGENCY opens nothing but by an access that is opened in it, REVIEW nothing but by an order to unseal.
var Purposes = []string{
	"CASE_PROCEEDINGS", "SUPERVISION", "COURT_ADMINISTRATION", "CHILD_PROTECTION", "REHABILITATION", "LEGAL_DEFENCE",
	"EDUCATION", "SERVICE_DELIVERY", "DETENTION_REGISTER", "MONITORING", "STATISTICS", "DATA_PROTECTION",
	"SYSTEM_ADMINISTRATION", "REVIEW", "EMERGENCY", "ADULT_PROCEEDING",
}

// RoleNamed returns the role of that name.
func RoleNamed(name string) (Role, bool) {
	for _, r := range Roles {
		if r.Name == name {
			return r, true
		}
	}
	return Role{}, false
}

// KindOf returns the kind of agencies in which the role is held; empty for a role that there is not.
func KindOf(role string) string {
	r, _ := RoleNamed(role)
	return r.Kind
}

// DefaultPurpose returns the purpose of a request of that role that states none.
func DefaultPurpose(role string) (string, bool) {
	r, ok := RoleNamed(role)
	if !ok {
		return "", false
	}
	return r.Purposes[0], true
}

// Allowed tells whether the role may work for the purpose at all.
func Allowed(role, purpose string) bool {
	r, ok := RoleNamed(role)
	return ok && slices.Contains(r.Purposes, purpose)
}

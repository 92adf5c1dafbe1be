package country

import (
	"fmt"
	"slices"
)

// Persona is a named person of the country in whose place a user of the demo may ask.
type Persona struct {
	Name          string // short, for the command line
	Title         string
	Subject       string // of the token; a person with two roles is two personas of one subject
	Role          string
	AgencyCode    string
	DefaultOfRole bool
}

type posting struct {
	Persona
	nth int // which of the agency's people in that role
}

var postings = []posting{
	{Persona{"officer-sumgayit", "Police officer, Sumgayit", "officer-sumgayit", "police_officer", "SUM-POLICE", true}, 0},
	{Persona{"inspector-sumgayit", "Police children's inspector, Sumgayit", "inspector-sumgayit", "police_inspector", "SUM-POLICE", true}, 0},
	{Persona{"prosecutor-sumgayit", "Prosecutor, Sumgayit", "prosecutor-sumgayit", "prosecutor", "SUM-PROSECUTION", true}, 0},
	{Persona{"judge-sumgayit", "Judge, Sumgayit court", "judge-sumgayit", "judge", "SUM-COURT", true}, 0},
	{Persona{"clerk-sumgayit", "Court clerk, Sumgayit court", "clerk-sumgayit", "court_clerk", "SUM-COURT", true}, 0},
	{Persona{"secretary-sumgayit", "Secretary of the commission, Sumgayit", "secretary-sumgayit", "commission_secretary", "SUM-COMMISSION", true}, 0},
	{Persona{"member-sumgayit", "Member of the commission, Sumgayit", "member-sumgayit", "commission_member", "SUM-COMMISSION", true}, 0},
	{Persona{"manager", "Manager of the Diversion Centre, Baku", "manager", "centre_manager", "BAK-CENTRE", true}, 0},
	{Persona{"social-worker", "Social worker of the Diversion Centre", "social-worker", "social_worker", "BAK-CENTRE", true}, 0},
	{Persona{"psychologist", "Psychologist of the Diversion Centre", "psychologist", "psychologist", "BAK-CENTRE", true}, 0},
	{Persona{"lawyer", "Lawyer of the legal clinic", "lawyer", "clinic_lawyer", "CLINIC", true}, 0},
	{Persona{"defender-sumgayit", "Defence lawyer, Sumgayit bar", "defender-sumgayit", "defence_lawyer", "SUM-BAR", true}, 0},
	{Persona{"school-sumgayit", "Focal point of a school, Sumgayit", "school-sumgayit", "school_focal_point", "SUM-SCHOOL-1", true}, 0},
	{Persona{"coach-sumgayit", "Coach of a sports club, Sumgayit", "coach-sumgayit", "activity_provider", "SUM-SPORT", true}, 0},
	{Persona{"assistance-sumgayit", "Social-assistance officer, Sumgayit", "assistance-sumgayit", "assistance_officer", "SUM-ASSISTANCE", true}, 0},
	{Persona{"registrar", "Registrar of the isolator", "registrar", "facility_registrar", "ISOLATOR", true}, 0},
	{Persona{"monitor", "Independent monitor", "monitor", "monitor", "MONITORING", true}, 0},
	{Persona{"analyst", "Analyst, Ministry of Social Protection", "analyst", "analyst", "MINISTRY-SOCIAL", true}, 0},
	{Persona{"dpo", "Data-protection officer", "dpo", "dpo", "HUB", true}, 0},
	{Persona{"administrator", "System administrator", "administrator", "administrator", "HUB", true}, 0},

	{Persona{"judge-ganja", "Judge, Ganja Kapaz court", "judge-ganja", "judge", "GAN-KAP-COURT", false}, 0},
	{Persona{"clerk-ganja", "Court clerk, Ganja Kapaz court", "clerk-ganja", "court_clerk", "GAN-KAP-COURT", false}, 0},
	{Persona{"inspector-baku", "Police children's inspector, Baku Yasamal", "inspector-baku", "police_inspector", "BAK-YAS-POLICE", false}, 0},
	{Persona{"judge-baku", "Judge, Baku Yasamal court", "judge-baku", "judge", "BAK-YAS-COURT", false}, 0},
	{Persona{"lawyer-two", "Another lawyer of the legal clinic", "lawyer-two", "clinic_lawyer", "CLINIC", false}, 1},
	{Persona{"social-worker-two", "Another social worker of the Diversion Centre", "social-worker-two", "social_worker", "BAK-CENTRE", false}, 1},
	{Persona{"dpo-two", "Another data-protection officer", "dpo-two", "dpo", "HUB", false}, 1},
	{Persona{"manager-sumgayit", "Manager of the Diversion Centre, Sumgayit", "manager-sumgayit", "centre_manager", "SUM-CENTRE", false}, 0},
	{Persona{"registrar-sumgayit", "Registrar of the police custody, Sumgayit", "registrar-sumgayit", "facility_registrar", "SUM-CUSTODY", false}, 0},
	{Persona{"duty-inspector-ganja", "Inspector in Ganja who is also an officer", "duty-ganja", "police_inspector", "GAN-KAP-POLICE", false}, 0},
	{Persona{"duty-officer-ganja", "Officer in Ganja who is also an inspector", "duty-ganja", "police_officer", "GAN-KAP-POLICE", false}, 0},
}

// Personas lists the named people of every country, the first of each role by default.
func Personas() []Persona {
	personas := make([]Persona, len(postings))
	for i, p := range postings {
		personas[i] = p.Persona
	}
	return personas
}

// appoint gives the personas their people: who is named twice holds both roles.
func (w *world) appoint() error {
	for _, p := range postings {
		if one := w.subjects[p.Subject]; one != nil {
			one.roles = append(one.roles, p.Role)
			continue
		}
		a := w.byCode[p.AgencyCode]
		if a == nil || len(a.staff[p.Role]) <= p.nth {
			return fmt.Errorf("persona %s: %s has nobody in that role", p.Name, p.AgencyCode)
		}
		w.subjects[p.Subject] = a.staff[p.Role][p.nth]
	}
	return nil
}

// subjects lists the token subjects of the personas, each once.
func subjects() []string {
	var names []string
	for _, p := range postings {
		if !slices.Contains(names, p.Subject) {
			names = append(names, p.Subject)
		}
	}
	return names
}

package country

import (
	"time"
)

// person is a professional.
type person struct {
	id     uid
	agency *agency
	name   string
	roles  []string
	leftAt time.Time
}

// Posts in words, as they stand beside the names.
var posts = map[string]string{
	"police_officer":       "Əməliyyat müvəkkili",
	"police_inspector":     "Yetkinlik yaşına çatmayanların işi üzrə inspektor",
	"prosecutor":           "Prokuror köməkçisi",
	"judge":                "Hakim",
	"court_clerk":          "Məhkəmə katibi",
	"commission_secretary": "Məsul katib",
	"commission_member":    "Komissiya üzvü",
	"centre_manager":       "Mərkəzin rəhbəri",
	"social_worker":        "Sosial işçi",
	"psychologist":         "Psixoloq",
	"clinic_lawyer":        "Klinikanın hüquqşünası",
	"defence_lawyer":       "Vəkil",
	"school_focal_point":   "Məktəbin əlaqələndiricisi",
	"activity_provider":    "Məşğələ rəhbəri",
	"assistance_officer":   "Sosial yardım məsləhətçisi",
	"facility_registrar":   "Qeydiyyatçı",
	"monitor":              "Müstəqil müşahidəçi",
	"analyst":              "Analitik",
	"dpo":                  "Məlumatların mühafizəsi üzrə məsul şəxs",
	"administrator":        "Sistem inzibatçısı",
}

type team []struct {
	role  string
	count int
	grows bool // with the country: one more for each thousand children, so that a caseload stays one
}

var staffing = map[string]team{
	"POLICE":            {{role: "police_officer", count: 3}, {role: "police_inspector", count: 2}},
	"PROSECUTION":       {{role: "prosecutor", count: 2}},
	"COURT":             {{role: "judge", count: 2}, {role: "court_clerk", count: 1}},
	"COMMISSION":        {{role: "commission_secretary", count: 1}, {role: "commission_member", count: 3}},
	"DIVERSION_CENTRE":  {{role: "centre_manager", count: 1}, {role: "social_worker", count: 6, grows: true}, {role: "psychologist", count: 3, grows: true}},
	"LEGAL_CLINIC":      {{role: "clinic_lawyer", count: 6, grows: true}},
	"BAR":               {{role: "defence_lawyer", count: 8, grows: true}},
	"SCHOOL":            {{role: "school_focal_point", count: 1}},
	"PROVIDER":          {{role: "activity_provider", count: 1}},
	"SOCIAL_ASSISTANCE": {{role: "assistance_officer", count: 2}},
	"DETENTION_PLACE":   {{role: "facility_registrar", count: 2}},
	"MONITORING":        {{role: "monitor", count: 3}},
	"MINISTRY":          {{role: "analyst", count: 2}},
	"HUB":               {{role: "dpo", count: 1}, {role: "administrator", count: 1}},
}

// employ fills the posts of an agency.
func (w *world) employ(r random, a *agency, count int) {
	for _, post := range staffing[a.kind] {
		n := post.count
		if post.grows {
			n = max(n, count/1000)
		}
		for range n {
			w.hire(r, a, post.role)
		}
	}
}

func (w *world) hire(r random, a *agency, role string) {
	a.staff[role] = append(a.staff[role], w.invent(r, a, role))
}

func (w *world) invent(r random, a *agency, role string) *person {
	p := &person{id: r.id(), agency: a, name: r.fullName(oneOf(r, families), r.chance(40)), roles: []string{role}}
	w.people = append(w.people, p)
	return p
}

// dismiss leaves a former inspector in every police department: once on care teams, admitted no more.
func (w *world) dismiss(r random, a *agency) {
	if a.kind == "POLICE" {
		a.former = w.invent(r, a, "police_inspector")
		a.former.leftAt = days(w.today, -r.between(200, 400))
	}
}

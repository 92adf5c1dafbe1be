package portal

import "cmp"

// page is a document and a template of the same name. Where roles see different fields of the same thing, each has its own.
type page struct {
	path  string
	asked bool              // takes what a form asks, so that nothing of it stands in an address
	menu  bool              // stands in the menu
	of    map[string]string // the name by role
	every string            // the name for whoever has none by role
}

// pages in the order of the menu. The first that a role has is where it begins.
var pages = []page{
	{path: "/status", asked: true, menu: true, of: map[string]string{"court_clerk": "status"}},
	{path: "/hearings", menu: true, of: map[string]string{"court_clerk": "hearings", "judge": "sittings"}},
	{path: "/clients", asked: true, menu: true, of: map[string]string{"clinic_lawyer": "clients"}},
	{path: "/held", menu: true, of: map[string]string{"clinic_lawyer": "held"}},
	{path: "/tasks", asked: true, menu: true, of: map[string]string{"clinic_lawyer": "tasks"}},
	{path: "/notes", asked: true, menu: true, of: map[string]string{"clinic_lawyer": "notes"}},
	{path: "/conflict", asked: true, menu: true, of: map[string]string{"clinic_lawyer": "conflict"}},
	{path: "/centre", menu: true, of: map[string]string{"centre_manager": "centre"}},
	{path: "/waiting", asked: true, menu: true, of: map[string]string{"centre_manager": "waiting"}},
	{path: "/today", menu: true, of: map[string]string{"social_worker": "today", "psychologist": "today"}},
	{path: "/week", asked: true, menu: true, of: map[string]string{"social_worker": "week", "psychologist": "week"}},
	{path: "/children", asked: true, menu: true, of: map[string]string{"centre_manager": "roster", "social_worker": "children", "psychologist": "children", "police_inspector": "supervised"}},
	{path: "/referrals", asked: true, menu: true, of: map[string]string{"social_worker": "referrals"}},
	{path: "/overdue", menu: true, of: map[string]string{"centre_manager": "overdue", "social_worker": "overdue"}},
	{path: "/cases", asked: true, menu: true, of: map[string]string{"police_inspector": "docket", "prosecutor": "docket", "judge": "docket", "commission_secretary": "docket", "commission_member": "docket"}},
	{path: "/entries", asked: true, menu: true, of: map[string]string{"police_inspector": "entries"}},
	{path: "/child/{child}", of: map[string]string{"clinic_lawyer": "client", "social_worker": "child", "psychologist": "patient", "centre_manager": "ward",
		"police_inspector": "case_supervision", "prosecutor": "case_prosecution", "judge": "case_court", "commission_secretary": "case_commission", "commission_member": "case_member"}},
	{path: "/refer/{child}", asked: true, of: map[string]string{"centre_manager": "refer", "social_worker": "refer"}},
	{path: "/sharing/{child}", asked: true, of: map[string]string{"social_worker": "sharing", "clinic_lawyer": "sharing"}},
	{path: "/log/{child}", asked: true, of: map[string]string{"clinic_lawyer": "log", "social_worker": "log", "dpo": "report"}},
	{path: "/missions", asked: true, menu: true, of: map[string]string{"centre_manager": "missions", "social_worker": "missions", "psychologist": "missions", "clinic_lawyer": "missions"}},
	{path: "/plan-mission", asked: true, of: map[string]string{"centre_manager": "plan_mission"}},
	{path: "/mission/{day}", of: map[string]string{"centre_manager": "mission", "social_worker": "mission", "psychologist": "mission_talks", "clinic_lawyer": "mission"}},
	{path: "/emergencies", menu: true, of: map[string]string{"dpo": "emergencies"}},
	{path: "/due", menu: true, of: map[string]string{"dpo": "due"}},
	{path: "/find", asked: true, menu: true, of: map[string]string{"dpo": "find"}},
	{path: "/consents", asked: true, menu: true, of: map[string]string{"dpo": "consents"}},
	{path: "/access", menu: true, every: "access"},
}

// Paths are those of all pages, with names in braces for what differs.
func Paths() []string {
	all := make([]string, len(pages))
	for i, g := range pages {
		all[i] = g.path
	}
	return all
}

// Path and Name are what the menu needs of a page; the name is empty where the role has no such page.
func (g page) Path() string { return g.path }
func (g page) Name(role string) string {
	if role == "" { // nobody is signed in
		return ""
	}
	return cmp.Or(g.of[role], g.every)
}

// menu is what a role finds in it.
func menu(role string) []page {
	var all []page
	for _, g := range pages {
		if g.menu && g.Name(role) != "" {
			all = append(all, g)
		}
	}
	return all
}

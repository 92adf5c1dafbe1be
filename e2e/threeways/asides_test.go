package threeways

import (
	"fmt"
	"math/rand/v2"

	"github.com/google/uuid"
)

// readings make the access log, from a random source of their own: what else there is stays as it was.
func (g *generator) readings() {
	defer g.aside(0)()
	for _, child := range g.rows["child"] {
		g.readingsOf(child)
	}
}

// aside has what follows drawn from a random source of its own, until it is called off.
func (g *generator) aside(stream uint64) (off func()) {
	first := uuid.MustParse(g.rows["child"][0]["id"].(string))
	shared := g.Rand
	g.Rand = rand.New(rand.NewPCG(uint64(first.ID()), stream))
	return func() { g.Rand = shared }
}

// readingsOf are those of a child alone and of its cases.
func (g *generator) readingsOf(child row) {
	files := from(g.rows["case_file"], "child_id", child["id"].(string))
	for i := range 2 + g.IntN(4) {
		g.keep("access_log", g.entry(g.anyAgency(), row{
			"child_id": child["id"], "case_id": one(g, g.caseAmong(files), nil), "role": g.text(), "purpose": fmt.Sprint(g.text(), i), "day": g.pastDay(), "first_at": g.past(), "last_at": g.past(),
			"times": g.IntN(9), "kinds": some(g, 0.5, []string{"NAME", "HOME", "CASE"}), "in_azerbaijani": g.text(), "in_russian": g.text(), "in_english": g.text(),
		}))
	}
}

// harms makes reports by persons of every role that may write one, from a random source of their own.
func (g *generator) harms() {
	defer g.aside(3)()
	reporters := g.staffWith("police_officer", "police_inspector", "prosecutor", "judge", "commission_secretary", "commission_member", "centre_manager", "social_worker", "psychologist",
		"clinic_lawyer", "defence_lawyer", "school_focal_point", "activity_provider", "assistance_officer", "facility_registrar", "monitor")
	for _, child := range g.rows["child"] {
		for _, s := range some(g, 0.6, reporters) {
			r := g.entry(g.agencyOf(s), row{
				"child_id": child["id"], "reported_at": g.past(), "kind": one(g, "VIOLENCE", "NEGLECT", "RISK"), "noticed_at": g.past(), "imminent": g.chance(0.5), "account": g.text(),
				"about_id": one[any](g, nil, nil, one(g, reporters...)), "note_id": nil, "recipient_id": one(g, g.agenciesOf("DIVERSION_CENTRE", "POLICE")...),
				"answered_at": g.ended(0.4), "answered_by_id": one(g, g.staffWith("centre_manager")...),
			})
			r["author_id"] = s
			g.keep("harm_report", r)
		}
	}
}

// boards brings commissions into the cases that are before one, from a random source of their own.
func (g *generator) boards() {
	defer g.aside(6)()
	for _, c := range from(g.rows["case_file"], "stage", "COMMISSION") {
		for _, agency := range some(g, 0.7, g.agenciesOf("COMMISSION")) {
			g.keep("case_party", g.of(c, agency, row{"capacity": "COMMISSION", "since": g.pastDay(), "ended_at": nil}))
		}
	}
}

// emergencies has every manager open some children, from a random source of their own.
func (g *generator) emergencies() {
	defer g.aside(7)()
	for _, s := range g.staffWith("centre_manager") {
		for _, child := range some(g, 0.5, g.rows["child"]) {
			g.emergency(child, s, g.past(), g.future(), 0.6)
		}
	}
}

// powers has mandates be signed, agreed for a time, and shown in cases of the child, from a random source of their own.
func (g *generator) powers() {
	defer g.aside(2)()
	for _, m := range g.rows["legal_mandate"] {
		m["capacity"], m["signed_on"], m["until"] = one(g, "COUNSEL", "SUPERVISOR"), g.anyDay(), g.anyDay()
		for _, c := range from(g.rows["case_file"], "child_id", m["child_id"].(string)) {
			if g.chance(0.7) {
				g.keep("power_of_attorney", g.of(c, m["agency_id"].(string), row{"mandate_id": m["id"], "lawyer_id": m["lawyer_id"], "shown_at": g.past(), "ended_at": g.ended(0.3)}))
			}
		}
	}
}

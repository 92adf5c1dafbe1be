package threeways

import (
	"fmt"
	"slices"

	"korpu/internal/demo/country"
	"korpu/policy"
)

// held lists the kinds of agencies with the roles that their staff hold.
var held = []struct {
	kind  string
	roles []string
}{
	{"POLICE", []string{"police_officer", "police_inspector"}},
	{"PROSECUTION", []string{"prosecutor"}},
	{"COURT", []string{"judge", "court_clerk"}},
	{"COMMISSION", []string{"commission_secretary", "commission_member"}},
	{"DIVERSION_CENTRE", []string{"centre_manager", "social_worker", "psychologist"}},
	{"LEGAL_CLINIC", []string{"clinic_lawyer"}},
	{"BAR", []string{"defence_lawyer"}},
	{"SCHOOL", []string{"school_focal_point"}},
	{"PROVIDER", []string{"activity_provider"}},
	{"SOCIAL_ASSISTANCE", []string{"assistance_officer"}},
	{"DETENTION_PLACE", []string{"facility_registrar"}},
	{"MONITORING", []string{"monitor"}},
	{"MINISTRY", []string{"analyst"}},
	{"HUB", []string{"administrator", "dpo"}},
}

// subjects makes districts, two agencies of each kind, and their staff.
func (g *generator) subjects() {
	for i := range 4 {
		g.keep("district", row{"id": g.id(), "code": fmt.Sprint("D", i), "name": g.text(), "city": g.text()})
	}
	for _, h := range held {
		for i := range 2 {
			a := g.keep("agency", row{"id": g.id(), "code": fmt.Sprint(h.kind, "-", i), "name": g.text(), "kind": h.kind,
				"district_id": one(g, ids(g.rows["district"])...), "suspended_at": nil})
			g.catchment(a)
			g.staffOf(a, h.roles)
		}
	}
	g.capacities()
	g.missions()
	g.offers()
	g.clients()
}

// capacities are of the centres: one that holds, and one to come.
func (g *generator) capacities() {
	for _, centre := range g.agenciesOf("DIVERSION_CENTRE") {
		next := g.futureDay()
		g.keep("centre_capacity", g.entry(centre, row{"places": g.IntN(200), "since": "2001-01-01", "until": next}))
		g.keep("centre_capacity", g.entry(centre, row{"places": g.IntN(200), "since": next, "until": nil}))
	}
}

// missions are of the centres, with some who travel.
func (g *generator) missions() {
	for _, centre := range g.agenciesOf("DIVERSION_CENTRE") {
		for range 2 {
			m := g.add("mission", g.entry(centre, row{"district_id": one(g, ids(g.rows["district"])...), "purpose": g.text(), "starts_on": "2025-01-01", "ends_on": "2027-01-01",
				"grace_days": g.IntN(8), "ended_at": g.past()}))
			for _, s := range some(g, 0.5, slices.Compact(slices.Sorted(slices.Values(g.staffWith("social_worker", "psychologist", "clinic_lawyer"))))) {
				g.keep("mission_member", g.entry(centre, row{"mission_id": m["id"], "staff_id": s}))
			}
		}
	}
}

// offers are what services offer to children: what held, and what holds.
func (g *generator) offers() {
	for _, a := range g.agenciesOf("DIVERSION_CENTRE", "SCHOOL", "PROVIDER", "SOCIAL_ASSISTANCE") {
		for _, since := range []string{"2001-01-01", g.pastDay()} {
			g.keep("service_offer", g.entry(a, row{
				"service": one(g, "PROGRAMME", "SCHOOL", "SPORT"), "district_id": one(g, ids(g.rows["district"])...), "city": g.text(), "based": one(g, "LOCAL", "BAKU"),
				"languages": some(g, 0.5, []string{"az", "ru"}), "places": g.IntN(200), "ages_from": g.IntN(12), "ages_to": 12 + g.IntN(12), "since": since, "until": one[any](g, nil, g.futureDay()),
			}))
		}
	}
}

func (g *generator) catchment(agency row) {
	for _, d := range ids(g.rows["district"]) {
		if g.chance(0.2) {
			continue
		}
		since, until := g.days()
		g.keep("agency_district", row{"agency_id": agency["id"], "district_id": d, "since": since, "until": until})
	}
}

// staffOf makes one or two persons for each role, who may hold another role too, and one who has left.
func (g *generator) staffOf(agency row, roles []string) {
	for _, role := range roles {
		for range 1 + g.IntN(2) {
			s := g.person(agency, nil)
			g.keep("staff_role", row{"staff_id": s["id"], "role": role, "ended_at": nil})
			if other := one(g, roles...); other != role {
				g.keep("staff_role", row{"staff_id": s["id"], "role": other, "ended_at": g.ended(0.5)})
			}
		}
	}
	gone := g.person(agency, g.past())
	g.keep("staff_role", row{"staff_id": gone["id"], "role": roles[0], "ended_at": nil})
}

func (g *generator) person(agency row, left any) row {
	return g.keep("staff", row{"id": g.id(), "agency_id": agency["id"], "name": g.text(), "post": one[any](g, nil, g.text()), "left_at": left})
}

// clients gives the systems that the tests' issuer knows to agencies of this database, open for all that their staff do.
func (g *generator) clients() {
	for i, c := range country.Clients() {
		a := g.rows["agency"][2*i]
		g.keep("client", row{"id": g.id(), "client_id": c.ID, "agency_id": a["id"], "roles": held[i].roles, "purposes": purposesOf(held[i].roles), "suspended_at": nil})
	}
}

// staffWith are the persons who hold one of the roles, or held it.
func (g *generator) staffWith(roles ...string) []string {
	var list []string
	for _, r := range from(g.rows["staff_role"], "role", roles...) {
		list = append(list, r["staff_id"].(string))
	}
	return list
}

// agencyOf is the agency of a person.
func (g *generator) agencyOf(staff string) string {
	return from(g.rows["staff"], "id", staff)[0]["agency_id"].(string)
}

// agenciesOf are the agencies of the kinds.
func (g *generator) agenciesOf(kinds ...string) []string {
	return ids(from(g.rows["agency"], "kind", kinds...))
}

// identities lets every person sign in with an issuer, and lets the systems be known to it.
func (g *generator) identities(issuer string) {
	for _, s := range ids(g.rows["staff"]) {
		g.keep("staff_identity", row{"issuer": issuer, "subject": s, "staff_id": s})
	}
	for _, c := range g.rows["client"] {
		c["issuer"] = issuer
	}
}

func purposesOf(roles []string) []string {
	var all []string
	for _, name := range roles {
		role, _ := policy.RoleNamed(name)
		all = append(all, role.Purposes...)
	}
	return all
}

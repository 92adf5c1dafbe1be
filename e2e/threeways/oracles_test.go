package threeways

import (
	"slices"
	"time"

	"korpu/policy"
)

// question is what an oracle is asked: does a condition hold for this row, this asker, and the class of data in question?
type question struct {
	*world
	asker
	record *policy.Record
	row    row
	class  string
}

// oracles judge each condition of the registry by its sentence. They know nothing of its SQL, nor of anchors.
var oracles = map[string]func(question) policy.Truth{
	"own_agency":         ownAgency,
	"author":             author,
	"party":              party,
	"child_party":        childParty,
	"own_court":          ownCourt,
	"own_hearing":        ownHearing,
	"assigned":           assigned,
	"since_assigned":     func(q question) policy.Truth { return is(q.sinceAssigned()) },
	"counsel":            counsel,
	"referred":           referred,
	"receiver":           receiver,
	"own_referral":       func(q question) policy.Truth { return is(q.ownReferral()) },
	"own_centre":         ownAgency,
	"own_offer":          ownAgency,
	"for_authority":      func(q question) policy.Truth { return is(q.row["for_authority"] == true && q.inForce()) },
	"own_task":           func(q question) policy.Truth { return is(q.row["provider_id"] == q.agency && q.inForce()) },
	"filed":              func(q question) policy.Truth { return is(q.row["filed_on"] != nil) },
	"psychological":      func(q question) policy.Truth { return is(q.row["domain"] == "PSYCHOLOGICAL") },
	"on_mission":         func(q question) policy.Truth { return is(q.onMission()) },
	"own_relation":       func(q question) policy.Truth { return is(q.ownRelation()) },
	"own_load":           func(q question) policy.Truth { return is(q.row["staff_id"] == q.staff) },
	"holder":             holder,
	"own_facility":       ownFacility,
	"own_stay":           func(q question) policy.Truth { return is(q.ownStay()) },
	"jurisdiction":       jurisdiction,
	"investigation_open": func(q question) policy.Truth { return q.stage("INVESTIGATION") },
	"prosecution_open":   func(q question) policy.Truth { return q.stage("INVESTIGATION", "PROSECUTION") },
	"court_open":         func(q question) policy.Truth { return q.stage("COURT") },
	"commission_open":    commissionOpen,
	"signed":             signed,
	"consented":          consented,
	"temporary":          temporary,
	"emergency":          func(q question) policy.Truth { return is(q.inEmergency("")) },
	"emergency_class":    func(q question) policy.Truth { return is(q.inEmergency(q.class)) },
	"recipient":          recipient,
	"reported_about":     func(q question) policy.Truth { return is(q.row["about_id"] == q.staff) },
	"second_person":      func(q question) policy.Truth { return is(q.row["author_id"] != q.staff) },
	"visit_window":       visitWindow,
	"protected":          protected,
	"sealed":             sealed,
	"unopened":           unopened,
}

func is(b bool) policy.Truth {
	if b {
		return policy.True
	}
	return policy.False
}

// file is the case that the row is or belongs to; nil where it belongs to none.
func (q question) file() row {
	if q.record.Name == "Case" {
		return q.row
	}
	return q.at("case_file", q.row["case_id"])
}

func (q question) child() row {
	if q.record.Name == "Child" {
		return q.row
	}
	return q.at("child", q.row["child_id"])
}

// ofCase tells whether the question is about a case, rather than about a child as such.
func (q question) ofCase() bool {
	return q.record.Anchor == policy.AnchorCase || q.record.Anchor == policy.AnchorChildWithCase
}

// The caller's agency entered the record.
func ownAgency(q question) policy.Truth { return is(q.row["agency_id"] == q.agency) }

// The caller wrote the entry.
func author(q question) policy.Truth { return is(q.row["author_id"] == q.staff) }

// The caller's agency is a live party to the case; for a child as such, to one that is not sealed.
func party(q question) policy.Truth {
	if !q.ofCase() {
		return childParty(q)
	}
	if q.file() == nil {
		return policy.Unknown
	}
	return is(q.isParty(q.file()))
}

// The caller's agency is a live party to a case of the child, sealed ones left out, and those of the adult that the child became.
func childParty(q question) policy.Truth {
	return is(slices.ContainsFunc(q.where("case_file", row{"child_id": q.child()["id"], "sealed_at": nil}), func(file row) bool { return q.isParty(file) && !q.ofAdult(file) }))
}

// ofAdult tells whether all acts of a case were at eighteen or later.
func (q question) ofAdult(file row) bool {
	acts := q.where("allegation", row{"child_id": file["child_id"], "case_id": file["id"]})
	return len(acts) > 0 && !slices.ContainsFunc(acts, func(act row) bool { return act["age_at_act"].(float64) < 18 })
}

// It was given to the caller's agency.
func recipient(q question) policy.Truth { return is(q.row["recipient_id"] == q.agency) }

func (q question) isParty(file row) bool {
	return len(q.where("case_party", row{"child_id": file["child_id"], "case_id": file["id"], "agency_id": q.agency, "ended_at": nil})) > 0
}

// The case is for the caller's court, which is a live party to it. Which court it is for may not be on record.
func ownCourt(q question) policy.Truth {
	if q.file() == nil || q.file()["court_id"] == nil {
		return policy.Unknown
	}
	return is(q.file()["court_id"] == q.agency && q.isParty(q.file()))
}

// It is a hearing before the caller's court, which is a live party to the case.
func ownHearing(q question) policy.Truth {
	switch {
	case q.row["kind"] != "HEARING" || !q.isParty(q.file()):
		return policy.False
	case q.row["decider_id"] == nil:
		return policy.Unknown
	}
	return is(q.row["decider_id"] == q.agency)
}

// The caller is on the child's care team.
func assigned(q question) policy.Truth {
	return is(len(q.where("care_team_member", row{"child_id": q.child()["id"], "staff_id": q.staff, "left_at": nil})) > 0)
}

// The row is of a day on which the caller was on the care team already, as one of its present members.
func (q question) sinceAssigned() bool {
	day := q.row.time("at").UTC().Truncate(24 * time.Hour)
	return slices.ContainsFunc(q.where("care_team_member", row{"child_id": q.child()["id"], "staff_id": q.staff, "left_at": nil}), func(m row) bool { return !m.time("since").After(day) })
}

// The caller is the child's lawyer under a live mandate.
func counsel(q question) policy.Truth {
	return is(len(q.where("legal_mandate", row{"child_id": q.child()["id"], "lawyer_id": q.staff, "ended_at": nil})) > 0)
}

// The caller's agency holds a live referral of the child.
func referred(q question) policy.Truth {
	return is(slices.ContainsFunc(q.where("referral", row{"child_id": q.child()["id"], "receiver_id": q.agency}), isLive))
}

func isLive(referral row) bool {
	return referral["status"] == "SENT" || referral["status"] == "ACCEPTED" || referral["status"] == "ACTIVE"
}

// A live referral is addressed to the caller's agency.
func receiver(q question) policy.Truth {
	return is(q.row["receiver_id"] == q.agency && isLive(q.row))
}

// The referral that the row is about was accepted by the caller's agency.
func (q question) ownReferral() bool {
	r := q.at("referral", q.row["referral_id"])
	return r != nil && r["receiver_id"] == q.agency && (r["status"] == "ACCEPTED" || r["status"] == "ACTIVE")
}

// The helper works for the caller's agency, or is whom to ask first.
func (q question) ownRelation() bool {
	return q.at("staff", q.row["staff_id"])["agency_id"] == q.agency || q.row["responsible"] == true
}

// The caller takes part in the mission that the row is, or belongs to.
func (q question) onMission() bool {
	of := q.row["mission_id"]
	if q.record.Name == "Mission" {
		of = q.row["id"]
	}
	return len(q.where("mission_member", row{"mission_id": of, "staff_id": q.staff})) > 0
}

// The plan that the row belongs to is in force.
func (q question) inForce() bool {
	plan := q.at("care_plan", q.row["plan_id"])
	return plan["status"] == "ACTIVE" && !plan.time("ends_on").Before(q.now.UTC().Truncate(24*time.Hour))
}

// The child is held in the caller's facility.
func holder(q question) policy.Truth { return is(q.holds(q.agency)) }

func (q question) holds(facility any) bool {
	return len(q.where("detention_episode", row{"child_id": q.child()["id"], "facility_id": facility, "released_at": nil})) > 0
}

// The child is held in the caller's facility on this record.
func ownFacility(q question) policy.Truth {
	return is(q.row["facility_id"] == q.agency && q.row["released_at"] == nil)
}

// The district, of the case or else of the child, is served by the caller's agency.
func jurisdiction(q question) policy.Truth {
	of := q.child()
	if q.ofCase() {
		of = q.file()
	}
	if of == nil {
		return policy.Unknown
	}
	today := q.now.UTC().Truncate(24 * time.Hour)
	return is(slices.ContainsFunc(q.where("agency_district", row{"agency_id": q.agency, "district_id": of["district_id"]}), func(d row) bool {
		return !d.time("since").After(today) && (d["until"] == nil || d.time("until").After(today))
	}))
}

// The case is at a stage.
func (q question) stage(open ...string) policy.Truth {
	if q.file() == nil {
		return policy.Unknown
	}
	return is(slices.Contains(open, q.file()["stage"].(string)))
}

// The case is before the commission; for a child as such, one that is not sealed and that the caller's agency is a party to.
func commissionOpen(q question) policy.Truth {
	if q.ofCase() {
		return q.stage("COMMISSION")
	}
	open := q.where("case_file", row{"child_id": q.child()["id"], "sealed_at": nil, "stage": "COMMISSION"})
	return is(slices.ContainsFunc(open, func(file row) bool { return q.isParty(file) && !q.ofAdult(file) }))
}

// The note is signed.
func signed(q question) policy.Truth { return is(q.row["signed_at"] != nil) }

// A live consent covers this class of data, the caller's agency and the purpose. One that the child or guardian refused at
// the same time is none, and an assent alone is none. Nor is it one where the child's latest answer is no, not yet, or yes
// without this class.
func consented(q question) policy.Truth {
	given, refused := false, false
	for _, c := range q.where("consent", row{"child_id": q.child()["id"], "recipient_id": q.agency}) {
		if !c.lists("classes", q.class) || !c.lists("purposes", q.purpose) || !q.live(c, "valid_from", "valid_until") || c["withdrawn_at"] != nil && !c.time("withdrawn_at").After(q.now) {
			continue
		}
		refused = refused || c["decision"] == "REFUSED"
		given = given || c["decision"] == "GIVEN" && c["kind"] == "CONSENT"
	}
	return is(given && !refused && !q.dissents())
}

// dissents tells whether the child was asked, and has not said yes at last: of answers at one moment any but a yes counts.
func (q question) dissents() bool {
	var latest time.Time
	dissents := false
	for _, a := range q.where("assent", row{"child_id": q.child()["id"], "recipient_id": q.agency}) {
		at := a.time("answered_at")
		if !a.lists("classes", q.class) || !a.lists("purposes", q.purpose) || at.After(q.now) || at.Before(latest) {
			continue
		}
		no := a["answer"] != "YES" || a.lists("refused_classes", q.class)
		dissents = no || dissents && at.Equal(latest)
		latest = at
	}
	return dissents
}

func (r row) lists(column, value string) bool { return slices.Contains(r[column].([]any), any(value)) }

// live tells whether now is within a time, the first moment included and the last not; one without end goes on.
func (q question) live(r row, from, until string) bool {
	return !r.time(from).After(q.now) && (r[until] == nil || r.time(until).After(q.now))
}

// A grant gives the caller access to the child at this time.
func temporary(q question) policy.Truth {
	return is(slices.ContainsFunc(q.where("access_grant", row{"child_id": q.child()["id"], "staff_id": q.staff}), func(g row) bool {
		return q.live(g, "starts_at", "ends_at")
	}))
}

// The stay that the row is about is in the caller's register, and goes on.
func (q question) ownStay() bool {
	stay := q.at("detention_episode", q.row["detention_id"])
	return stay != nil && stay["facility_id"] == q.agency && stay["released_at"] == nil
}

// The caller has opened the child, and the class where one is named, in an emergency that lasts and was not ended.
func (q question) inEmergency(class string) bool {
	return slices.ContainsFunc(q.where("emergency_access", row{"child_id": q.child()["id"], "author_id": q.staff}), func(e row) bool {
		return e["ended_at"] == nil && q.live(e, "starts_at", "ends_at") && (class == "" || e.lists("classes", class))
	})
}

// The caller visits the facility at this time: that of the stay, or else the one that holds the child.
func visitWindow(q question) policy.Truth {
	return is(slices.ContainsFunc(q.where("monitoring_visit", row{"staff_id": q.staff}), func(v row) bool {
		there := q.row["facility_id"] == v["facility_id"]
		if q.record.Name != "DetentionEpisode" {
			there = q.holds(v["facility_id"])
		}
		return there && q.live(v, "starts_at", "ends_at")
	}))
}

// A protection order stands, or it is not known whether one does.
func protected(q question) policy.Truth {
	stands, known := q.child()["under_protection"].(bool)
	if !known {
		return policy.Unknown
	}
	return is(stands)
}

// The record is sealed: its case is, or its child with all that belongs to it.
func sealed(q question) policy.Truth {
	return is(q.child()["sealed_at"] != nil || q.file() != nil && q.file()["sealed_at"] != nil)
}

// No order opens the sealed record to the caller at this time: an order is on one case, and on the child for the sake of it.
func unopened(q question) policy.Truth {
	of := row{"person_id": q.staff, "opens_child_id": q.child()["id"]}
	if q.ofCase() {
		if q.file() == nil {
			return policy.True
		}
		of["opens_case_id"] = q.file()["id"]
	}
	return is(!slices.ContainsFunc(q.where("unseal_order", of), func(o row) bool { return o.time("until").After(q.now) }))
}

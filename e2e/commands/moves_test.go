package commands

var stages = []string{"INVESTIGATION", "PROSECUTION", "COURT", "COMMISSION", "DIVERSION", "CLOSED"}

// authorities decide on a case while it is before them (Beijing Rules 6 and 11; Law 336-IIG).
var authorities = who{
	"prosecutor-sumgayit": at("INVESTIGATION", "PROSECUTION"), "judge-sumgayit": at("COURT"),
	"secretary-sumgayit": both(at("COMMISSION"), isBefore),
}

func withPolice(others who) who {
	all := who{"officer-sumgayit": at("INVESTIGATION")}
	for person, may := range others {
		all[person] = may
	}
	return all
}

// The centre runs a programme (General Comment 24, 18): its manager as a party, the child's worker as one of the care team.
var (
	managed  = who{"manager": centreIsParty}
	cared    = who{"manager": centreIsParty, "social-worker": always}
	received = who{"coach-sumgayit": live}
	counsel  = who{"lawyer": hasCounsel}
)

// moves are all steps of all machines.
func moves() []move {
	all := append(caseMoves(), referralMoves()...)
	for range 3 { // for its way is the longest
		all = append(all, diversionMoves()...)
	}
	all = append(all, clinicMoves()...)
	all = append(all, expungementMoves()...)
	all = append(all, hearingMoves()...)
	all = append(all, planMoves()...)
	return append(all, registerMoves()...)
}

// hearingMoves are those of a hearing, which the registry schedules while the case is before the court.
func hearingMoves() []move {
	registry := who{"clerk-sumgayit": always, "judge-sumgayit": always}
	return []move{
		{machine: "hearing", command: "scheduleHearingByNumber", makes: true, from: []string{"", "CANCELLED"}, by: who{"clerk-sumgayit": at("COURT")}, then: func(p *paper) { p.Hearing = "SCHEDULED" }},
		{machine: "hearing", command: "moveHearing", from: []string{"SCHEDULED"}, by: registry, then: func(*paper) {}},
		{machine: "hearing", command: "cancelHearing", from: []string{"SCHEDULED"}, by: registry, then: func(p *paper) { p.Hearing = "CANCELLED" }},
	}
}

func caseMoves() []move {
	var all []move
	for _, to := range stages {
		m := move{machine: "case", command: "moveCase", seldom: true, from: stages[:5], by: withPolice(authorities), stage: to, then: func(p *paper) { p.Stage = to }}
		if to == "DIVERSION" { // which a case reaches by a diversion that starts
			m.from = nil
		}
		all = append(all, m)
	}
	return all
}

func diversionMoves() []move {
	step := func(command string, by who, to string, from ...string) move {
		return move{machine: "diversion", command: command, from: from, by: by, then: func(p *paper) { p.Diversion = to }}
	}
	starts := func(m move) move {
		m.then = func(p *paper) { p.Diversion, p.Stage = "ACTIVE", "DIVERSION" }
		m.prevents = at("CLOSED")
		return m
	}
	seldom := func(m move) move {
		m.seldom = true
		return m
	}
	fails := func(m move) move {
		end := m.then
		m.then = func(p *paper) {
			end(p)
			if p.Stage == "DIVERSION" {
				p.Stage = "PROSECUTION"
			}
		}
		return m
	}
	propose := step("proposeDiversion", withPolice(authorities), "PROPOSED", "")
	propose.makes, propose.onlyOnce = true, true
	complete := step("completeDiversion", managed, "COMPLETED", "ACTIVE")
	complete.then = func(p *paper) { p.Diversion, p.Stage = "COMPLETED", "CLOSED" }
	return []move{
		propose, complete,
		step("screenDiversion", managed, "SCREENED", "PROPOSED"),
		seldom(step("declareIneligible", managed, "INELIGIBLE", "PROPOSED", "SCREENED")),
		seldom(step("declineDiversion", authorities, "DECLINED", "PROPOSED", "SCREENED", "AGREED")),
		step("agreeDiversion", cared, "AGREED", "SCREENED"),
		step("orderDiversion", authorities, "ORDERED", "AGREED"),
		starts(step("startDiversion", cared, "", "ORDERED")),
		step("suspendDiversion", cared, "SUSPENDED", "ACTIVE"),
		starts(step("resumeDiversion", cared, "", "SUSPENDED")),
		fails(seldom(step("withdrawFromDiversion", cared, "WITHDRAWN_BY_CHILD", "AGREED", "ORDERED", "ACTIVE", "SUSPENDED"))),
		fails(step("endDiversion", managed, "ENDED_NOT_COMPLETED", "ACTIVE", "SUSPENDED")),
	}
}

func referralMoves() []move {
	step := func(command string, by who, to string, from ...string) move {
		return move{machine: "referral", command: command, from: from, by: by, then: func(p *paper) { p.Referral = to }}
	}
	refer := step("refer", cared, "SENT", "", "COMPLETED", "REJECTED", "REVOKED")
	refer.makes = true
	return []move{
		refer,
		step("acceptReferral", received, "ACCEPTED", "SENT"),
		step("rejectReferral", received, "REJECTED", "SENT"),
		step("startService", received, "ACTIVE", "ACCEPTED"),
		step("completeReferral", received, "COMPLETED", "ACCEPTED", "ACTIVE"),
		step("revokeReferral", who{"manager": always, "social-worker": always}, "REVOKED", "SENT", "ACCEPTED", "ACTIVE"),
	}
}

// clinicMoves are those of mandate, privileged note and consent (CRC 40(2)(b)(ii); Law on Personal Data, article 8).
func clinicMoves() []move {
	consenting := who{"social-worker": always, "lawyer": hasCounsel}
	return []move{
		{machine: "mandate", command: "takeMandate", makes: true, from: []string{"", "ENDED"}, by: who{"lawyer": always}, then: func(p *paper) { p.Mandate = "LIVE" }},
		{machine: "mandate", command: "endMandate", from: []string{"LIVE"}, by: counsel, then: func(p *paper) { p.Mandate = "ENDED" }},
		{machine: "note", command: "writeNote", makes: true, from: []string{"", "SIGNED"}, by: counsel, then: func(p *paper) { p.Note = "DRAFT" }},
		{machine: "note", command: "rewriteNote", from: []string{"DRAFT"}, by: counsel, then: func(*paper) {}},
		{machine: "note", command: "signNote", from: []string{"DRAFT"}, by: counsel, then: func(p *paper) { p.Note = "SIGNED" }},
		{machine: "consent", command: "giveConsent", makes: true, from: []string{"", "WITHDRAWN"}, by: consenting, then: func(p *paper) { p.Consent = "GIVEN" }},
		{machine: "consent", command: "narrowConsent", from: []string{"GIVEN"}, by: consenting, then: func(*paper) {}},
		{machine: "consent", command: "withdrawConsent", from: []string{"GIVEN"}, by: consenting, then: func(p *paper) { p.Consent = "WITHDRAWN" }},
	}
}

// planMoves are those of a care plan (CRC 3 and 12): the worker agrees it with the child, the manager of a centre that is a party approves it.
func planMoves() []move {
	step := func(command string, by who, to string, from ...string) move {
		return move{machine: "plan", command: command, from: from, by: by, then: func(p *paper) { p.Plan = to }}
	}
	worker := who{"social-worker": always}
	draft := step("draftPlan", worker, "DRAFT", "", "CLOSED")
	draft.makes = true
	closes := step("closePlan", cared, "CLOSED", "DRAFT", "AGREED", "ACTIVE")
	closes.seldom = true
	return []move{
		draft, closes, step("agreePlan", worker, "AGREED", "DRAFT"), step("returnPlan", managed, "DRAFT", "AGREED"), step("approvePlan", managed, "ACTIVE", "AGREED"),
	}
}

// registerMoves are those of a further party and of the register of detention (Havana Rules 20 and 21).
func registerMoves() []move {
	committing := who{"officer-sumgayit": always, "prosecutor-sumgayit": always, "judge-sumgayit": always, "secretary-sumgayit": isBefore}
	adding := withPolice(authorities)
	delete(adding, "secretary-sumgayit") // as a party it needs no adding
	return []move{
		{machine: "party", command: "addParty", makes: true, from: []string{"", "ENDED"}, by: adding, then: func(p *paper) { p.Party = "LIVE" }},
		{machine: "party", command: "endParty", from: []string{"LIVE"}, by: who{"secretary-sumgayit": always}, then: func(p *paper) { p.Party = "ENDED" }},
		{machine: "stay", command: "admitToDetention", makes: true, from: []string{"", "RELEASED"}, by: committing, then: func(p *paper) { p.Stay = "HELD" }},
		{machine: "stay", command: "releaseFromDetention", from: []string{"HELD"}, by: who{"registrar-sumgayit": held}, then: func(p *paper) { p.Stay = "RELEASED" }},
	}
}

// expungementMoves are those of two officers (Havana Rules 19): the second is never the first.
func expungementMoves() []move {
	officers, second := who{}, who{}
	for _, name := range []string{"dpo", "dpo-two"} {
		officers[name], second[name] = always, func(p paper) bool { return p.Proposer != name }
	}
	return []move{
		{machine: "expungement", command: "proposeExpungement", makes: true, from: []string{"", "REFUSED"}, by: officers, then: func(p *paper) { p.Expungement = "PROPOSED" }},
		{machine: "expungement", command: "approveExpungement", from: []string{"PROPOSED"}, by: second, then: func(p *paper) { p.Expungement = "APPROVED" }},
		{machine: "expungement", command: "refuseExpungement", from: []string{"PROPOSED", "APPROVED"}, by: officers, then: func(p *paper) { p.Expungement = "REFUSED" }},
	}
}

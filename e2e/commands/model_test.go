package commands

import "slices"

// paper is what the model knows of the file of one child: the state of all that its machines move. It is written from the
// norms that the steps name, and asks neither the schema nor the policy.
type paper struct {
	Stage, Diversion, Referral, Mandate, Note, Consent, Party, Stay, Hearing, Plan string
	Expungement, Proposer                                                          string // of a sealed case
}

// verdict is what the model expects of a command.
type verdict string

const (
	carriedOut verdict = ""
	notOpen    verdict = "NOT_FOUND" // the person may not do it on this file now, or it is not there
	outdated   verdict = "CONFLICT"
	impossible verdict = "INVALID"
)

// who may take a step, by what the file is at.
type who map[string]func(paper) bool

// move is one step of a machine: from which states it leads, who takes it, and what the file becomes.
type move struct {
	machine, command string
	makes            bool // a record, rather than change one
	onlyOnce         bool // there is one for each case
	seldom           bool // taken, or machines would not get far
	from             []string
	by               who
	stage            string // the stage to which it moves the case, where the caller names one
	then             func(*paper)
	prevents         func(paper) bool // it is impossible for another reason than the state
}

// judgement is what a person is answered who takes the step, and what the file is afterwards.
func (m move) judgement(p paper, person string, seen bool) (verdict, paper) {
	may := m.by[person]
	switch {
	case may == nil || !may(p) || !m.makes && p.state(m.machine) == "":
		return notOpen, p
	case !m.makes && !seen:
		return outdated, p
	case m.makes && m.onlyOnce && p.state(m.machine) != "":
		return outdated, p
	case !slices.Contains(m.from, p.state(m.machine)) || m.prevents != nil && m.prevents(p):
		return impossible, p
	}
	m.then(&p)
	if m.command == "proposeExpungement" {
		p.Proposer = person
	}
	return carriedOut, p
}

func (p paper) state(machine string) string {
	return map[string]string{
		"case": p.Stage, "diversion": p.Diversion, "referral": p.Referral, "mandate": p.Mandate, "note": p.Note,
		"consent": p.Consent, "party": p.Party, "stay": p.Stay, "expungement": p.Expungement, "hearing": p.Hearing, "plan": p.Plan,
	}[machine]
}

func always(paper) bool { return true }

func at(stages ...string) func(paper) bool {
	return func(p paper) bool { return slices.Contains(stages, p.Stage) }
}

func both(one, other func(paper) bool) func(paper) bool {
	return func(p paper) bool { return one(p) && other(p) }
}

func hasCounsel(p paper) bool    { return p.Mandate == "LIVE" }
func isBefore(p paper) bool      { return p.Party == "LIVE" } // the commission is a party
func centreIsParty(p paper) bool { return p.Diversion != "" }

// live are the states in which a referral is open to its receiver.
func live(p paper) bool { return slices.Contains([]string{"SENT", "ACCEPTED", "ACTIVE"}, p.Referral) }

func held(p paper) bool { return p.Stay == "HELD" }

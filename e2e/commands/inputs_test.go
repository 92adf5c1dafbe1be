package commands

import (
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

func pick[T any](rng *rand.Rand, all []T) T { return all[rng.IntN(len(all))] }

var tables = map[string]string{
	"case": "case_file", "diversion": "diversion", "referral": "referral", "mandate": "legal_mandate", "note": "legal_note",
	"consent": "consent", "party": "case_party", "stay": "detention_episode", "expungement": "expungement", "hearing": "procedure_event", "plan": "care_plan",
}

// input is what a step needs: the record with the version that was seen, or one before it, and what the command asks for.
func (m *machinery) input(f *file, next move, seen bool) map[string]any {
	m.t.Helper()
	input := m.particulars(f, next)
	if next.makes {
		return input
	}
	input["id"], input["expectedVersion"] = f.ids[next.machine], 1
	if f.ids[next.machine] == "" {
		input["id"] = uuid.NewString()
		return input
	}
	version := value[int](m.place, "select version from korpu."+tables[next.machine]+" where id = $1", input["id"])
	if !seen {
		version--
	}
	input["expectedVersion"] = version
	return input
}

func (m *machinery) particulars(f *file, next move) map[string]any {
	now := time.Now().UTC().Format(time.RFC3339Nano)
	day := time.Now().UTC().AddDate(0, 1, 0).Format(time.DateOnly)
	switch next.command {
	case "moveCase":
		return map[string]any{"stage": next.stage}
	case "proposeDiversion":
		return map[string]any{"case": f.caseID, "responsible": m.agencies["BAK-CENTRE"], "evidenceSufficient": true, "legalGround": "General Comment 24, 18"}
	case "agreeDiversion":
		return map[string]any{
			"agreement": "Visits.", "acknowledgement": "It was me.", "legalAdviceTaken": true, "legalAdviceOffered": true,
			"legalAdviceBy": "A lawyer of the clinic", "legalAdviceOn": time.Now().UTC().Format(time.DateOnly), "acknowledgedFreely": true, "consequences": "The case goes on.",
			"startsOn": day, "endsOn": time.Now().UTC().AddDate(0, 7, 0).Format(time.DateOnly), "conditions": []any{map[string]any{"kind": "CENTRE_VISITS", "timesPerWeek": 2}},
		}
	case "orderDiversion":
		return map[string]any{"legalGround": "General Comment 24, 18", "reviewRightToldOn": time.Now().UTC().Format(time.DateOnly)}
	case "startDiversion", "resumeDiversion":
		return map[string]any{"nextReviewOn": day}
	case "refer":
		return map[string]any{"child": f.child, "receiver": m.agencies["SUM-SPORT"], "service": "SPORT"}
	case "rejectReferral":
		return map[string]any{"rejection": "DISTANCE"}
	case "takeMandate":
		return map[string]any{"child": f.child, "scope": "Defence"}
	case "writeNote":
		return map[string]any{"child": f.child, "title": "Talk", "body": "What was said."}
	case "rewriteNote":
		return map[string]any{"title": "Talk", "body": "What was said, again."}
	case "giveConsent":
		return map[string]any{"child": f.child, "kind": "CONSENT", "recipient": m.agencies["SUM-COURT"], "classes": []string{"HEALTH_SAFETY"}, "purposes": []string{"CASE_PROCEEDINGS"}}
	case "narrowConsent":
		return map[string]any{"classes": []string{"HEALTH_SAFETY"}, "purposes": []string{"CASE_PROCEEDINGS"}}
	case "addParty":
		return map[string]any{"case": f.caseID, "agency": m.agencies["SUM-COMMISSION"], "capacity": "COMMISSION"}
	case "draftPlan":
		return map[string]any{"case": f.caseID, "startsOn": day, "endsOn": time.Now().UTC().AddDate(0, 7, 0).Format(time.DateOnly), "reviewOn": day, "goals": []any{map[string]any{
			"domain": "SCHOOL", "goal": "To finish school.", "actions": []any{map[string]any{"provider": m.agencies["BAK-CENTRE"], "what": "Visits.", "startsOn": day}},
		}}}
	case "agreePlan":
		return map[string]any{"bestInterests": "Safety.", "decider": m.person("manager")}
	case "admitToDetention":
		return map[string]any{
			"child": f.child, "case": f.caseID, "facility": m.agencies["SUM-CUSTODY"], "placeKind": "POLICE_CUSTODY", "status": "PRE_SENTENCE",
			"orderNumber": "12", "ground": "An order.", "admittedAt": now,
		}
	case "proposeExpungement":
		return map[string]any{"due": f.sealed}
	case "refuseExpungement":
		return map[string]any{"reason": "A review goes on."}
	case "scheduleHearingByNumber":
		return map[string]any{"case": m.numbered(f.caseID), "at": day + "T10:00:00Z", "hearingKind": "MAIN"}
	case "moveHearing":
		return map[string]any{"at": day + "T12:00:00Z"}
	case "releaseFromDetention":
		return map[string]any{"releasedAt": now}
	}
	return map[string]any{}
}

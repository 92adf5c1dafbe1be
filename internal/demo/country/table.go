package country

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// table is a table of the hub as it is loaded: columns are written in this order.
type table struct {
	name    string
	ofCase  bool // rows carry case_id beside child_id
	columns []string
}

func plain(name, columns string) *table {
	return &table{name: name, columns: strings.Fields(columns)}
}

func ofChild(name, columns string) *table {
	return plain(name, "id child_id agency_id author_id created_at "+columns)
}

func ofCase(name, columns string) *table {
	t := plain(name, "id child_id case_id agency_id author_id created_at "+columns)
	t.ofCase = true
	return t
}

var (
	districts        = plain("district", "id code name city")
	agencies         = plain("agency", "id code name kind district_id suspended_at")
	dataKeys         = plain("data_key", "agency_id keyset")
	capacities       = plain("centre_capacity", "id agency_id author_id created_at places since until")
	offers           = plain("service_offer", "id agency_id author_id created_at service district_id city based languages places ages_from ages_to since until")
	agencyDistricts  = plain("agency_district", "agency_id district_id since until")
	staff            = plain("staff", "id agency_id name post left_at")
	staffRoles       = plain("staff_role", "staff_id role")
	staffIdentities  = plain("staff_identity", "issuer subject staff_id")
	clients          = plain("client", "id issuer client_id agency_id roles purposes")
	monitoringVisits = plain("monitoring_visit", "id agency_id facility_id staff_id starts_at ends_at")
	children         = plain("child", `id agency_id author_id created_at registered_on given_name patronymic family_name born_on sex
		national_id address phone safety_need school_status district_id under_protection
		parties team counsel receivers holders covers sealed_at`)
	caseFiles = plain("case_file", `id child_id agency_id author_id created_at number district_id court_id opened_on closed_on stage
		alleged_facts parties sealed_at incident`)
	familyMembers = ofChild("family_member", "relation name phone guardian")
	careTeam      = ofChild("care_team_member", "staff_id task since left_at responsible explained")
	teamChanges   = ofChild("care_team_change", "member_id change at explained")
	consents      = ofChild("consent", "kind decision recipient_id classes purposes valid_from valid_until withdrawn_at")
	assents       = ofChild("assent", "recipient_id classes purposes explained_by_id form language answer answered_at")
	referrals     = ofChild("referral", "receiver_id service status sent_on answer_by answered_on rejection need")
	mandates      = ofChild("legal_mandate", "lawyer_id capacity scope signed_on since until ended_at")
	accessGrants  = ofChild("access_grant", "staff_id instead_of_id reason starts_at ends_at mission_id")
	enrolments    = ofChild("enrolment", "starts_on ends_on grade attendance support")
	trainings     = ofChild("training", "course starts_on ends_on ended_on outcome certificate")
	applications  = ofChild("assistance_application", "kind applied_on decision decided_on refusal amount")
	intakes       = ofChild("intake", "referral_id source presenting_problem taken_on waited_days")
	caseParties   = ofCase("case_party", "capacity since ended_at")
	allegations   = ofCase("allegation", "article act_on age_at_act")
	procedure     = ofCase("procedure_event", `kind at hearing_kind place outcome decider_id legal_ground reason
		parents_told_at release_considered_at`)
	detentions     = ofCase("detention_episode", "facility_id place_kind status order_number ground admitted_at released_at parents_told_at separation")
	lawyerContacts = ofCase("lawyer_contact", "detention_id kind at in_private lawyer_id")
	diversions     = ofCase("diversion", `status status_since proposed_by_id starts_on ends_on next_review_on compliance
		legal_ground legal_advice_taken agreement acknowledgement evidence_sufficient legal_advice_offered alternatives_considered
		acknowledged_freely consequences legal_advice_by legal_advice_on review_right_told_on decided_on decider_id`)
	carePlans = ofCase("care_plan", `status drafted_on starts_on ends_on review_on assented_on guardian_agreed_on best_interests decider_id
		approved_on approver_id closed_on`)
	planGoals     = ofCase("plan_goal", "plan_id domain goal")
	planActions   = ofCase("plan_action", "plan_id goal_id domain provider_id what times_per_week starts_on ends_on for_authority")
	sessions      = ofCase("session", "plan_id action_id domain provider_id planned_at place held_at ended_at attended reason acceptable recorded_at instead_of_id")
	sessionNotes  = ofCase("session_note", "session_id domain written_at body")
	assessments   = ofCase("assessment_part", "kind edition replaces_id written_at content recommendation signed_at filed_on")
	psychological = ofCase("psychological_part", "edition replaces_id written_at instrument result recommendation signed_at filed_on")
	talkNotes     = ofCase("psychological_note", "session_id domain written_at body")
	contacts      = ofChild("prevention_contact", "at need offered answer next_step")
	missions      = plain("mission", "id agency_id author_id created_at district_id purpose starts_on ends_on grace_days")
	missionCrews  = plain("mission_member", "id agency_id author_id created_at mission_id staff_id")
	missionVisits = ofChild("mission_visit", "mission_id planned_on visited_at outcome recorded_at")
	meetings      = ofCase("inspector_meeting", "at topic agreed_step")
	conditions    = ofCase("diversion_condition", "diversion_id kind description times_per_week")
	statusChanges = ofCase("diversion_status_change", "diversion_id status at")
	legalNotes    = ofCase("legal_note", "written_at title body signed_at reviewed_at reviewer_id")
	harmReports   = ofChild("harm_report", "reported_at kind noticed_at imminent account recipient_id answered_at answered_by_id")
	legalTasks    = ofCase("legal_task", "due_on what document done_at")
	powers        = ofCase("power_of_attorney", "mandate_id lawyer_id shown_at ended_at")
)

var tables = []*table{
	districts, agencies, dataKeys, agencyDistricts, capacities, offers, staff, staffRoles, staffIdentities, clients, monitoringVisits, children, caseFiles, familyMembers,
	careTeam, teamChanges, consents, assents, referrals, intakes, mandates, accessGrants, caseParties, allegations, procedure, detentions, lawyerContacts, diversions,
	conditions, statusChanges, legalNotes, carePlans, planGoals, planActions, sessions, sessionNotes, assessments, psychological, talkNotes, meetings,
	contacts, missions, missionCrews, missionVisits, legalTasks, powers, harmReports,
	enrolments, trainings, applications,
}

// batch holds rows of every table until they are copied together.
type batch map[*table][][]any

func (b batch) add(t *table, values ...any) { b[t] = append(b[t], values) }

func (b batch) copyInto(ctx context.Context, tx pgx.Tx) (rows int64, err error) {
	for _, t := range tables {
		if len(b[t]) == 0 {
			continue
		}
		n, err := tx.CopyFrom(ctx, pgx.Identifier{"korpu", t.name}, t.columns, pgx.CopyFromRows(b[t]))
		if err != nil {
			return rows, fmt.Errorf("copy %s: %w", t.name, err)
		}
		rows += n
	}
	return rows, nil
}

// orNull is null for a moment that never came.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// when is null unless it holds.
func when(holds bool, value any) any {
	if holds {
		return value
	}
	return nil
}

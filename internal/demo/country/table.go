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
		alleged_facts parties sealed_at`)
	familyMembers = ofChild("family_member", "relation name phone guardian")
	careTeam      = ofChild("care_team_member", "staff_id task since left_at")
	consents      = ofChild("consent", "kind decision recipient_id classes purposes valid_from valid_until withdrawn_at")
	assents       = ofChild("assent", "recipient_id classes purposes explained_by_id form language answer answered_at")
	referrals     = ofChild("referral", "receiver_id service status sent_on answered_on rejection need")
	mandates      = ofChild("legal_mandate", "lawyer_id scope since ended_at")
	accessGrants  = ofChild("access_grant", "staff_id reason starts_at ends_at")
	caseParties   = ofCase("case_party", "capacity since ended_at")
	allegations   = ofCase("allegation", "article act_on age_at_act")
	procedure     = ofCase("procedure_event", `kind at hearing_kind place outcome decider_id legal_ground reason
		parents_told_at release_considered_at`)
	detentions     = ofCase("detention_episode", "facility_id place_kind status order_number ground admitted_at released_at parents_told_at separation")
	lawyerContacts = ofCase("lawyer_contact", "detention_id kind at in_private lawyer_id")
	diversions     = ofCase("diversion", `status status_since proposed_by_id starts_on ends_on next_review_on compliance
		legal_ground legal_advice_taken agreement acknowledgement`)
	conditions    = ofCase("diversion_condition", "diversion_id kind description times_per_week")
	statusChanges = ofCase("diversion_status_change", "diversion_id status at")
	legalNotes    = ofCase("legal_note", "written_at title body signed_at")
)

var tables = []*table{
	districts, agencies, dataKeys, agencyDistricts, staff, staffRoles, staffIdentities, clients, monitoringVisits, children, caseFiles, familyMembers,
	careTeam, consents, assents, referrals, mandates, accessGrants, caseParties, allegations, procedure, detentions, lawyerContacts, diversions,
	conditions, statusChanges, legalNotes,
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

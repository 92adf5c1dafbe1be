package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Always is the word of a rule that needs no condition.
const Always = "always"

// Condition is a named fact about a record and the caller. Rules combine conditions by name and never carry expressions.
// Its SQL stands over four aliases: t the row, cs its case, ch its child, cn the child's consents to the caller. `{agency}`,
// `{staff}` and `{purpose}` are the caller's, `{class}` the class of the field that is decided. Row is for the record types
// in On, or for all that belong to a child; Case for records of a case; Child for any record of a child; Both for records of a child that may have a case.
type Condition struct {
	Name     string
	Sentence string // completes "only when …"
	Request  string // the lawful way to have it fulfilled
	On       []string
	Row      string
	Case     string
	Child    string
	Both     string
}

const liveNow = "starts_at <= now() and {x}.ends_at > now()"

// conditions is the closed registry. The tests hold an independent oracle for each.
var conditions = []Condition{
	{Name: "own_agency", Sentence: "the caller's agency entered the record", Request: "Ask the agency that entered it.",
		Row: "t.agency_id = {agency}"},
	{Name: "author", Sentence: "the caller wrote the entry", Request: "Ask its author.",
		Row: "t.author_id = {staff}"},
	{Name: "party", Sentence: "the caller's agency is a live party to the case", Request: "Ask the authority that leads the case to add your agency as a party.",
		Case: "cs.parties @> array[{agency}]", Child: "ch.parties @> array[{agency}]"},
	{Name: "child_party", Sentence: "the caller's agency is a live party to a case of the child", Request: "Ask the authority that leads a case of the child to add your agency as a party.",
		Child: "ch.parties @> array[{agency}]"},
	// That the court is a party is not written with @> here and in the next: PostgreSQL would expect so few of them that it
	// looks all up and sorts them, rather than walk the index. The first is that of the partial index case_file_before_court.
	{Name: "own_court", Sentence: "the case is for the caller's court, which is a live party to it", Request: "Ask the court that hears the case.",
		Case: "cs.court_id = {agency} and cs.court_id = any(cs.parties)"},
	{Name: "own_hearing", Sentence: "it is a hearing before the caller's court, which is a live party to the case", Request: "Ask the court that hears the case.",
		On: []string{"ProcedureEvent"}, Row: "t.decider_id = {agency} and t.kind = 'HEARING' and array_position(cs.parties, {agency}) is not null"},
	{Name: "assigned", Sentence: "the caller is on the child's care team", Request: "Ask the child's responsible worker to add you to the care team.",
		Child: "ch.team @> array[{staff}]"},
	{Name: "since_assigned", Sentence: "it is not older than the caller's present place on the child's care team", Request: "Ask the child's responsible worker what was before.",
		On:  []string{"InspectorMeeting", "DiversionStatusChange", "ProcedureEvent", "PreventionContact"},
		Row: "exists (select from korpu.care_team_member m where m.child_id = t.child_id and m.staff_id = {staff} and m.left_at is null and m.since <= (t.at at time zone 'UTC')::date)"},
	{Name: "counsel", Sentence: "the caller is the child's lawyer under a live mandate", Request: "Show a mandate of the child or guardian.",
		Child: "ch.counsel @> array[{staff}]"},
	{Name: "referred", Sentence: "the caller's agency holds a live referral of the child", Request: "Ask for a referral.",
		Child: "ch.receivers @> array[{agency}]"},
	{Name: "receiver", Sentence: "a live referral is addressed to the caller's agency", Request: "Ask for a referral.",
		On: []string{"Referral", "Waiting"}, Row: "t.receiver_id = {agency} and t.status in ('SENT', 'ACCEPTED', 'ACTIVE')"},
	{Name: "own_referral", Sentence: "it is about a referral that the caller's agency has accepted", Request: "Accept the referral.",
		On: []string{"Intake"}, Row: "exists (select from korpu.referral r where r.id = t.referral_id and r.receiver_id = {agency} and r.status in ('ACCEPTED', 'ACTIVE'))"},
	{Name: "own_centre", Sentence: "it is of the caller's centre", Request: "Ask the manager of the centre.",
		On: []string{"Caseload", "CentreLoad", "CohortResult", "CohortStratum", "SchoolReturn", "Mission", "MissionMember"}, Row: "t.agency_id = {agency}"},
	{Name: "on_mission", Sentence: "the caller takes part in the mission", Request: "Ask the manager of the centre.",
		On: []string{"Mission", "MissionMember", "MissionVisit"}, Row: "exists (select from korpu.mission_member m where m.mission_id = t.mission_id and m.staff_id = {staff})"},
	{Name: "own_offer", Sentence: "it is offered by the caller's agency", Request: "Ask the agency that offers it.",
		On: []string{"ServiceOffer"}, Row: "t.agency_id = {agency}"},
	{Name: "own_load", Sentence: "it is the caller's own caseload", Request: "Ask the manager of the centre.",
		On: []string{"Caseload"}, Row: "t.id = {staff}"},
	{Name: "for_authority", Sentence: "it is marked for authorities, in a plan that is in force", Request: "Ask the centre that made the plan.",
		On: []string{"PlanAction"}, Row: "t.for_authority and " + inForce},
	{Name: "own_task", Sentence: "it is for the caller's agency to do, in a plan that is in force", Request: "Ask the child's responsible worker.",
		On: []string{"PlanAction", "Session"}, Row: "t.provider_id = {agency} and " + inForce},
	{Name: "psychological", Sentence: "it is worked on with a psychologist", Request: "Ask the child's psychologist.",
		On: []string{"PlanGoal", "PlanAction", "Session", "AttendanceWeek", "SessionNote", "PsychologicalNote"}, Row: "t.domain = 'PSYCHOLOGICAL'"},
	{Name: "filed", Sentence: "it was filed with the authorities", Request: "Ask the centre to file it.",
		On: []string{"Recommendation"}, Row: "t.filed_on is not null"},
	{Name: "holder", Sentence: "the child is held in the caller's facility", Request: "Ask the facility that holds the child.",
		Child: "ch.holders @> array[{agency}]"},
	{Name: "own_facility", Sentence: "the child is held in the caller's facility on this record", Request: "Ask the facility that holds the child.",
		On: []string{"DetentionEpisode"}, Row: "t.facility_id = {agency} and t.released_at is null"},
	{Name: "own_stay", Sentence: "it is about a stay on which the child is held in the caller's facility", Request: "Ask the facility that holds the child.",
		On: []string{"LawyerContact"}, Row: "exists (select from korpu.detention_episode d where d.id = t.detention_id and d.facility_id = {agency} and d.released_at is null)"},
	{Name: "jurisdiction", Sentence: "the district is served by the caller's agency", Request: "Ask the agency that serves the district.",
		Case: inDistricts("cs"), Child: inDistricts("ch")},
	{Name: "investigation_open", Sentence: "the case is with the police or investigator", Request: "Ask the authority before which the case is now.",
		Case: "cs.stage = 'INVESTIGATION'"},
	{Name: "prosecution_open", Sentence: "the case is with investigator or prosecutor", Request: "Ask the authority before which the case is now.",
		Case: "cs.stage in ('INVESTIGATION', 'PROSECUTION')"},
	{Name: "court_open", Sentence: "the case is before the court", Request: "Ask the authority before which the case is now.",
		Case: "cs.stage = 'COURT'"},
	{Name: "commission_open", Sentence: "the case is before the commission", Request: "Ask the authority before which the case is now.",
		Case: "cs.stage = 'COMMISSION'", Child: before("COMMISSION")},
	{Name: "own_relation", Sentence: "the helper is of the caller's agency, or is the child's responsible contact", Request: "Ask the child's responsible worker.",
		On: []string{"Helper"}, Row: "(t.agency_id = {agency} or t.responsible)"},
	{Name: "signed", Sentence: "the note is signed", Request: "Ask its author to sign it.",
		On: []string{"LegalNote"}, Row: "t.signed_at is not null"},
	{Name: "recipient", Sentence: "it was given to the caller's agency", Request: "Ask who wrote it to give it to your agency.",
		On: []string{"ReleasedNote", "HarmReport"}, Row: "t.recipient_id = {agency}"},
	{Name: "reported_about", Sentence: "it is about the caller", Request: "Ask the agency that was informed.",
		On: []string{"HarmReport"}, Row: "coalesce(t.about_id = {staff}, false)"},
	{Name: "consented", Sentence: "a live consent covers this class of data, the caller's agency and the purpose, and the child has not answered otherwise", Request: "Ask the child and guardian for consent through the child's worker.",
		Child: "{class} = any(cn.given) and not {class} = any(cn.refused)"},
	{Name: "second_person", Sentence: "the caller is a second person, who has not proposed it", Request: "Ask another officer to decide.",
		On: []string{"Expungement", "Cohort"}, Row: "t.author_id <> {staff}"},
	{Name: "temporary", Sentence: "a grant gives the caller access to the child at this time", Request: "Ask the child's responsible manager for cover.",
		Child: "ch.covers @> array[{staff}] and exists (select from korpu.access_grant g where g.child_id = ch.id and g.staff_id = {staff} and g." + strings.ReplaceAll(liveNow, "{x}", "g") + ")"},
	{Name: "emergency", Sentence: "the caller has opened the child in an emergency that lasts", Request: "Open an emergency access, which a second person reviews.",
		Child: emergency("")},
	{Name: "emergency_class", Sentence: "the caller has opened this class of data of the child in an emergency that lasts", Request: "Open an emergency access to this class, which a second person reviews.",
		Child: emergency(" and {class} = any(e.classes)")},
	{Name: "visit_window", Sentence: "the caller visits the facility at this time", Request: "Announce a visit to the facility.",
		On: []string{"DetentionEpisode"}, Row: visit("v.facility_id = t.facility_id"), Child: visit("ch.holders @> array[v.facility_id]")},
	{Name: "protected", Sentence: "a protection order stands, or it is not known whether one does", Request: "Ask the authority that made the order.",
		Child: "ch.under_protection"},
	{Name: "sealed", Sentence: "the record is sealed", Request: "Ask the court for an order to unseal.",
		Case: "cs.sealed_at is not null", Child: "ch.sealed_at is not null", Both: "(cs.sealed_at is not null or ch.sealed_at is not null)"},
	{Name: "unopened", Sentence: "no order opens the sealed record to the caller at this time", Request: "Ask the court for an order to unseal.",
		Case: unopened("u.opens_case_id = cs.id"), Child: unopened("u.opens_child_id = ch.id")},
}

const inForce = "exists (select from korpu.care_plan p where p.id = t.plan_id and p.status = 'ACTIVE' and p.ends_on >= current_date)"

func unopened(what string) string {
	return "not exists (select from korpu.unseal_order u where u.person_id = {staff} and u.until > now() and " + what + ")"
}

// before tells whether some case of a child, as a child, to which the caller's agency is a party is at a stage.
func before(stage string) string {
	return "exists (select from korpu.case_file f where f.child_id = ch.id and f.stage = '" + stage +
		"' and f.sealed_at is null and not f.of_adult and f.parties @> array[{agency}])"
}

func inDistricts(alias string) string {
	return alias + ".district_id in (select d.district_id from korpu.agency_district d where d.agency_id = {agency}" +
		" and d.since <= current_date and (d.until is null or d.until > current_date))"
}

// consentsOf are the classes of data for which a live consent or refusal is addressed to the caller, for the purpose of the
// request: one look-up for all fields of a record. A refusal by guardian or child outweighs every consent, and so does the
// child's latest answer where it is not a yes; only guardians or mature children consent.
const consentsOf = `(select coalesce(array_agg(class) filter (where k.decision = 'GIVEN' and k.kind = 'CONSENT'), '{}') as given,
           coalesce(array_agg(class) filter (where k.decision = 'REFUSED'), '{}') || array(select a.class
             from (select distinct on (class) class, s.answer = 'YES' and not class = any(s.refused_classes) as yes
                     from {assent} s, unnest(s.classes) class
                    where s.child_id = {child} and s.recipient_id = {agency} and s.purposes @> array[{purpose}] and s.answered_at <= now()
                    order by class, s.answered_at desc, yes) a
            where not a.yes) as refused
      from {consent} k, unnest(k.classes) class
     where k.child_id = {child} and k.recipient_id = {agency} and k.purposes @> array[{purpose}]
       and k.valid_from <= now() and (k.valid_until is null or k.valid_until > now())
       and (k.withdrawn_at is null or k.withdrawn_at > now()))`

var consents = caller.Replace(strings.NewReplacer("{consent}", "korpu.consent", "{assent}", "korpu.assent", "{child}", "ch.id").Replace(consentsOf))

// emergency tells whether the caller has a live access of that kind to the child. The anchor finds the few children.
func emergency(further string) string {
	return "ch.covers @> array[{staff}] and exists (select from korpu.emergency_access e where e.child_id = ch.id and e.author_id = {staff}" +
		" and e.ended_at is null and e." + strings.ReplaceAll(liveNow, "{x}", "e") + further + ")"
}

func visit(facility string) string {
	return "exists (select from korpu.monitoring_visit v where v.staff_id = {staff} and " + facility +
		" and v." + strings.ReplaceAll(liveNow, "{x}", "v") + ")"
}

// ConditionNamed returns the condition of that name.
func ConditionNamed(name string) (Condition, bool) {
	for _, c := range conditions {
		if c.Name == name {
			return c, true
		}
	}
	return Condition{}, false
}

// ConditionNames lists the registry in its order.
func ConditionNames() []string {
	names := make([]string, len(conditions))
	for i, c := range conditions {
		names[i] = c.Name
	}
	return names
}

var caller = strings.NewReplacer("{agency}", "(select korpu.agency())", "{staff}", "(select korpu.staff())", "{purpose}", "(select korpu.purpose())")

// SQL is the condition over its aliases for a record, or an error where it says nothing of such records.
func (c Condition) SQL(r *Record, class string) (string, error) {
	text := c.text(r)
	if text == "" {
		return "", fmt.Errorf("condition %s says nothing of %s", c.Name, r.Name)
	}
	return strings.ReplaceAll(caller.Replace(text), "{class}", "'"+class+"'"), nil
}

// asksClass tells whether the condition depends on the class of a field, as a consent does.
func (c Condition) asksClass() bool {
	return strings.Contains(c.Row+c.Case+c.Child+c.Both, "{class}")
}

// text is the condition's SQL for a record, empty where it says nothing of such records.
func (c Condition) text(r *Record) string {
	switch {
	case c.Row != "" && (c.On == nil && r.Anchor != AnchorNone || slices.Contains(c.On, r.Name)):
		return c.Row
	case c.Both != "" && r.Anchor == AnchorChildWithCase:
		return c.Both
	case c.Case != "" && (r.Anchor == AnchorCase || r.Anchor == AnchorChildWithCase):
		return c.Case
	case c.Child != "" && r.Anchor != AnchorNone:
		return c.Child
	}
	return ""
}

package portal

import (
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Person is a person's name as far as it is shown: given name, patronymic, family name.
func (v *view) Person(record any) string {
	fields, _ := record.(map[string]any)
	var parts []string
	for _, field := range []string{"givenName", "patronymic", "familyName"} {
		if part, _ := fields[field].(string); part != "" {
			parts = append(parts, part)
		}
	}
	return orDash(strings.Join(parts, " "))
}

// Sorted puts people in the order of their family names, as the language has it.
func (v *view) Sorted(records []any) []any {
	byName := collate.New(language.Make(v.Language))
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(a, b any) int { return byName.CompareString(familyName(a), familyName(b)) })
	return sorted
}

func familyName(record any) string {
	fields, _ := record.(map[string]any)
	family, _ := fields["familyName"].(string)
	given, _ := fields["givenName"].(string)
	return family + " " + given
}

// Unmet tells that a child is held, and that no lawyer has met it there.
func (v *view) Unmet(detention any) bool {
	fields, _ := detention.(map[string]any)
	contacts, _ := fields["lawyerContacts"].([]any)
	return fields["releasedAt"] == nil && !slices.ContainsFunc(contacts, func(c any) bool {
		contact, _ := c.(map[string]any)
		return contact["kind"] == "MET" || contact["kind"] == "FIRST_MET"
	})
}

// Waiting are the stays of children whom no lawyer has met, the longest first; lists of stays begin with the latest.
func (v *view) Waiting(detentions []any) []any {
	var all []any
	for _, d := range slices.Backward(detentions) {
		if v.Unmet(d) {
			all = append(all, d)
		}
	}
	return all
}

// Defended tells whether one of the mandates lasts. Who sees a mandate that lasts is the child's lawyer.
func (v *view) Defended(mandates []any) bool {
	return slices.ContainsFunc(mandates, func(m any) bool { fields, _ := m.(map[string]any); return fields["endedAt"] == nil })
}

// Number is a count that the hub answered.
func (v *view) Number(value any) int {
	number, _ := value.(json.Number)
	n, _ := number.Int64()
	return int(n)
}

// Field is the name of a field in words, where there are some.
func (v *view) Field(name any) string {
	text, _ := name.(string)
	if said := say(v.Language, "field."+text, nil, nil); said != "field."+text {
		return said
	}
	return text
}

// Absences are the reasons for which a session was missed or not delivered.
func (v *view) Absences() []string {
	return []string{"ILLNESS", "FAMILY", "SCHOOL", "TRANSPORT", "DISTANCE", "FORGOTTEN", "REFUSED", "WORKER_ABSENT", "OTHER"}
}

// Outcomes are what can become of a visit of the mobile group.
func (v *view) Outcomes() []string {
	return []string{"MET", "NOT_AT_HOME", "DECLINED", "NOT_REACHED"}
}

// Sources are those who may first have thought of a centre, Rejections the reasons for which a referral is rejected.
func (v *view) Sources() []string {
	return []string{"POLICE", "PROSECUTION", "COURT", "COMMISSION", "SCHOOL", "OTHER_SERVICE", "FAMILY", "CHILD"}
}
func (v *view) Rejections() []string {
	return []string{"NO_CAPACITY", "DISTANCE", "NOT_SUITABLE", "FAMILY_DECLINED"}
}

// Explanations are the ways in which it is explained to a child what is asked.
func (v *view) Explanations() []string { return []string{"WORDS", "PICTURES", "READ_ALOUD"} }

// Live tells whether a referral is still open to be taken back.
func (v *view) Live(status any) bool {
	return status == "SENT" || status == "ACCEPTED" || status == "ACTIVE"
}

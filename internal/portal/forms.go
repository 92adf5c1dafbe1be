package portal

import (
	"slices"
)

// Again tells that a form was refused and is shown again. A page has several of the same kind, so it is told by its command and
// the record that it is about.
func (v *view) Again(command string, about any) bool {
	id, _ := about.(string)
	return v.Refused != nil && v.Command == command && slices.Contains([]string{v.Entered.Get("id"), v.Entered.Get("case"), v.Entered.Get("child")}, id)
}

// Kept is what stood in a form that was refused, so that nothing of it is lost.
func (v *view) Kept(command string, about any, field string) string {
	if !v.Again(command, about) {
		return ""
	}
	return v.Entered.Get(field)
}

// Safeguard tells whether what the law asks for is on record: THERE, MISSING, or HIDDEN from this person.
func (v *view) Safeguard(of any, needed ...any) string {
	record, _ := of.(map[string]any)
	state := "THERE"
	for _, field := range needed {
		value, shown := record[field.(string)]
		if !shown || v.Withheld(of, field.(string)) != nil {
			return "HIDDEN"
		}
		if several, _ := value.([]any); value == nil || value == false || several != nil && len(several) == 0 {
			state = "MISSING"
		}
	}
	return state
}

// Soonest turns round a list that begins with the latest.
func (v *view) Soonest(events []any) []any {
	turned := slices.Clone(events)
	slices.Reverse(turned)
	return turned
}

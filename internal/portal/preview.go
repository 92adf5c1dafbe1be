package portal

import (
	"slices"
	"strings"
)

// Opened are the fields that a referral would open in this way: always, or under a further condition.
func (v *view) Opened(preview []any, access string) []any {
	return chosen(preview, func(entry map[string]any) bool { return entry["field"] != nil && entry["access"] == access })
}

// Unopened are the records of which a referral alone shows nothing.
func (v *view) Unopened(preview []any) []any {
	return chosen(preview, func(entry map[string]any) bool { return entry["field"] == nil && entry["when"] != nil })
}

// Consentable are the fields that a consent would open, and those of classes for which one is taken as given.
func (v *view) Consentable(preview []any) []any {
	return chosen(preview, func(entry map[string]any) bool {
		class, _ := entry["class"].(string)
		when, _ := entry["when"].(string)
		return class != "" && (strings.Contains(when, "consent") || slices.Contains(v.Entered["classes"], class))
	})
}

func chosen(records []any, fits func(map[string]any) bool) []any {
	var all []any
	for _, r := range records {
		if record, ok := r.(map[string]any); ok && fits(record) {
			all = append(all, r)
		}
	}
	return all
}

// Services are the kinds of help for which a child is referred.
func (v *view) Services() []string {
	return []string{"PROGRAMME", "SCHOOL", "TRAINING", "SPORT", "ART", "ASSISTANCE", "COUNSELLING"}
}

package policy

import "slices"

// inWords says when access is open, for those who review the policy: silent denials are told here and nowhere else.
func inWords(a Access) string {
	switch a.Kind {
	case Never:
		return "never"
	case AlwaysOpen:
		return "always"
	}
	allow := Sentence(slices.DeleteFunc(slices.Clone(a.Guard.Allow), func(t Term) bool { return len(t.Conditions) == 0 }))
	if allow != "" {
		allow = "only when " + allow
	}
	told := Sentence(slices.DeleteFunc(slices.Clone(a.Guard.Deny), silent))
	if told != "" {
		told = "not while " + told
	}
	untold := Sentence(slices.DeleteFunc(slices.Clone(a.Guard.Deny), func(t Term) bool { return !silent(t) }))
	if untold != "" {
		untold = "not while " + untold + " (which the caller is not told)"
	}
	return join("; ", allow, told, untold)
}

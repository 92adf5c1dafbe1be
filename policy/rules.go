package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Rule is one line of the policy: who may do what with which data, for which purposes, when, and under which article.
type Rule struct {
	Place      string
	Role       string // without its prefix; may be a group such as anyone
	Object     string // class:identity, Child.nationalId, rows:Case
	Action     string
	Purposes   []string // nil means any purpose of the role
	Conditions []string // all must hold; empty means always
	Deny       bool
	Silent     bool
	Basis      string
	fields     []string // as written, for Casbin
}

// Group says that a role is also a member of another.
type Group struct {
	Place        string
	Role, Member string
	fields       []string
}

// Rules is a policy as read, nothing decided yet.
type Rules struct {
	Rules  []*Rule
	Groups []Group
	Files  Files
}

// Actions is the closed list of what a rule can be about. Writes have their own when they come.
var Actions = []string{"read"}

// ReadRules reads rule files strictly. What Casbin's own reader would drop or misread is an error here: a mistyped denial
// must never turn into silence.
func ReadRules(files Files) (*Rules, *Problems) {
	rules, problems := &Rules{Files: files}, &Problems{}
	for _, name := range files.Names() {
		if problem := badBytes(files[name]); problem != "" {
			problems.add(name+":1", "%s", problem)
			continue
		}
		for i, line := range strings.Split(strings.TrimSuffix(files[name], "\n"), "\n") {
			if line != "" && !strings.HasPrefix(line, "#") {
				rules.readLine(fmt.Sprintf("%s:%d", name, i+1), line, problems)
			}
		}
	}
	if len(rules.Rules) == 0 {
		problems.add("rules", "the policy is empty; an empty policy would let Casbin allow an empty request")
	}
	return rules, problems
}

func badBytes(text string) string {
	switch {
	case strings.HasPrefix(text, "\ufeff"):
		return "the file begins with a byte order mark; save it without"
	case strings.Contains(text, "\r"):
		return "the file has carriage returns; save it with line feeds only"
	case strings.Contains(text, "\t"):
		return "the file has tabs; use one space after each comma"
	}
	for i, line := range strings.Split(text, "\n") {
		for _, r := range line {
			if r > 126 {
				return fmt.Sprintf("line %d has the letter %q, which is not ASCII and may look like one that is; write it in ASCII", i+1, r)
			}
		}
	}
	return ""
}

func (rs *Rules) readLine(place, line string, problems *Problems) {
	fields, problem := values(line)
	switch {
	case problem != "":
		problems.add(place, "%s", problem)
	case fields[0] == "p":
		rs.readRule(place, fields, problems)
	case fields[0] == "g":
		rs.readGroup(place, fields, problems)
	default:
		problems.add(place, "the line begins with %q; a rule begins with p, a membership with g", fields[0])
	}
}

// values splits a line at its commas. Only the article, the last value of a rule, stands in quotes and may hold any sign.
func values(line string) (fields []string, problem string) {
	plain, article, quoted := strings.Cut(line, ` "`)
	if quoted {
		text, closed := strings.CutSuffix(article, `"`)
		if !closed || strings.Contains(text, `"`) || !strings.HasSuffix(plain, ",") {
			return nil, "the article must be the last value, in one pair of quotes"
		}
		plain, article = strings.TrimSuffix(plain, ","), text
	}
	fields = strings.Split(plain, ", ")
	for _, f := range fields {
		if strings.ContainsAny(f, `,#$"`) {
			return nil, fmt.Sprintf("value %q has a sign that is allowed in whole-line comments and quoted articles only; values are separated by a comma and one space", f)
		}
	}
	if quoted {
		fields = append(fields, article)
	}
	for i, f := range fields {
		if f == "" || f != strings.TrimSpace(f) || strings.Contains(f, "  ") {
			return nil, fmt.Sprintf("value %d, %q, is empty or has blanks at its ends or two in a row", i+1, f)
		}
	}
	return fields, ""
}

func (rs *Rules) readRule(place string, fields []string, problems *Problems) {
	if len(fields) != 9 {
		problems.add(place, "a rule has nine values (p, role, object, action, purpose, condition, effect, disclosure, \"article\"); this has %d", len(fields))
		return
	}
	r := &Rule{Place: place, Object: fields[2], Action: fields[3], Basis: fields[8], fields: fields[1:]}
	var ok bool
	if r.Role, ok = strings.CutPrefix(fields[1], "role:"); !ok {
		problems.add(place, "subject %q is no role; write role:name", fields[1])
	}
	if fields[4] != "any" {
		r.Purposes = strings.Split(fields[4], "|")
	}
	if fields[5] != Always {
		r.Conditions = strings.Split(fields[5], " & ")
	}
	r.Deny = fields[6] == "deny"
	if !r.Deny && fields[6] != "allow" {
		problems.add(place, "effect %q is neither allow nor deny", fields[6])
	}
	r.Silent = fields[7] == "silent"
	if !r.Silent && fields[7] != "flagged" {
		problems.add(place, "disclosure %q is neither flagged nor silent", fields[7])
	}
	rs.Rules = append(rs.Rules, r)
}

func (rs *Rules) readGroup(place string, fields []string, problems *Problems) {
	if len(fields) != 3 {
		problems.add(place, "a membership has three values (g, role:member, role:group); this has %d", len(fields))
		return
	}
	member, ok1 := strings.CutPrefix(fields[1], "role:")
	group, ok2 := strings.CutPrefix(fields[2], "role:")
	if !ok1 || !ok2 {
		problems.add(place, "a membership is between roles; write role:name on both sides")
	}
	rs.Groups = append(rs.Groups, Group{Place: place, Role: group, Member: member, fields: fields[1:]})
}

// closure lists the role and every group that it is a member of.
func (rs *Rules) closure(role string) []string {
	all := []string{role}
	for i := 0; i < len(all); i++ {
		for _, g := range rs.Groups {
			if g.Member == all[i] && !slices.Contains(all, g.Role) {
				all = append(all, g.Role)
			}
		}
	}
	return all
}

// covers tells whether the rule speaks of the purpose.
func (r *Rule) covers(purpose string) bool {
	return r.Purposes == nil || slices.Contains(r.Purposes, purpose)
}

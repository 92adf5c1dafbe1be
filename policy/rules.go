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

// Actions is the closed list of what a rule can be about: reading, and what a command does.
var Actions = []string{"read", "create", "update", "transition"}

// ReadRules reads rule files strictly. What Casbin's own reader would drop or misread is an error here: a mistyped denial
// must never turn into silence.
func ReadRules(files Files) (*Rules, *Problems) {
	rules, problems := &Rules{Files: files}, &Problems{}
	for _, name := range files.Names() {
		rules.readFile(name, files[name], problems)
	}
	if len(rules.Rules) == 0 && len(problems.list) == 0 {
		problems.add("rules", "the policy is empty; Casbin would allow an empty request under it, so write a rule")
	}
	return rules, problems
}

func (rs *Rules) readFile(name, text string, problems *Problems) {
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		place := fmt.Sprintf("%s:%d", name, i+1)
		if problem, whole := badSigns(line); whole {
			problems.add(place, "%s", problem)
			return
		} else if problem != "" {
			problems.add(place, "%s", problem)
		} else if line != "" && !strings.HasPrefix(line, "#") {
			rs.readLine(place, line, problems)
		}
	}
}

// badSigns finds what no editor shows. A problem of the whole file is told once.
func badSigns(line string) (problem string, whole bool) {
	switch {
	case strings.HasPrefix(line, "\ufeff"):
		return "the file begins with a byte order mark; save it without", true
	case strings.Contains(line, "\r"):
		return "the file has carriage returns; save it with line feeds only", true
	case strings.Contains(line, "\t"):
		return "the line has a tab; write one space after each comma", false
	}
	for _, r := range line {
		switch {
		case r < ' ' || r == 127:
			return fmt.Sprintf("the line has the control sign %q; remove it", r), false
		case r > 127:
			return fmt.Sprintf("the line has the letter %q, which is not ASCII and may look like one that is; write it in ASCII", r), false
		}
	}
	return "", false
}

func (rs *Rules) readLine(place, line string, problems *Problems) {
	fields, quoted, problem := values(line)
	switch {
	case problem != "":
		problems.add(place, "%s", problem)
	case fields[0] == "p":
		rs.readRule(place, fields, quoted, problems)
	case fields[0] == "g":
		rs.readGroup(place, fields, quoted, problems)
	default:
		problems.add(place, "the line begins with %q; a rule begins with p, a membership with g", fields[0])
	}
}

// values splits a line at its commas. Only the article, the last value of a rule, stands in quotes and may hold any sign.
func values(line string) (fields []string, quoted bool, problem string) {
	plain, article, quoted := strings.Cut(line, ` "`)
	if quoted {
		text, closed := strings.CutSuffix(article, `"`)
		if !closed || strings.Contains(text, `"`) || !strings.HasSuffix(plain, ",") {
			return nil, true, "the article must be the last value, in one pair of quotes"
		}
		plain, article = strings.TrimSuffix(plain, ","), text
	}
	fields = strings.Split(plain, ", ")
	for _, f := range fields {
		if strings.ContainsAny(f, `,#$"`) {
			return nil, quoted, fmt.Sprintf("value %q has a sign that is allowed in whole-line comments and quoted articles only; values are separated by a comma and one space", f)
		}
	}
	if quoted {
		fields = append(fields, article)
	}
	for i, f := range fields {
		if f == "" || f != strings.TrimSpace(f) || strings.Contains(f, "  ") {
			return nil, quoted, fmt.Sprintf("value %d, %q, is empty or has blanks at its ends or two in a row; remove them", i+1, f)
		}
	}
	return fields, quoted, ""
}

func (rs *Rules) readRule(place string, fields []string, quoted bool, problems *Problems) {
	if len(fields) != 9 {
		problems.add(place, "a rule has nine values (p, role, object, action, purpose, condition, effect, disclosure, \"article\"); this has %d", len(fields))
		return
	}
	if !quoted {
		problems.add(place, "the article, the last value of a rule, must stand in quotes")
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

func (rs *Rules) readGroup(place string, fields []string, quoted bool, problems *Problems) {
	if len(fields) != 3 || quoted {
		problems.add(place, "a membership has three values without quotes (g, role:member, role:group); this has %d", len(fields))
		return
	}
	member, ok1 := strings.CutPrefix(fields[1], "role:")
	group, ok2 := strings.CutPrefix(fields[2], "role:")
	if !ok1 || !ok2 {
		problems.add(place, "a membership is between roles; write role:name on both sides")
		return
	}
	rs.Groups = append(rs.Groups, Group{Place: place, Role: group, Member: member, fields: fields[1:]})
}

// closure lists the role and every group that it is a member of, the nearest first. The depth is how far away the last is.
func (rs *Rules) closure(role string) (all []string, depth int) {
	all = []string{role}
	for next := all; len(next) > 0; depth++ {
		var found []string
		for _, g := range rs.Groups {
			if slices.Contains(next, g.Member) && !slices.Contains(all, g.Role) {
				all, found = append(all, g.Role), append(found, g.Role)
			}
		}
		next = found
	}
	return all, depth - 1
}

// covers tells whether the rule speaks of the purpose.
func (r *Rule) covers(purpose string) bool {
	return r.Purposes == nil || slices.Contains(r.Purposes, purpose)
}

// sound leaves out the lines in which a problem was found.
func (rs *Rules) sound(problems *Problems) *Rules {
	out := *rs
	out.Rules = slices.DeleteFunc(slices.Clone(rs.Rules), func(r *Rule) bool { return problems.at(r.Place) })
	out.Groups = slices.DeleteFunc(slices.Clone(rs.Groups), func(g Group) bool { return problems.at(g.Place) })
	return &out
}

// String writes the rule as it stands in its file.
func (r *Rule) String() string {
	last := len(r.fields) - 1
	return "p, " + strings.Join(r.fields[:last], ", ") + `, "` + r.fields[last] + `"`
}

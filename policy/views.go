package policy

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// ViewSchema is the database schema that holds the views of a profile under a version.
func (p *Profile) ViewSchema(version int64) string { return fmt.Sprintf("v%d_%s", version, p.Name()) }

// ReadingRole is the database role that answers requests of a role. It reads the views of the role's profiles, no table.
func ReadingRole(role string) string { return "korpu_read_" + role }

// WithheldColumn is the view column that tells whether a field is closed on the row and may be reported so.
func WithheldColumn(f *Field) string { return "withheld_" + f.Column }

// View is one view of a profile and what it is made of.
type View struct {
	Schema, Name, SQL string
}

// Views are the statements that make the views of the profile under a version, in the order of their records.
func (p *Profile) Views(version int64) ([]View, error) {
	var all []View
	for _, name := range slices.Sorted(maps.Keys(p.Types)) {
		text, err := p.Types[name].view()
		if err != nil {
			return nil, fmt.Errorf("view of %s for %s: %w", name, p, err)
		}
		table := p.Types[name].Record.Table
		schema := p.ViewSchema(version)
		all = append(all, View{Schema: schema, Name: table, SQL: fmt.Sprintf("create view %s.%s as\n%s", schema, table, text)})
	}
	return all, nil
}

// view renders what the profile sees of a record: a bare column where a field is always open, CASE where it depends.
func (t *TypeAccess) view() (string, error) {
	columns, err := t.columns()
	if err != nil {
		return "", err
	}
	where, err := t.where()
	if err != nil {
		return "", err
	}
	return t.Record.Select(columns, where), nil
}

// Select reads columns of a record's table, joined with the anchors that the conditions in columns and where look at.
func (r *Record) Select(columns []string, where string) string {
	text := "select " + strings.Join(columns, ",\n       ") + "\n  from korpu." + r.Table + " t" + joins(r, strings.Join(columns, " ")+where) + where
	return ownAliases(r, text)
}

func (t *TypeAccess) columns() ([]string, error) {
	columns := []string{}
	for _, key := range t.Record.Keys() {
		columns = append(columns, "t."+key)
	}
	for _, f := range t.Record.Fields {
		a, seen := t.Fields[f.Name]
		if !seen || f.Link != nil || slices.Contains(t.Record.Keys(), f.Column) {
			continue
		}
		guarded, err := t.guarded(f, a)
		if err != nil {
			return nil, err
		}
		columns = append(columns, guarded...)
	}
	return columns, nil
}

// Keys are the columns that joins need: every view has them bare, and no answer shows them but as fields of their own.
func (r *Record) Keys() []string {
	keys := []string{"id"}
	if r.Anchor != AnchorNone && r.Table != "child" {
		keys = append(keys, "child_id")
	}
	if (r.Anchor == AnchorCase || r.Anchor == AnchorChildWithCase) && r.Table != "case_file" {
		keys = append(keys, "case_id")
	}
	for _, key := range r.keys {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (t *TypeAccess) guarded(f *Field, a Access) ([]string, error) {
	if a.Kind == AlwaysOpen {
		return []string{"t." + f.Column}, nil
	}
	allow, err := anyOf(a.Guard.Allow, t.Record, f.Class)
	if err != nil {
		return nil, err
	}
	deny, err := noneOf(a.Guard.Deny, t.Record, f.Class)
	if err != nil {
		return nil, err
	}
	columns := []string{fmt.Sprintf("case when %s then t.%s end as %s", join(" and ", truly(allow), deny), f.Column, f.Column)}
	if a.Withheld == nil {
		return columns, nil
	}
	told, err := t.told(f, a, allow)
	return append(columns, told+" as "+WithheldColumn(f)), err
}

// told is true where a refusal is reported; it looks at conditions only, never at the value.
func (t *TypeAccess) told(f *Field, a Access, allow string) (string, error) {
	var parts []string
	if a.Withheld.allow {
		parts = append(parts, "("+allow+") is not true")
	}
	if len(a.Withheld.deny) > 0 {
		deny, err := noneOf(a.Withheld.deny, t.Record, f.Class)
		if err != nil {
			return "", err
		}
		parts = append(parts, "not ("+deny+")")
	}
	return "(" + strings.Join(parts, " or ") + ")", nil
}

func (t *TypeAccess) where() (string, error) {
	allow, err := anyOf(t.Row.Guard.Allow, t.Record, "")
	if err != nil {
		return "", err
	}
	deny, err := noneOf(t.Row.Guard.Deny, t.Record, "")
	if err != nil || allow+deny == "" {
		return "", err
	}
	return "\n where " + join(" and ", allow, deny), nil
}

// truly wraps a condition that may be null; a bare one serves in WHERE, where null is no.
func truly(sql string) string {
	if sql == "" {
		return ""
	}
	return "(" + sql + ") is true"
}

func join(by string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), by)
}

// anyOf is the SQL of "some term is true", or nothing where one always is.
func anyOf(terms []Term, r *Record, class string) (string, error) {
	var ways []string
	for _, t := range terms {
		if len(t.Conditions) == 0 {
			return "", nil
		}
		all, err := each(t, r, class)
		if err != nil {
			return "", err
		}
		ways = append(ways, strings.Join(all, " and "))
	}
	if len(ways) == 1 {
		return ways[0], nil
	}
	return "((" + strings.Join(ways, ") or (") + "))", nil
}

// noneOf is the SQL of "every term is false": in each, some condition is false. A condition that is not known denies.
func noneOf(terms []Term, r *Record, class string) (string, error) {
	var all []string
	for _, t := range terms {
		conditions, err := each(t, r, class)
		if err != nil {
			return "", err
		}
		for i, sql := range conditions {
			conditions[i] = falsely(sql)
		}
		all = append(all, "("+strings.Join(conditions, " or ")+")")
	}
	return strings.Join(all, " and "), nil
}

func each(t Term, r *Record, class string) ([]string, error) {
	var all []string
	for _, name := range t.Conditions {
		c, _ := ConditionNamed(name)
		sql, err := c.SQL(r, class)
		if err != nil {
			return nil, err
		}
		all = append(all, sql)
	}
	return all, nil
}

var isPresent = regexp.MustCompile(`^\w+\.\w+ is not null$`)

// falsely is true exactly where the condition is false. The plain form of a test for absence lets partial indexes serve.
func falsely(sql string) string {
	if isPresent.MatchString(sql) {
		return strings.TrimSuffix(sql, " is not null") + " is null"
	}
	return "(" + sql + ") is false"
}

var (
	caseAlias     = regexp.MustCompile(`\bcs\.`)
	childAlias    = regexp.MustCompile(`\bch\.`)
	consentsAlias = regexp.MustCompile(`\bcn\.`)
)

// joins adds the anchors that the conditions look at. Outer joins that give one row, so that PostgreSQL drops one that no
// selected column needs.
func joins(r *Record, conditions string) string {
	var b strings.Builder
	consented := consentsAlias.MatchString(conditions)
	if caseAlias.MatchString(conditions) && r.Table != "case_file" {
		b.WriteString("\n  left join korpu.case_file cs on cs.id = t.case_id")
	}
	if (consented || childAlias.MatchString(conditions)) && r.Table != "child" {
		b.WriteString("\n  left join korpu.child ch on ch.id = t.child_id")
	}
	if consented {
		b.WriteString("\n  left join lateral " + consents + " cn on true")
	}
	return b.String()
}

// ownAliases lets a condition on the case or child speak of the row itself where the row is one.
func ownAliases(r *Record, text string) string {
	switch r.Table {
	case "case_file":
		return caseAlias.ReplaceAllString(text, "t.")
	case "child":
		return childAlias.ReplaceAllString(text, "t.")
	}
	return text
}

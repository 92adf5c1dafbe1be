package policy

import (
	"fmt"
	"slices"
	"strings"
)

// tie is a way in which an agency has to do with a child: the record that says so, which of its columns names the agency, while what
// holds, and the conditions that it fulfils for people of the agency.
type tie struct {
	name, record, agency, live string
	told                       []string // fields by which it is known to be live
	fulfils                    []string
}

var ties = []tie{
	{"party", "CaseParty", "t.agency_id", "t.ended_at is null", []string{"endedAt"}, []string{"party", "child_party", "own_court", "own_hearing"}},
	{"referral", "Referral", "t.receiver_id", "t.status in ('SENT', 'ACCEPTED', 'ACTIVE')", []string{"status"}, []string{"referred", "receiver", "own_referral", "own_task"}},
	{"team", "CareTeamMember", "(select s.agency_id from {schema}.staff s where s.id = t.staff_id)", "t.left_at is null", []string{"leftAt"}, []string{"assigned"}},
	{"defence", "LegalMandate", "(select s.agency_id from {schema}.staff s where s.id = t.lawyer_id)", "t.ended_at is null", []string{"endedAt"}, []string{"counsel"}},
	{"stay", "DetentionEpisode", "t.facility_id", "t.released_at is null", []string{"releasedAt"}, []string{"holder", "own_facility", "own_stay"}},
}

// TiesSeen is the query that finds which agencies of which kinds have to do with a child ($1), in which ways, as far as the profile sees it.
func (p *Profile) TiesSeen(version int64) string {
	schema := p.ViewSchema(version)
	var parts []string
	for _, t := range ties {
		if p.knows(t) {
			parts = append(parts, fmt.Sprintf("select %s as agency, '%s' as tie from %s.%s t where t.child_id = $1 and %s",
				strings.ReplaceAll(t.agency, "{schema}", schema), t.name, schema, p.Types[t.record].Record.Table, t.live))
		}
	}
	return fmt.Sprintf("select a.id, a.name, coalesce(a.kind, ''), array_agg(distinct x.tie order by x.tie) from (%s) x join %s.agency a on a.id = x.agency group by a.id, a.name, a.kind order by a.name, a.id",
		strings.Join(parts, " union "), schema)
}

// knows tells whether the profile sees for certain which agencies are tied so.
func (p *Profile) knows(t tie) bool {
	seen := p.Types[t.record]
	return seen != nil && !slices.ContainsFunc(t.told, func(name string) bool { return seen.Fields[name].Kind != AlwaysOpen })
}

// Share lists the classes of data of a child that the profile is shown by the ties of its agency, whatever was agreed, and those
// that it is shown only with consent; a class may stand in both, and more than once.
func (p *Profile) Share(named []string) (open, asked []string) {
	var fulfilled []string
	for _, t := range ties {
		if slices.Contains(named, t.name) {
			fulfilled = append(fulfilled, t.fulfils...)
		}
	}
	for _, t := range p.Types {
		rows := slices.DeleteFunc(slices.Clone(t.Row.Formula.Allow), func(row Term) bool { return len(row.without(fulfilled).Conditions) == len(row.Conditions) })
		for _, f := range t.Record.Fields {
			if f.Class == "REFERENCE" || f.Class == "LINK" || t.Record.Anchor == AnchorNone {
				continue
			}
			given, consented := shown(rows, t.Fields[f.Name].Formula.Allow)
			if given {
				open = append(open, f.Class)
			} else if consented {
				asked = append(asked, f.Class)
			}
		}
	}
	return open, asked
}

// shown tells whether some row and field rule together show a field, without consent or with it. Own entries are not shown to their author.
func shown(rows, fields []Term) (given, consented bool) {
	for _, row := range rows {
		for _, field := range fields {
			together := slices.Concat(row.Conditions, field.Conditions)
			switch {
			case slices.Contains(together, "author") || slices.Contains(together, "temporary"):
			case slices.Contains(together, "consented"):
				consented = true
			default:
				given = true
			}
		}
	}
	return given, consented
}

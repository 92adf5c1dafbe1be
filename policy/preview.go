package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// referral are the conditions that a live referral fulfils for its receiver, on the child and on the referral itself.
var referral = []string{"referred", "receiver"}

// Opening is what a referral opens to a profile of its receiver: always, or when what the entry says holds too.
type Opening struct {
	Entry
	Class        string
	HowToRequest string
}

// Opens lists what a referral of a child opens to the profile where the child has consented to the classes: which records
// and, of those that the referral opens, the fields. It is empty for a profile to which no referral opens anything.
func (p *Profile) Opens(consented []string) []Opening {
	var all []Opening
	opens := false
	for _, name := range slices.Sorted(maps.Keys(p.Types)) {
		t := p.Types[name]
		if t.Record.Anchor == AnchorNone {
			continue
		}
		by := t.byReferral()
		if len(by.Allow) == 0 {
			all = append(all, opening(name, "", t.Row))
			continue
		}
		opens = true
		all = append(all, opening(name, "", Access{Formula: by, Guard: by.knowing(referral)}))
		all = append(all, t.opens(by, consented)...)
	}
	if !opens {
		return nil
	}
	return all
}

// byReferral is the part of the row rule that a referral fulfils, alone or with others.
func (t *TypeAccess) byReferral() Formula {
	by := Formula{Deny: t.Row.Formula.Deny}
	for _, term := range t.Row.Formula.Allow {
		if len(term.without(referral).Conditions) < len(term.Conditions) {
			by.Allow = append(by.Allow, term)
		}
	}
	return by
}

func (t *TypeAccess) opens(by Formula, consented []string) []Opening {
	var all []Opening
	for _, f := range t.Record.Fields {
		a, seen := t.Fields[f.Name]
		if !seen || f.Class == "REFERENCE" || f.Class == "LINK" {
			continue
		}
		known := referral
		if slices.Contains(consented, f.Class) {
			known = append(slices.Clone(referral), "consented")
		}
		a.Guard = a.Formula.given(by).knowing(known)
		if kindOf(a.Guard) != Never {
			o := opening(t.Record.Name, f.Name, a)
			o.Class = f.Class
			all = append(all, o)
		}
	}
	return all
}

func opening(record, field string, a Access) Opening {
	o := Opening{Entry: entry(record, field, a)}
	if w := withholding(kindOf(a.Guard), a.Guard); w != nil {
		o.HowToRequest = w.HowToRequest
	}
	return o
}

// ConsentsSeen is the query that finds the classes to which a child ($1) has consented towards an agency ($2) for a purpose
// ($3), among the consents and answers that the profile sees. It is empty for a profile that does not see them whole.
func (p *Profile) ConsentsSeen(version int64) string {
	if !p.seesWhole("Consent") || !p.seesWhole("Assent") {
		return ""
	}
	schema := p.ViewSchema(version)
	seen := strings.NewReplacer("{consent}", schema+".consent", "{assent}", schema+".assent", "{child}", "$1", "{agency}", "$2", "{purpose}", "$3").Replace(consentsOf)
	return fmt.Sprintf("select given, refused from %s cn", seen)
}

// seesWhole tells whether every value of a record is always open to the profile.
func (p *Profile) seesWhole(record string) bool {
	t := p.Types[record]
	return t != nil && !slices.ContainsFunc(t.Record.Fields, func(f *Field) bool { return f.Link == nil && t.Fields[f.Name].Kind != AlwaysOpen })
}

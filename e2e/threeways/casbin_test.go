package threeways

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"korpu/policy"
)

// asker is who asks, in which role and for which purpose.
type asker struct {
	staff, agency, role, purpose string
}

// judge asks Casbin, over the facts that the oracles find. Outspoken is Casbin over the same rules without the silent
// ones: what it closes too is told, what it would open is closed in silence.
type judge struct {
	t         *testing.T
	catalog   *policy.Catalog
	casbin    *policy.Oracle
	outspoken *policy.Oracle
	relevant  map[string][]string // conditions by object
	decided   map[string]bool     // by set of facts
	known     map[cell]bool       // of this database
	seen      *coverage
}

func newJudge(t *testing.T, c *policy.Compiled, seen *coverage) *judge {
	t.Helper()
	j := &judge{t: t, catalog: c.Catalog, decided: map[string]bool{}, relevant: map[string][]string{}, seen: seen}
	j.casbin = oracleOf(t, c, c.Rules.Rules)
	j.outspoken = oracleOf(t, c, slices.DeleteFunc(slices.Clone(c.Rules.Rules), func(r *policy.Rule) bool { return r.Silent }))
	for _, r := range c.Rules.Rules {
		for _, condition := range r.Conditions {
			if !slices.Contains(j.relevant[r.Object], condition) {
				j.relevant[r.Object] = append(j.relevant[r.Object], condition)
			}
		}
	}
	return j
}

func oracleOf(t *testing.T, c *policy.Compiled, rules []*policy.Rule) *policy.Oracle {
	t.Helper()
	o, err := policy.NewOracle(&policy.Rules{Rules: rules, Groups: c.Rules.Groups}, c.Catalog)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// sees tells whether the row is there for the asker.
func (j *judge) sees(w *world, a asker, r *policy.Record, of row) bool {
	groups := []string{"rows:" + r.Name}
	if r.Anchor != policy.AnchorNone {
		groups = append(groups, "rows:protected")
	}
	return j.decide(j.casbin, question{world: w, asker: a, record: r, row: of}, policy.RowObject(r), groups...)
}

// shows tells whether a row that is there shows the field.
func (j *judge) shows(w *world, a asker, f *policy.Field, of row) bool {
	return j.decide(j.casbin, fieldQuestion(w, a, f, of), f.Title(), "class:"+strings.ToLower(f.Class))
}

// tells tells whether a row that is there, and does not show the field, says so.
func (j *judge) tells(w *world, a asker, f *policy.Field, of row) bool {
	return !j.decide(j.outspoken, fieldQuestion(w, a, f, of), f.Title(), "class:"+strings.ToLower(f.Class))
}

func fieldQuestion(w *world, a asker, f *policy.Field, of row) question {
	return question{world: w, asker: a, record: f.Record, row: of, class: f.Class}
}

// cell is a decision in one database.
type cell struct {
	by     *policy.Oracle
	asker  asker
	object string
	id     any
}

// forget makes ready for another database.
func (j *judge) forget() { j.known = map[cell]bool{} }

func (j *judge) decide(by *policy.Oracle, q question, object string, groups ...string) bool {
	c := cell{by, q.asker, object, q.row["id"]}
	verdict, known := j.known[c]
	if !known {
		verdict = j.ask(by, q, object, groups)
		j.known[c] = verdict
	}
	return verdict
}

// ask asks Casbin once for each set of facts. Facts matter where some rule on the object, or on a group that it is in, names them.
func (j *judge) ask(by *policy.Oracle, q question, object string, groups []string) bool {
	facts := map[string]policy.Truth{}
	key := []string{fmt.Sprint(by == j.casbin), q.role, q.purpose, object}
	for _, o := range append(groups, object) {
		for _, condition := range j.relevant[o] {
			if _, known := facts[condition]; !known {
				facts[condition] = oracles[condition](q)
				j.seen.condition(condition, facts[condition])
				key = append(key, fmt.Sprint(facts[condition]))
			}
		}
	}
	name := strings.Join(key, " ")
	verdict, known := j.decided[name]
	if !known {
		var err error
		if verdict, err = by.Decides(q.role, q.purpose, object, "read", facts); err != nil {
			j.t.Fatal(err)
		}
		j.decided[name] = verdict
	}
	return verdict
}

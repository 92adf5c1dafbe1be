package policy

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// flip is the policy with one line changed, and whom and what the line concerns.
type flip struct {
	name    string
	rules   *Rules
	role    string
	action  string
	covers  func(purpose string) bool
	objects *object
}

// Whatever is flipped in a line of the policy, some decision of the flipped one differs from that of Casbin under the
// policy as it is. Only the decisions that the line belongs to are asked for again.
func TestEveryFlipOfEveryLineIsNoticed(t *testing.T) {
	hearings()
	began := time.Now()
	flips := make(chan flip)
	var noticed, compared atomic.Int64
	var group sync.WaitGroup
	for range runtime.NumCPU() {
		group.Go(func() {
			for f := range flips {
				if f.noticed(t, &compared) {
					noticed.Add(1)
				} else {
					t.Errorf("%s: not noticed", f.name)
				}
			}
		})
	}
	objects := ours().Catalog.objects()
	for i, r := range ours().Rules.Rules {
		for _, changed := range flipsOf(r, objects[r.Object]) {
			flips <- flip{r.Place + " " + changed.name, replaced(i, changed.rule), r.Role, r.Action, r.covers, objects[r.Object]}
		}
	}
	for i, g := range ours().Rules.Groups {
		flips <- flip{g.Place + " dropped", withoutGroup(i), g.Member, "", func(string) bool { return true }, everything(ours().Catalog)}
	}
	close(flips)
	group.Wait()
	t.Logf("%d lines, %d flips noticed, %d assignments compared, in %s", len(ours().Rules.Rules)+len(ours().Rules.Groups), noticed.Load(), compared.Load(), time.Since(began).Round(time.Millisecond))
}

type changedRule struct {
	name string
	rule *Rule // nil where the rule is dropped
}

// flipsOf turns the effect, drops the rule, drops each condition, and puts another in place of each or of always.
func flipsOf(r *Rule, o *object) []changedRule {
	turned := *r
	turned.Deny = !r.Deny
	all := []changedRule{{"effect turned", &turned}, {"dropped", nil}}
	for i, name := range r.Conditions {
		less, other := *r, *r
		less.Conditions = slices.Delete(slices.Clone(r.Conditions), i, i+1)
		other.Conditions = slices.Clone(r.Conditions)
		other.Conditions[i] = another(r, o)
		all = append(all, changedRule{name + " dropped", &less}, changedRule{name + " swapped for " + other.Conditions[i], &other})
	}
	if len(r.Conditions) == 0 {
		narrowed := *r
		narrowed.Conditions = []string{another(r, o)}
		all = append(all, changedRule{"always swapped for " + narrowed.Conditions[0], &narrowed})
	}
	return all
}

// another is a condition that the rule lacks, on records that it applies to where there is one. Not one by which the role
// sees the rows: on those it always holds.
func another(r *Rule, o *object) string {
	taken := slices.Clone(r.Conditions)
	for _, other := range ours().Rules.Rules {
		for _, record := range o.records {
			if other.Role == r.Role && other.Object == "rows:"+record.Name {
				taken = append(taken, other.Conditions...)
			}
		}
	}
	for _, c := range conditions {
		if !slices.Contains(taken, c.Name) && !slices.ContainsFunc(o.records, func(record *Record) bool { return c.text(record) == "" }) {
			return c.Name
		}
	}
	return "own_hearing"
}

func replaced(i int, with *Rule) *Rules {
	out := *ours().Rules
	out.Rules = slices.Clone(out.Rules)
	if with == nil {
		out.Rules = slices.Delete(out.Rules, i, i+1)
	} else {
		out.Rules[i] = with
	}
	return &out
}

func withoutGroup(i int) *Rules {
	out := *ours().Rules
	out.Groups = slices.Delete(slices.Clone(out.Groups), i, i+1)
	return &out
}

func everything(c *Catalog) *object {
	all := &object{}
	for _, name := range c.Names {
		all.records = append(all.records, c.Records[name])
		all.fields = append(all.fields, c.Records[name].Fields...)
	}
	return all
}

// noticed compares what the flipped policy compiles to with what Casbin says of the policy as it is, until they differ.
func (f flip) noticed(t *testing.T, compared *atomic.Int64) bool {
	flipped := &Compiled{Catalog: ours().Catalog, Rules: f.rules, index: f.rules.index()}
	for _, p := range ours().Profiles {
		if !f.covers(p.Purpose) || !slices.Contains(ours().index.groups[p.Role], f.role) {
			continue
		}
		for _, d := range f.allDecisions(p, flipped) {
			n, err := d.compare()
			compared.Add(int64(n))
			if err != nil && strings.Contains(err.Error(), "compiled says") {
				return true
			} else if err != nil {
				t.Error(fmt.Errorf("%s: %w", f.name, err))
			}
		}
	}
	return false
}

// allDecisions are those that the line belongs to: on reading, or on the commands that its action concerns.
func (f flip) allDecisions(p *Profile, flipped *Compiled) []decision {
	var all []decision
	if f.action == "" || f.action == "read" {
		for _, r := range f.objects.records {
			access := flipped.compileType(p, r)
			if access.Row.Kind == Never {
				access = nil
			}
			all = append(all, f.decisions(p, r, access)...)
		}
	}
	if f.action != "read" {
		for _, cmd := range flipped.Catalog.Commands {
			all = append(all, f.commandDecisions(p, cmd, flipped.compileCommand(p, cmd))...)
		}
	}
	return all
}

func (f flip) commandDecisions(p *Profile, cmd *Command, a *CommandAccess) []decision {
	var all []decision
	if cmd.Action == f.action && (f.objects.command == cmd || f.objects.command == nil && len(f.objects.fields) == 0) {
		all = append(all, decision{title: cmd.Title(), rows: hearings()[p][question{cmd.Title(), cmd.Action}], compiled: []Formula{a.Formula}})
	}
	for _, in := range cmd.Inputs() {
		for _, v := range in.Values {
			if v.Field != nil && in.Action == f.action && slices.Contains(f.objects.fields, v.Field) {
				heard := hearings()[p][question{v.Field.Title(), in.Action}]
				all = append(all, decision{title: v.Field.Title(), rows: heard, compiled: []Formula{constantly(a.Values[v])}})
			}
		}
	}
	return all
}

func (f flip) decisions(p *Profile, r *Record, t *TypeAccess) []decision {
	rows := hearings()[p][question{RowObject(r), "read"}]
	if len(f.objects.fields) == 0 {
		return []decision{{title: RowObject(r), rows: rows, compiled: t.rows()}}
	}
	var all []decision
	for _, field := range f.objects.fields {
		if field.Record == r && (field.Link == nil || p.Types[field.Link.Target] != nil) {
			all = append(all, decision{title: field.Title(), rows: rows, field: hearings()[p][question{field.Title(), "read"}], compiled: t.field(field)})
		}
	}
	return all
}

package policy

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Verify compares every compiled decision with Casbin's, over all truth values of the conditions that matter to either,
// and finds out whether every profile's schema is sound.
func (c *Compiled) Verify() error {
	_, err := c.verify()
	return err
}

// tally counts what was compared.
type tally struct{ decisions, sets, assignments int }

func (c *Compiled) verify() (tally, error) {
	v := &verifier{known: map[string]bool{}}
	var group sync.WaitGroup
	for _, p := range c.Profiles {
		group.Go(func() { v.profile(c, p) })
	}
	group.Wait()
	return v.tally, v.problems.Err()
}

// verifier compares profiles with Casbin, several at once. Decisions for which Casbin hears the same and the compiler has
// found the same are compared once: both sides depend on nothing else.
type verifier struct {
	mutex    sync.Mutex
	known    map[string]bool
	tally    tally
	problems Problems
}

func (v *verifier) profile(c *Compiled, p *Profile) {
	if _, err := p.schema(); err != nil {
		v.report(p, err)
	}
	oracle, err := NewOracle(c.Rules.About(p.Role), c.Catalog)
	if err != nil {
		v.report(p, err)
		return
	}
	for _, name := range c.Catalog.Names {
		r := c.Catalog.Records[name]
		rows, err := oracle.hear(p.Role, p.Purpose, RowObject(r), "read")
		if err == nil {
			err = v.record(oracle, p, r, p.Types[name], rows)
		}
		if err != nil {
			v.report(p, err)
		}
	}
	for _, cmd := range c.Catalog.Commands {
		if err := v.command(oracle, c, p, cmd); err != nil {
			v.report(p, err)
		}
	}
}

// command compares when the profile may do a command, and which of its values it may give.
func (v *verifier) command(oracle *Oracle, c *Compiled, p *Profile, cmd *Command) error {
	heard, err := oracle.hear(p.Role, p.Purpose, cmd.Title(), cmd.Action)
	if err != nil {
		return err
	}
	a := c.compileCommand(p, cmd)
	if err := v.decision(decision{title: cmd.Title(), rows: heard, compiled: []Formula{a.Formula}}); err != nil {
		return err
	}
	for _, in := range cmd.Inputs() {
		for _, value := range in.classed() {
			heard, err := oracle.hear(p.Role, p.Purpose, value.Field.Title(), in.Action)
			if err != nil {
				return err
			}
			if err := v.decision(decision{title: in.Name + "." + value.Name, rows: heard, compiled: []Formula{constantly(a.Values[value])}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// constantly is the formula of what is open always or never.
func constantly(open bool) Formula {
	if open {
		return Formula{Allow: []Term{{}}}
	}
	return Formula{}
}

func (v *verifier) report(p *Profile, err error) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.problems.add(p.String(), "%v", err)
}

// record compares the rows and every field of a record. A link to a record that the profile does not see is closed
// whatever Casbin says of the link.
func (v *verifier) record(oracle *Oracle, p *Profile, r *Record, t *TypeAccess, rows *clauses) error {
	if err := v.decision(decision{title: "rows of " + r.Name, rows: rows, compiled: t.rows()}); err != nil {
		return err
	}
	for _, f := range r.Fields {
		if f.Link != nil && p.Types[f.Link.Target] == nil {
			continue
		}
		fields, err := oracle.hear(p.Role, p.Purpose, f.Title(), "read")
		if err != nil {
			return err
		}
		if err := v.decision(decision{title: f.Title(), rows: rows, field: fields, compiled: t.field(f)}); err != nil {
			return err
		}
	}
	return nil
}

// decision is one thing that a profile may or may not see: rows, where field is nil, or a field on rows.
type decision struct {
	title       string
	rows, field *clauses
	compiled    []Formula // that must all hold, as the views render them
}

func (t *TypeAccess) rows() []Formula {
	if t == nil {
		return []Formula{{}}
	}
	return []Formula{t.Row.Guard}
}

func (t *TypeAccess) field(f *Field) []Formula {
	if t == nil {
		return []Formula{{}}
	}
	return []Formula{t.Row.Guard, t.Fields[f.Name].Guard}
}

func (v *verifier) decision(d decision) error {
	v.mutex.Lock()
	key := d.key()
	known := v.known[key]
	v.known[key] = true
	v.tally.decisions++
	v.mutex.Unlock()
	if known {
		return nil
	}
	compared, err := d.compare()
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.tally.sets++
	v.tally.assignments += compared
	return err
}

func (d decision) key() string {
	key := fmt.Sprint(d.rows.list, d.field != nil)
	if d.field != nil {
		key += fmt.Sprint(d.field.list)
	}
	for _, f := range d.compiled {
		key += fmt.Sprint("|", f.shape())
	}
	return key
}

// compare asks both sides under every assignment, and returns how many those were.
func (d decision) compare() (int, error) {
	oracles, err := d.oracles()
	if err != nil {
		return 0, err
	}
	all := assignments(d.conditions())
	for i, facts := range all {
		compiled := !slices.ContainsFunc(d.compiled, func(f Formula) bool { return !f.Holds(facts) })
		asked := true
		for _, o := range oracles {
			one, err := o.decidesHeard(facts)
			if err != nil {
				return 0, err
			}
			asked = asked && one
		}
		if compiled != asked {
			return i + 1, fmt.Errorf("%s: compiled says %t, Casbin says %t, where %s", d.title, compiled, asked, words(facts))
		}
	}
	return len(all), nil
}

func (d decision) oracles() ([]*Oracle, error) {
	var all []*Oracle
	for _, heard := range []*clauses{d.rows, d.field} {
		if heard == nil {
			continue
		}
		o, err := heard.oracle()
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// conditions are those of both sides.
func (d decision) conditions() []string {
	all := slices.Concat(conditionsOf(d.compiled...), d.rows.conditions())
	if d.field != nil {
		all = append(all, d.field.conditions()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// assignments lists every way in which the conditions can be false, unknown and true.
func assignments(names []string) []map[string]Truth {
	all := []map[string]Truth{{}}
	for _, name := range names {
		var next []map[string]Truth
		for _, facts := range all {
			for _, value := range []Truth{False, Unknown, True} {
				extended := map[string]Truth{name: value}
				for k, v := range facts {
					extended[k] = v
				}
				next = append(next, extended)
			}
		}
		all = next
	}
	return all
}

func words(facts map[string]Truth) string {
	parts := make([]string, 0, len(facts))
	for name, value := range facts {
		parts = append(parts, name+" is "+value.String())
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

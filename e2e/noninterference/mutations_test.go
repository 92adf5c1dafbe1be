package noninterference

import (
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/hubtest"
	"korpu/policy"
	"korpu/schema"
)

// mutation takes one guard away from the hub for one profile. What is hidden is still judged by the policy as it is.
type mutation struct {
	guard         string
	role, purpose string
	mutate        func(m *mutant)
	channel       string // the only field whose values may differ in the answers, where the leak has to be in one
}

// mutations are on a profile each, so that they can share a world.
var mutations = []mutation{
	{"the count", "commission_secretary", "CHILD_PROTECTION", func(m *mutant) { m.countHidden("case_party") }, "totalCount"},
	{"the row rule", "centre_manager", "REHABILITATION", func(m *mutant) {
		m.edit("referral", func(view string) string { view, _, _ = strings.Cut(view, "\n where "); return view })
	}, ""},
	{"the CASE of a field", "judge", "CASE_PROCEEDINGS", func(m *mutant) {
		m.edit("case_file", func(view string) string { return bare("alleged_facts").ReplaceAllString(view, "t.alleged_facts as") })
	}, ""},
	{"the denial of sealed records", "clinic_lawyer", "LEGAL_DEFENCE", func(m *mutant) {
		m.edit("case_file", func(view string) string { return strings.Replace(view, "t.sealed_at is null", "true", 1) })
	}, ""},
	{"the denial under a protection order", "police_officer", "CASE_PROCEEDINGS", func(m *mutant) { m.without("class:contact, read, any, protected") }, ""},
	{"the report of what is withheld", "defence_lawyer", "LEGAL_DEFENCE", func(m *mutant) {
		m.edit("case_file", func(view string) string {
			return strings.Replace(view, " as withheld_alleged_facts", " and t.alleged_facts is not null as withheld_alleged_facts", 1)
		})
	}, ""},
	{"the filter", "police_inspector", "CASE_PROCEEDINGS", func(m *mutant) {
		m.open("Case", "allegedFacts", "alleged_facts")
		m.prune("Case", "allegedFacts")
	}, ""},
	{"the order", "school_focal_point", "EDUCATION", func(m *mutant) {
		m.open("Child", "bornOn", "born_on")
		m.prune("Child", "bornOn")
		m.prune("ChildFilter", "bornOn")
	}, ""},
	{"pruning", "activity_provider", "SERVICE_DELIVERY", func(m *mutant) { m.open("Child", "nationalId", "national_id") }, ""},
	{"the cursor", "psychologist", "REHABILITATION", func(m *mutant) {
		m.addColumn("child", "t.phone")
		m.orderBy("Child", "phone")
	}, "cursor"},
}

// TestWithoutAGuardTheProofIsRed takes the guards away one by one: the same proof, green before, has to find each missing.
func TestWithoutAGuardTheProofIsRed(t *testing.T) {
	w := newWorld(t, countingBeside)
	sound := w.again()
	for i, m := range mutations {
		t.Run(m.guard, func(t *testing.T) {
			begin := uint64(i+1) << 40
			if before := sound.subject(m.role, m.purpose).prove(begin, 200, ""); before != nil {
				t.Fatalf("a leak before the guard was taken away: %s", before)
			}
			m.mutate(&mutant{t: t, world: w, role: m.role, purpose: m.purpose})
			s := w.subject(m.role, m.purpose)
			for round := begin + 1; s.tally.asked < 20_000; round++ {
				if found := s.prove(round, 2000, m.channel); found != nil {
					if found.defect != "" {
						t.Errorf("the hub failed: %s", found)
					}
					t.Logf("found after %d operations", s.tally.asked+1)
					return
				}
			}
			t.Errorf("not found in %d operations", s.tally.asked)
		})
	}
}

// prove runs a round and returns the leak that it finds, in one field only where one is named.
func (s *subject) prove(seed uint64, enough int, channel string) *leak {
	r := s.newRound(seed, enough)
	r.channel = channel
	r.run()
	return r.leak
}

// mutant is the hub of both sides, without a guard.
type mutant struct {
	t             *testing.T
	world         *world
	role, purpose string
}

// countHidden has every count include rows of a table that the profile does not see.
func (m *mutant) countHidden(table string) {
	const beside = "create or replace function leak.beside() returns bigint language sql security definer as "
	m.exec(beside + "'select pg_catalog.sum(1) from korpu." + table + "'")
	m.t.Cleanup(func() { m.exec(beside + "'select 0::bigint'") })
}

func (m *mutant) exec(sql string) {
	for _, s := range []*side{m.world.still, m.world.moved} {
		exec(m.t, s.admin, sql)
	}
}

// edit replaces a view of the profile by another one.
func (m *mutant) edit(table string, change func(view string) string) {
	m.replace(m.views(hubtest.Policy()), func(v policy.View) string {
		if v.Name != table {
			return v.SQL
		}
		edited := change(v.SQL)
		if edited == v.SQL {
			m.t.Fatalf("the guard is not in the view:\n%s", v.SQL)
		}
		return edited
	})
}

func (m *mutant) views(c *policy.Compiled) []policy.View {
	m.t.Helper()
	views, err := c.Profile(m.role, m.purpose).Views(m.world.still.hub.Policies.Current().Version)
	if err != nil {
		m.t.Fatal(err)
	}
	return views
}

func (m *mutant) replace(views []policy.View, by func(policy.View) string) {
	for _, v := range views {
		m.exec("set role korpu_owner; " + strings.Replace(by(v), "create view", "create or replace view", 1) + "; reset role")
	}
}

// without installs the views of a policy that has one rule less.
func (m *mutant) without(rule string) {
	m.t.Helper()
	files := maps.Clone(policy.Embedded())
	for name, text := range files {
		files[name] = regexp.MustCompile(`(?m)^.*`+regexp.QuoteMeta(rule)+`.*\n`).ReplaceAllString(text, "")
	}
	c, err := policy.Build(schema.FS, files)
	if err != nil {
		m.t.Fatal(err)
	}
	m.replace(m.views(c), func(v policy.View) string { return v.SQL })
}

// open leaves a field in schema and view that the profile never sees.
func (m *mutant) open(record, field, column string) {
	m.profiles(func(p *policy.Profile) { p.Types[record].Fields[field] = policy.Access{Kind: policy.AlwaysOpen} })
	m.addColumn(m.world.catalog.Records[record].Table, "t."+column)
}

func (m *mutant) addColumn(table, column string) {
	m.edit(table, func(view string) string {
		return strings.Replace(view, "\n  from korpu.", ", "+column+"\n  from korpu.", 1)
	})
}

func (m *mutant) profiles(change func(*policy.Profile)) {
	for _, s := range []*side{m.world.still, m.world.moved} {
		change(s.hub.Policies.Current().Compiled.Profile(m.role, m.purpose))
	}
}

// prune takes a field of a type or input away, so that it cannot be what leaks.
func (m *mutant) prune(typeName, field string) {
	m.profiles(func(p *policy.Profile) {
		def := p.Schema().Types[typeName]
		def.Fields = slices.DeleteFunc(def.Fields, func(f *ast.FieldDefinition) bool { return f.Name == field })
	})
}

// orderBy orders a record by a column that the profile does not see, and so puts it into cursors.
func (m *mutant) orderBy(record, column string) {
	m.profiles(func(p *policy.Profile) {
		other, def := *p.Catalog().Records[record].Order, *p.Catalog().Records[record].Order.Def
		def.Type = ast.NamedType("String", nil)
		other.Column, other.Def = column, &def
		before := p.Catalog().Records[record].Order
		p.Catalog().Records[record].Order = &other
		m.t.Cleanup(func() { p.Catalog().Records[record].Order = before })
	})
}

func bare(column string) *regexp.Regexp {
	return regexp.MustCompile(`case when .* then t\.` + column + ` end as`)
}

// countingBeside has PostgreSQL's own count add, in these databases, what leak.beside says: nothing yet.
const countingBeside = `
create function leak.beside() returns bigint language sql as 'select 0::bigint';
create function leak.with_beside(n bigint) returns bigint language sql as 'select n + leak.beside()';
grant usage on schema leak to public;
set allow_system_table_mods = on;
update pg_aggregate set aggfinalfn = 'leak.with_beside(bigint)'::regprocedure where aggfnoid = 'pg_catalog.count()'::regprocedure;
reset allow_system_table_mods`

// onlyIn tells whether the answers are the same but for the values of fields of that name.
func (l *leak) onlyIn(field string) bool {
	hidden := map[string]bool{}
	each(l.operation.nodes, func(n *node) {
		if n.field != nil && strings.Contains(strings.ToLower(n.field.Name), strings.ToLower(field)) {
			hidden[n.key] = true
		}
	})
	return reflect.DeepEqual(masked(l.a.body, hidden), masked(l.b.body, hidden))
}

// masked is an answer without the values under some keys.
func masked(body []byte, keys map[string]bool) any {
	var whole any
	if err := json.Unmarshal(body, &whole); err != nil {
		return err
	}
	mask(whole, keys)
	return whole
}

func mask(value any, keys map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if keys[key] {
				value[key] = nil
			}
			mask(inner, keys)
		}
	case []any:
		for _, inner := range value {
			mask(inner, keys)
		}
	}
}

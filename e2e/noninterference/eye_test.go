package noninterference

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"korpu/policy"
)

// eye says what a profile may see, without the compiler: the conditions' own SQL is asked of the superuser for each row,
// and Casbin decides over the answers.
type eye struct {
	*opinion
	world   *world
	role    string
	purpose string
}

// opinion is what the policy says of a profile. It is the same in every world.
type opinion struct {
	casbin   *policy.Oracle
	used     []string        // conditions that some rule of the role names
	decides  map[string]bool // columns that these look at
	verdicts map[string]*verdict
}

// verdict is what Casbin says of all rows of a record for which the conditions have the same values.
type verdict struct {
	row    bool
	fields []bool // in the order of the record's fields
}

// fact is a condition as it stands over a record, and the class of data that it is asked about where it asks for one.
type fact struct{ condition, class, sql string }

// opinions are those that tests of this process have asked for: Casbin takes long.
var opinions = map[string]*opinion{}

func (w *world) eye(c *policy.Compiled, role, purpose string) *eye {
	w.t.Helper()
	key := fmt.Sprint(c.Hash, " ", role, " ", purpose, " ", w.commands)
	if opinions[key] == nil {
		opinions[key] = newOpinion(w.t, c, role, w.commands)
	}
	return &eye{opinion: opinions[key], world: w, role: role, purpose: purpose}
}

// newOpinion looks at the rules about reading alone, unless commands are asked for.
func newOpinion(t testing.TB, c *policy.Compiled, role string, commands bool) *opinion {
	t.Helper()
	o := &opinion{decides: map[string]bool{}, verdicts: map[string]*verdict{}}
	concerning := c.Rules.About(role)
	if !commands {
		concerning.Rules = slices.DeleteFunc(concerning.Rules, func(r *policy.Rule) bool { return r.Action != "read" })
	}
	for _, r := range concerning.Rules {
		for _, name := range r.Conditions {
			if !slices.Contains(o.used, name) {
				o.used = append(o.used, name)
			}
		}
	}
	for _, name := range o.used {
		c, _ := policy.ConditionNamed(name)
		for _, found := range looked.FindAllStringSubmatch(c.Row+" "+c.Case+" "+c.Child, -1) {
			o.decides[found[1]] = true
		}
	}
	var err error
	if o.casbin, err = policy.NewOracle(concerning, c.Catalog); err != nil {
		t.Fatal(err)
	}
	return o
}

var looked = regexp.MustCompile(`\b(?:t|cs|ch)\.(\w+)`)

// facts lists the conditions that say something of a record.
func (e *eye) facts(r *policy.Record) []fact {
	var all []fact
	for _, name := range e.used {
		c, _ := policy.ConditionNamed(name)
		plain, err := c.SQL(r, "")
		if err != nil {
			continue
		}
		for _, class := range classes(r) {
			sql, _ := c.SQL(r, class)
			if sql == plain { // one value for all classes
				all = append(all, fact{name, "", sql})
				break
			}
			all = append(all, fact{name, class, sql})
		}
	}
	return all
}

func classes(r *policy.Record) []string {
	var all []string
	for _, f := range r.Fields {
		if !slices.Contains(all, f.Class) {
			all = append(all, f.Class)
		}
	}
	return all
}

// judge asks Casbin about a record whose conditions have the values that the letters of vector say: t, f, or u.
func (e *eye) judge(r *policy.Record, facts []fact, vector string) *verdict {
	e.world.t.Helper()
	key := r.Name + " " + vector
	if known := e.verdicts[key]; known != nil {
		return known
	}
	v := &verdict{row: e.asks(policy.RowObject(r), truths(facts, vector, "")), fields: make([]bool, len(r.Fields))}
	for i, f := range r.Fields {
		v.fields[i] = v.row && e.asks(f.Title(), truths(facts, vector, f.Class))
	}
	e.verdicts[key] = v
	return v
}

func truths(facts []fact, vector, class string) map[string]policy.Truth {
	all := map[string]policy.Truth{}
	for i, f := range facts {
		if f.class == "" || f.class == class {
			all[f.condition] = map[byte]policy.Truth{'t': policy.True, 'f': policy.False, 'u': policy.Unknown}[vector[i]]
		}
	}
	return all
}

func (e *eye) asks(object string, facts map[string]policy.Truth) bool {
	e.world.t.Helper()
	open, err := e.casbin.Decides(e.role, e.purpose, object, "read", facts)
	if err != nil {
		e.world.t.Fatal(err)
	}
	return open
}

// columns are the columns of a record that an answer can depend on: those that join it to others, and those of its fields.
// The place of each field among them, or -1 where it is a link.
func columnsOf(r *policy.Record) (columns []string, places []int) {
	columns = r.Keys()
	for _, f := range r.Fields {
		if f.Link != nil {
			places = append(places, -1)
			continue
		}
		place := slices.Index(columns, f.Column)
		if place < 0 {
			place = len(columns)
			columns = append(columns, f.Column)
		}
		places = append(places, place)
	}
	return columns, places
}

// question reads every row of a record: its child, the values of the conditions as letters, and its columns. It tells how many values that are.
func (e *eye) question(r *policy.Record, facts []fact) (sql string, width int) {
	child := "''"
	switch {
	case r.Table == "child":
		child = "t.id::text"
	case r.Anchor != policy.AnchorNone:
		child = "t.child_id::text"
	}
	letters := []string{"''"}
	for _, f := range facts {
		letters = append(letters, "coalesce(left(("+f.sql+")::text, 1), 'u')")
	}
	read := []string{"t.id::text", child, strings.Join(letters, " || ")}
	columns, _ := columnsOf(r)
	for _, c := range columns {
		read = append(read, e.world.text(r.Table, c))
	}
	return r.Select([]string{fmt.Sprintf("array_to_string(array[%s], %s, %s)", strings.Join(read, ", "), literal(&between), literal(&missing))}, ""), len(read)
}

// What stands between two values of a row that is read as one text, and for one that is null. None of the odd values has them in it.
var between, missing = "\x1d", "\x1e"

// apart takes a row of so many values apart; reading it as a list takes longer.
func (e *eye) apart(row string, width int) []*string {
	e.world.t.Helper()
	var all []*string
	for value := range strings.SplitSeq(row, between) {
		if value == missing {
			all = append(all, nil)
			continue
		}
		all = append(all, &value)
	}
	if len(all) != width {
		e.world.t.Fatalf("%d values, not %d: %q", len(all), width, row)
	}
	return all
}

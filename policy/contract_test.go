package policy

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

func TestEverythingInTheContractIsDescribed(t *testing.T) {
	described := func(what, text string) {
		if text == "" || !strings.ContainsAny(text[len(text)-1:], ".`?") {
			t.Errorf("%s has no description that is a sentence: %q", what, text)
		}
	}
	schema := ours().Catalog.Schema
	for _, def := range ours().Catalog.sorted() {
		described(def.Name, def.Description)
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			described(def.Name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				described(def.Name+"."+f.Name+"."+a.Name, a.Description)
			}
		}
		for _, v := range def.EnumValues {
			described(def.Name+"."+v.Name, v.Description)
		}
	}
	for name, d := range schema.Directives {
		if d.Position.Src != nil && !d.Position.Src.BuiltIn {
			described("@"+name, d.Description)
		}
	}
}

// What is no record has no class and no rule: it may hold nothing of a child. To add to this list is to be sure of that.
func TestTypesWithoutClassesAreTheHubsOwn(t *testing.T) {
	own := []string{"Query", "Mutation", "Me", "RoleChoice", "Access", "PreviewedAccess", "Sharing", "Withheld", "PageInfo"}
	for _, def := range ours().Catalog.sorted() {
		page := def.Directives.ForName("connection") != nil || isEdge(def)
		if def.Kind == ast.Object && ours().Catalog.Records[def.Name] == nil && !page && !slices.Contains(own, def.Name) {
			t.Errorf("%s holds data and is no @record", def.Name)
		}
	}
}

func isEdge(def *ast.Definition) bool {
	node := def.Fields.ForName("node")
	return node != nil && ours().Catalog.Records[node.Type.Name()] != nil && def.Fields.ForName("cursor") != nil && len(def.Fields) == 2
}

// table is what the migrations say of a table.
type table struct {
	columns map[string]string // the rest of the column's line
	known   map[string][]string
	indexes string
}

var (
	createTable = regexp.MustCompile(`(?ms)^create table korpu\.(\w+) \(\n(.*?)^\);`)
	columnLine  = regexp.MustCompile(`(?m)^  (\w+) +(.*?),?$`)
	knownValues = regexp.MustCompile(`(?s)check \((\w+) in \((.*?)\)\)`)
	addColumn   = regexp.MustCompile(`(?m)^alter table korpu\.(\w+) add (?:column )?(\w+) +(.*?);$`)
	createIndex = regexp.MustCompile(`(?m)^create (?:unique )?index \w+ on korpu\.(\w+) .*$`)
)

func tables(t *testing.T) map[string]*table {
	t.Helper()
	names, err := fs.Glob(os.DirFS("../migrations"), "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d migrations, error %v", len(names), err)
	}
	all := map[string]*table{}
	for _, name := range names {
		text, err := os.ReadFile("../migrations/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range createTable.FindAllStringSubmatch(string(text), -1) {
			all[m[1]] = readTable(m[2])
		}
		for _, m := range addColumn.FindAllStringSubmatch(string(text), -1) {
			all[m[1]].columns[m[2]] = m[3]
			all[m[1]].readKnown(m[3])
		}
		for _, m := range createIndex.FindAllStringSubmatch(string(text), -1) {
			all[m[1]].indexes += m[0] + "\n"
		}
	}
	return all
}

func readTable(body string) *table {
	one := &table{columns: map[string]string{}, known: map[string][]string{}}
	for _, m := range columnLine.FindAllStringSubmatch(body, -1) {
		if m[1] == "constraint" {
			if strings.Contains(m[2], " unique (") {
				one.indexes += m[2] + "\n"
			}
			continue
		}
		one.columns[m[1]] = m[2]
	}
	one.readKnown(body)
	return one
}

func (t *table) readKnown(body string) {
	for _, m := range knownValues.FindAllStringSubmatch(body, -1) {
		for _, value := range strings.Split(m[2], ",") {
			t.known[m[1]] = append(t.known[m[1]], strings.Trim(value, " '\n"))
		}
	}
}

// base is the table that keeps a record's column first: some records are views over the tables of others, or copies of them.
func base(all map[string]*table, f *Field) (*table, string) {
	switch f.Record.Table + "." + f.Column {
	case "cohort_result.path", "cohort_result.counted_from", "cohort_result.event", "cohort_result.dated_by":
		return all["cohort"], f.Column
	case "comparison_stratum.dimension":
		return all["cohort_stratum"], f.Column
	case "waiting.since":
		return all["referral"], "sent_on"
	case "waiting.service":
		return all["referral"], f.Column
	case "helper.since":
		return all["care_team_member"], f.Column
	case "recommendation.kind":
		return all["assessment_part"], f.Column
	case "attendance_week.begins_on": // weeks are counted from the first day
		return all["plan_action"], "starts_on"
	}
	if all[f.Record.Table] != nil {
		return all[f.Record.Table], f.Column
	}
	switch f.Column {
	case "case_number":
		return all["case_file"], "number"
	case "status", "compliance":
		return all["diversion"], f.Column
	}
	return &table{}, f.Column
}

func TestTheDatabaseTakesTheValuesOfEachEnumAndNoOthers(t *testing.T) {
	all, compared := tables(t), 0
	for _, name := range ours().Catalog.Names {
		for _, f := range ours().Catalog.Records[name].Fields {
			enum := ours().Catalog.Schema.Types[f.Def.Type.Name()]
			if enum == nil || enum.Kind != ast.Enum {
				continue
			}
			compared++
			var values []string
			for _, v := range enum.EnumValues {
				values = append(values, v.Name)
			}
			from, column := base(all, f)
			known := slices.Compact(slices.Sorted(slices.Values(from.known[column])))
			if slices.Sort(values); !slices.Equal(values, known) {
				t.Errorf("%s can be %v, its column %v", f.Title(), values, known)
			}
		}
	}
	if compared < 15 {
		t.Errorf("only %d fields were compared", compared)
	}
}

func TestEveryFieldHasItsColumn(t *testing.T) {
	all := tables(t)
	for _, name := range ours().Catalog.Names {
		r := ours().Catalog.Records[name]
		if all[r.Table] == nil {
			continue // a view, which the check of the contract compares with the SDL in the database
		}
		for _, column := range r.Keys() {
			if all[r.Table].columns[column] == "" {
				t.Errorf("table %s has no column %s, by which %s is joined", r.Table, column, name)
			}
		}
		for _, f := range r.Fields {
			if f.Link == nil && all[r.Table].columns[f.Column] == "" {
				t.Errorf("table %s has no column %s for %s", r.Table, f.Column, f.Title())
			}
		}
	}
}

// A column that is never empty, and empty for a caller without a word, tells of the silent rule.
func TestWhatIsClosedSilentlyIsEmptyInOrdinaryRecordsToo(t *testing.T) {
	all := tables(t)
	for _, p := range ours().Profiles {
		for _, t0 := range p.Types {
			for name, a := range t0.Fields {
				f := t0.Record.Field(name)
				from, column := base(all, f)
				if slices.ContainsFunc(a.Guard.Deny, silent) && strings.Contains(from.columns[column], "not null") {
					t.Errorf("%s is closed to %s silently, and its column is never empty: close the rows instead", f.Title(), p)
				}
			}
		}
	}
}

func TestListsAreOrderedByColumnsThatAnIndexServesAndThatAreNeverEmpty(t *testing.T) {
	all := tables(t)
	for _, name := range ours().Catalog.Names {
		for _, f := range ours().Catalog.Records[name].Fields {
			from, column := base(all, f)
			if f.Indexed && !regexp.MustCompile(`\([^)]*\b`+column+`\b`).MatchString(from.indexes) {
				t.Errorf("%s is said to be indexed, and no index has %s", f.Title(), column)
			}
			if ordered(f) && !strings.Contains(from.columns[column], "not null") {
				t.Errorf("lists are ordered by %s, which can be empty", f.Title())
			}
		}
	}
}

// ordered tells whether some list can be ordered by the field.
func ordered(f *Field) bool {
	if f.Record.Order == f {
		return true
	}
	for _, def := range ours().Catalog.sorted() {
		d := def.Directives.ForName("orders")
		if d != nil && argument(d, "type") == f.Record.Name && slices.Contains(orderedFields(def), f.Name) {
			return true
		}
	}
	return false
}

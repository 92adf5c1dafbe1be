package policy

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"golang.org/x/tools/txtar"

	"korpu/schema"
)

func TestEachProfileHasTheSchemaThatWasReviewed(t *testing.T) {
	var b strings.Builder
	for _, p := range ours().Profiles {
		var whole []string
		fmt.Fprintf(&b, "%s\n", p)
		for _, def := range typesOf(p.Schema()) {
			full := ours().Catalog.Schema.Types[def.Name]
			if ours().Catalog.Records[def.Name] == nil && slices.Equal(membersOf(def), membersOf(full)) {
				whole = append(whole, def.Name)
				continue
			}
			fmt.Fprintf(&b, "  %s: %s\n", def.Name, strings.Join(membersOf(def), " "))
		}
		fmt.Fprintf(&b, "  and whole: %s\n", strings.Join(whole, " "))
	}
	golden(t, "testdata/schemas.golden", b.String())
}

// typesOf are the types of a schema that are its own, by name.
func typesOf(s *ast.Schema) []*ast.Definition {
	var all []*ast.Definition
	for _, name := range slices.Sorted(maps.Keys(s.Types)) {
		if def := s.Types[name]; !def.BuiltIn && !strings.HasPrefix(name, "__") && def.Kind != ast.Scalar {
			all = append(all, def)
		}
	}
	return all
}

// membersOf are the fields of a type with the names of their arguments, or the values of an enum.
func membersOf(def *ast.Definition) []string {
	var all []string
	for _, f := range def.Fields {
		name := f.Name
		if len(f.Arguments) > 0 {
			var arguments []string
			for _, a := range f.Arguments {
				arguments = append(arguments, a.Name)
			}
			name += "(" + strings.Join(arguments, " ") + ")"
		}
		if !strings.HasPrefix(name, "__") {
			all = append(all, name)
		}
	}
	for _, v := range def.EnumValues {
		all = append(all, v.Name)
	}
	return all
}

// possible tells, by Casbin alone, on which share of the seen rows a field can be open: none, some or all.
func possible(t *testing.T, p *Profile, record, field string) Kind {
	t.Helper()
	rows, fields := hearings()[p][question{record + ".@row", "read"}], hearings()[p][question{record + "." + field, "read"}]
	if fields == nil {
		return Never
	}
	oracles, err := decision{rows: rows, field: fields}.oracles()
	if err != nil {
		t.Fatal(err)
	}
	seen, open := 0, 0
	for _, facts := range assignments(decision{rows: rows, field: fields}.conditions()) {
		if row, err := oracles[0].decidesHeard(facts); err != nil || !row {
			continue
		}
		seen++
		if ok, err := oracles[1].decidesHeard(facts); err == nil && ok {
			open++
		}
	}
	switch open {
	case 0:
		return Never
	case seen:
		return AlwaysOpen
	}
	return When
}

func TestASchemaHoldsTheFieldsThatCasbinCanOpenAndNoOthers(t *testing.T) {
	for _, p := range ours().Profiles {
		schema := p.Schema()
		for _, name := range ours().Catalog.Names {
			for _, f := range ours().Catalog.Records[name].Fields {
				open := possible(t, p, name, f.Name) != Never && (f.Link == nil || p.Types[f.Link.Target] != nil)
				def := schema.Types[name]
				if there := def != nil && def.Fields.ForName(f.Name) != nil; there != open {
					t.Errorf("%s: %s is in the schema: %t; Casbin can open it: %t", p, f.Title(), there, open)
				}
			}
		}
	}
}

func TestNoFilterOrderOrQuestionNamesAFieldThatIsNeverOpen(t *testing.T) {
	for _, p := range ours().Profiles {
		for _, def := range typesOf(p.Schema()) {
			whole := ours().Catalog.Schema.Types[def.Name]
			if d := whole.Directives.ForName("filters"); d != nil {
				for _, f := range def.Fields {
					if possible(t, p, argument(d, "type"), f.Name) == Never {
						t.Errorf("%s can filter by %s.%s", p, argument(d, "type"), f.Name)
					}
				}
			}
			if d := whole.Directives.ForName("orders"); d != nil {
				for _, v := range def.EnumValues {
					if possible(t, p, argument(d, "type"), OrderedField(v.Name)) != AlwaysOpen {
						t.Errorf("%s can order by %s.%s, which is not always open", p, argument(d, "type"), v.Name)
					}
				}
			}
		}
		for _, f := range p.Schema().Query.Fields {
			root := ours().Catalog.Root(f.Name)
			if root == nil {
				continue
			}
			for _, key := range append(slices.Clone(root.Keys), root.Only) {
				if key != nil && possible(t, p, root.Record.Name, key.Name) == Never {
					t.Errorf("%s can ask %s by %s", p, f.Name, key.Name)
				}
			}
		}
	}
}

func TestASchemaHasThePublicDirectivesOnly(t *testing.T) {
	for _, p := range ours().Profiles {
		names := slices.Sorted(maps.Keys(p.Schema().Directives))
		if !slices.Equal(names, []string{"deprecated", "include", "skip", "specifiedBy"}) {
			t.Errorf("%s: %v", p, names)
		}
		for _, def := range p.Schema().Types {
			if len(def.Directives) > 0 {
				t.Errorf("%s: %s keeps @%s", p, def.Name, def.Directives[0].Name)
			}
		}
	}
}

func TestASchemaKeepsEveryDescriptionAndMark(t *testing.T) {
	c, err := Build(small(t, txtar.File{Name: "replace schema/contract.graphqls", Data: []byte(`  number: String @data(class: CASE)
=>
  number: String @data(class: CASE) @deprecated(reason: "Ask by identifier.")
`)}))
	if err != nil {
		t.Fatal(err)
	}
	kept := profile(t, c, "judge", "CASE_PROCEEDINGS").Schema().Types["Case"].Fields.ForName("number")
	if d := kept.Directives.ForName("deprecated"); d == nil || kept.Description != "Number." || len(kept.Directives) != 1 {
		t.Errorf("%q, %+v", kept.Description, kept.Directives)
	}
}

func TestAnOrderWithoutAFieldLeftIsNoArgument(t *testing.T) {
	files := Embedded()
	files["rules/court.csv"] = strings.Replace(files["rules/court.csv"], "p, role:judge, class:case, ", "# ", 1)
	c, err := Salvage(schema.FS, files)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := profile(t, c, "judge", "CASE_PROCEEDINGS").schema()
	if err != nil {
		t.Fatal(err)
	}
	if cases := schema.Query.Fields.ForName("cases"); cases.Arguments.ForName("orderBy") != nil || schema.Types["CaseOrder"] != nil || schema.Types["OrderDirection"] == nil {
		t.Errorf("%v", membersOf(schema.Query))
	}
}

func seers(record, field string) []string {
	var all []string
	for _, p := range ours().Profiles {
		def := p.Schema().Types[record]
		if def != nil && (field == "" || def.Fields.ForName(field) != nil) {
			all = append(all, p.Role)
		}
	}
	return slices.Compact(all)
}

func TestProsecutionAndCourtHaveNoAcknowledgement(t *testing.T) {
	seen := seers("Diversion", "acknowledgement")
	for _, role := range []string{"prosecutor", "judge", "court_clerk", "police_officer", "police_inspector"} {
		if slices.Contains(seen, role) {
			t.Errorf("%s has the field (General Comment 24, 18(a))", role)
		}
	}
	if len(seen) == 0 {
		t.Error("nobody has the field, so this proves nothing")
	}
}

func TestOnlyTheLawyerOfTheClinicHasPrivilegedNotes(t *testing.T) {
	if seen := seers("LegalNote", ""); !slices.Equal(seen, []string{"clinic_lawyer"}) {
		t.Errorf("%v", seen)
	}
}

func TestTheCourtClerkHasTheCardAndTheHearingsOnly(t *testing.T) {
	var records []string
	for _, def := range typesOf(profile(t, ours(), "court_clerk", "COURT_ADMINISTRATION").Schema()) {
		if ours().Catalog.Records[def.Name] != nil {
			records = append(records, def.Name)
		}
	}
	if !slices.Equal(records, []string{"ProcedureEvent", "StatusCard"}) {
		t.Errorf("%v", records)
	}
}

// justice are words from which a school or provider would learn why a child comes, one a line.
//
//go:embed testdata/justice.txt
var justiceWords string

var justice = regexp.MustCompile("(?i)" + strings.Join(strings.Fields(strings.ReplaceAll(justiceWords, " ", `\s`)), "|"))

func TestWhatSchoolsAndServicesReadSaysNothingOfJustice(t *testing.T) {
	for role, purpose := range map[string]string{"school_focal_point": "EDUCATION", "activity_provider": "SERVICE_DELIVERY", "assistance_officer": "SERVICE_DELIVERY"} {
		p := profile(t, ours(), role, purpose)
		var b bytes.Buffer
		formatter.NewFormatter(&b).FormatSchema(p.Schema())
		for i, line := range strings.Split(b.String(), "\n") {
			if word := justice.FindString(line); word != "" {
				t.Errorf("%s reads %q in line %d of its schema: %s", role, word, i+1, line)
			}
		}
		for _, e := range p.Entries() {
			if word := justice.FindString(e.When); word != "" {
				t.Errorf("%s reads %q in its access to %s: %s", role, word, e.Record, e.When)
			}
		}
		for _, t0 := range p.Types {
			for name, a := range t0.Fields {
				if a.Withheld != nil && justice.MatchString(a.Withheld.Reason+a.Withheld.HowToRequest) {
					t.Errorf("%s reads of %s: %s %s", role, name, a.Withheld.Reason, a.Withheld.HowToRequest)
				}
			}
		}
	}
}

func TestNoRoleAsksForAnAdultProceeding(t *testing.T) {
	for _, r := range Roles {
		if Allowed(r.Name, "ADULT_PROCEEDING") || ours().Profile(r.Name, "ADULT_PROCEEDING") != nil {
			t.Errorf("%s may (Beijing Rules 21.2)", r.Name)
		}
	}
	if !slices.Contains(Purposes, "ADULT_PROCEEDING") {
		t.Error("the purpose is unknown, so that a request for it is answered otherwise than one that finds nothing")
	}
}

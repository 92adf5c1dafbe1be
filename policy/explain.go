package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Explanation says why a profile may or may not see a field of a record, or its rows where there is no field.
type Explanation struct {
	compiled *Compiled
	profile  *Profile
	record   *Record
	field    *Field
	command  *Command
}

// Explain explains what a role may see of an object, `Type` or `Type.field`, for a purpose, or for its default one where
// that is empty.
func Explain(c *Compiled, role, purpose, object string) (*Explanation, error) {
	r, ok := RoleNamed(role)
	if !ok {
		return nil, fmt.Errorf("role %q is unknown; the roles are in the access matrix", role)
	}
	if purpose == "" {
		purpose = r.Purposes[0]
	}
	e := &Explanation{compiled: c, profile: c.Profile(role, purpose)}
	if e.profile == nil {
		return nil, fmt.Errorf("purpose %s is not open to %s; it may ask for %s", purpose, role, strings.Join(r.Purposes, ", "))
	}
	name, field, wantsField := strings.Cut(object, ".")
	if name == "Mutation" {
		if e.command = c.Catalog.Command(field); e.command == nil {
			return nil, fmt.Errorf("there is no command %q", field)
		}
		return e, nil
	}
	if e.record = c.Catalog.Records[name]; e.record == nil {
		return nil, fmt.Errorf("%q is no record; the records are %s", name, strings.Join(c.Catalog.Names, ", "))
	}
	if wantsField {
		if e.field = e.record.Field(field); e.field == nil {
			return nil, fmt.Errorf("%s has no field %q", name, field)
		}
	}
	return e, nil
}

// Ask asks Casbin, over the whole policy, whether the object is open where the facts hold. Conditions that are not among
// them are false.
func (e *Explanation) Ask(facts map[string]Truth) (bool, error) {
	for name := range facts {
		if _, ok := ConditionNamed(name); !ok {
			return false, fmt.Errorf("condition %q is unknown; the conditions are %s", name, strings.Join(ConditionNames(), ", "))
		}
	}
	oracle, err := e.compiled.oracle()
	if err != nil {
		return false, err
	}
	if e.command != nil {
		return oracle.Decides(e.profile.Role, e.profile.Purpose, e.command.Title(), e.command.Action, facts)
	}
	open, err := oracle.Decides(e.profile.Role, e.profile.Purpose, RowObject(e.record), "read", facts)
	if err != nil || !open || e.field == nil {
		return open, err
	}
	return oracle.Decides(e.profile.Role, e.profile.Purpose, e.field.Title(), "read", facts)
}

// ParseTruth reads true, false or unknown.
func ParseTruth(word string) (Truth, error) {
	for _, t := range []Truth{False, Unknown, True} {
		if t.String() == word {
			return t, nil
		}
	}
	return False, errors.New("a fact is true, false or unknown")
}

// String is the explanation for people: in words, by rule and article, and as the database has it.
func (e *Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, for %s\n", e.title(), e.profile)
	if e.command != nil {
		e.step(&b)
		return b.String()
	}
	e.rows(&b)
	if e.field != nil {
		e.column(&b)
	}
	return b.String()
}

func (e *Explanation) title() string {
	if e.command != nil {
		return e.command.Title()
	}
	if e.field == nil {
		return e.record.Name
	}
	return e.field.Title() + " (" + e.field.Class + ")"
}

// access is the compiled decision on rows and field; where no record is seen both are closed.
func (e *Explanation) access() (t *TypeAccess, field Access) {
	t = e.profile.Types[e.record.Name]
	if t == nil {
		return &TypeAccess{Record: e.record}, Access{}
	}
	if e.field != nil {
		field = t.Fields[e.field.Name]
	}
	return t, field
}

func (e *Explanation) rows(b *strings.Builder) {
	t, _ := e.access()
	fmt.Fprintf(b, "\nRecords: %s.\n", inWords(t.Row))
	e.rules(b, "read", rowObjects(e.record))
	if t.Row.Kind == Never {
		b.WriteString("  The type is not in the schema of this role and purpose: asking for it answers as a misspelling does.\n")
		return
	}
	b.WriteString("  A record that is closed is absent, as one that never was.\n")
	where, err := t.where()
	writeSQL(b, ownAliases(e.record, "from korpu."+e.record.Table+" t"+joins(e.record, where)+where), err)
}

func (e *Explanation) column(b *strings.Builder) {
	t, a := e.access()
	fmt.Fprintf(b, "\nField, on records that are seen: %s.\n", inWords(a))
	e.rules(b, "read", fieldObjects(e.field))
	switch {
	case a.Kind == Never:
		b.WriteString("  The field is not in the schema of this role and purpose: asking for it answers as a misspelling does.\n")
	case a.Withheld != nil:
		fmt.Fprintf(b, "  Where it is closed it is null, and withheld says: %s %s (%s)\n", a.Withheld.Reason, a.Withheld.HowToRequest, a.Withheld.Basis)
	case a.Kind == When:
		b.WriteString("  Where it is closed it is null, and the caller is not told.\n")
	}
	if a.Kind == Never || e.field.Link != nil {
		return
	}
	columns, err := t.guarded(e.field, a)
	writeSQL(b, ownAliases(e.record, strings.Join(columns, ",\n")), err)
}

// step explains a command: when it may be done, and which of its values may not be given.
func (e *Explanation) step(b *strings.Builder) {
	a := e.profile.Commands[e.command.Name]
	if a == nil {
		b.WriteString("\nNever.\n")
		e.rules(b, e.command.Action, commandObjects(e.command))
		return
	}
	fmt.Fprintf(b, "\nTo be done: %s.\n", inWords(Access{Kind: kindOf(a.Formula), Guard: a.Formula}))
	e.rules(b, e.command.Action, commandObjects(e.command))
	if closed := a.closed(); len(closed) > 0 {
		fmt.Fprintf(b, "  Without the values %s.\n", strings.Join(closed, ", "))
	}
	for _, f := range a.functions("") {
		writeSQL(b, f.condition, nil)
	}
}

// rules lists the lines that decide, in the order of their files.
func (e *Explanation) rules(b *strings.Builder, action string, objects []string) {
	f := e.compiled.index.formula(e.profile.Role, e.profile.Purpose, action, objects)
	terms := slices.Concat(f.Allow, f.Deny)
	if len(terms) == 0 {
		b.WriteString("  no rule speaks of it\n")
	}
	for _, r := range rulesOf(terms) {
		fmt.Fprintf(b, "  %s: %s\n", r.Place, r)
	}
}

func writeSQL(b *strings.Builder, sql string, err error) {
	if err != nil {
		sql = err.Error()
	}
	for _, line := range strings.Split(strings.TrimSpace(sql), "\n") {
		if line != "" {
			fmt.Fprintf(b, "  sql  %s\n", line)
		}
	}
}

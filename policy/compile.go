package policy

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
)

// Kind says how far an object is open to a profile.
type Kind int

// The kinds.
const (
	Never Kind = iota
	When
	AlwaysOpen
)

// Compiled is a policy that was read, checked and compiled. It never changes.
type Compiled struct {
	Hash     string
	Catalog  *Catalog
	Rules    *Rules
	Profiles []*Profile
	oracle   *Oracle
}

// Profile is a role and a purpose, inside which both are constants.
type Profile struct {
	Role, Purpose string
	Types         map[string]*TypeAccess // by record; a record that is not seen at all is absent
	compiled      *Compiled
	schema        func() *ast.Schema
}

// TypeAccess is what a profile sees of one record type.
type TypeAccess struct {
	Record *Record
	Row    Access
	Fields map[string]Access // fields that are never seen are absent
}

// Access is the decision on one object. Guard is what remains of the formula on records that the row rule lets through.
type Access struct {
	Kind     Kind
	Formula  Formula
	Guard    Formula
	Withheld *Withholding // nil where a refusal is not told
}

// Withholding is what the caller is told of a field that is closed on a record.
type Withholding struct {
	Reason, Basis, HowToRequest string
	allow                       bool   // told when no permission holds
	deny                        []Term // told when one of these denials does not fail
}

// Compile reads the SDL and the rules, checks both, compiles every profile, and compares each decision with Casbin's.
func Compile(sdl fs.FS, files Files) (*Compiled, error) {
	c, err := Build(sdl, files)
	if err != nil {
		return nil, err
	}
	return c, c.Verify()
}

// Build is Compile without the comparison, for a policy whose hash is known to have passed it.
func Build(sdl fs.FS, files Files) (*Compiled, error) {
	catalog, err := ReadCatalog(sdl)
	if err != nil {
		return nil, err
	}
	rules, problems := ReadRules(files)
	lintRules(rules, catalog, problems)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	c := &Compiled{Hash: hash(files, catalog), Catalog: catalog, Rules: rules}
	for _, role := range Roles {
		for _, purpose := range role.Purposes {
			c.Profiles = append(c.Profiles, c.compileProfile(role.Name, purpose))
		}
	}
	lintProfiles(c, problems)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	c.oracle, err = NewOracle(rules, catalog)
	return c, err
}

// Profile returns the profile of a role and a purpose, or nil.
func (c *Compiled) Profile(role, purpose string) *Profile {
	for _, p := range c.Profiles {
		if p.Role == role && p.Purpose == purpose {
			return p
		}
	}
	return nil
}

// Name is the profile's name, as the database schemas of its views bear it after their version.
func (p *Profile) Name() string { return p.Role + "_" + strings.ToLower(p.Purpose) }

// Schema is the public contract as the profile sees it.
func (p *Profile) Schema() *ast.Schema { return p.schema() }

func (c *Compiled) compileProfile(role, purpose string) *Profile {
	p := &Profile{Role: role, Purpose: purpose, Types: map[string]*TypeAccess{}, compiled: c}
	p.schema = sync.OnceValue(func() *ast.Schema { return prune(c.Catalog, p) })
	for _, name := range c.Catalog.Names {
		if t := c.compileType(p, c.Catalog.Records[name]); t.Row.Kind != Never {
			p.Types[name] = t
		}
	}
	p.closeLinks()
	return p
}

func (c *Compiled) compileType(p *Profile, r *Record) *TypeAccess {
	row := c.Rules.formula(p.Role, p.Purpose, rowObjects(r))
	t := &TypeAccess{Record: r, Row: Access{Kind: kindOf(row), Formula: row, Guard: row}, Fields: map[string]Access{}}
	if t.Row.Kind == Never {
		return t
	}
	for _, f := range r.Fields {
		formula := c.Rules.formula(p.Role, p.Purpose, fieldObjects(f))
		guard := formula.given(row)
		if kind := kindOf(guard); kind != Never {
			t.Fields[f.Name] = Access{Kind: kind, Formula: formula, Guard: guard, Withheld: withholding(kind, guard)}
		}
	}
	return t
}

// closeLinks drops the links to records that the profile does not see.
func (p *Profile) closeLinks() {
	for _, t := range p.Types {
		for _, f := range t.Record.Fields {
			if f.Link != nil && p.Types[f.Link.Target] == nil {
				delete(t.Fields, f.Name)
			}
		}
	}
}

func kindOf(f Formula) Kind {
	switch {
	case f.never():
		return Never
	case f.always():
		return AlwaysOpen
	}
	return When
}

// RowObject is the name under which rules decide whether a record is seen at all.
func RowObject(r *Record) string { return r.Name + ".@row" }

func rowObjects(r *Record) []string {
	objects := []string{RowObject(r), "rows:" + r.Name}
	if r.Anchor != AnchorNone {
		objects = append(objects, "rows:protected")
	}
	return objects
}

func fieldObjects(f *Field) []string {
	return []string{f.Title(), "class:" + strings.ToLower(f.Class)}
}

func (rs *Rules) formula(role, purpose string, objects []string) Formula {
	roles := rs.closure(role)
	var f Formula
	for _, r := range rs.Rules {
		if r.Action != "read" || !slices.Contains(roles, r.Role) || !slices.Contains(objects, r.Object) || !r.covers(purpose) {
			continue
		}
		term := Term{Conditions: r.Conditions, Rules: []*Rule{r}}
		if r.Deny {
			f.Deny = append(f.Deny, term)
		} else {
			f.Allow = append(f.Allow, term)
		}
	}
	return f
}

func withholding(kind Kind, guard Formula) *Withholding {
	if kind != When {
		return nil
	}
	w := &Withholding{}
	told := slices.DeleteFunc(slices.Clone(guard.Allow), silent)
	w.allow = len(told) > 0 && len(told[0].Conditions) > 0
	w.deny = slices.DeleteFunc(slices.Clone(guard.Deny), silent)
	if !w.allow && len(w.deny) == 0 {
		return nil
	}
	if w.allow {
		w.Reason = "Open only when " + Sentence(told) + "."
		w.Basis = basisOf(told)
		w.HowToRequest = request(told[0])
		return w
	}
	w.Reason = "Closed while " + Sentence(w.deny) + "."
	w.Basis = basisOf(w.deny)
	w.HowToRequest = request(w.deny[0])
	return w
}

func silent(t Term) bool {
	return !slices.ContainsFunc(t.Rules, func(r *Rule) bool { return !r.Silent })
}

// Sentence says in words when one of the terms holds.
func Sentence(terms []Term) string {
	ways := make([]string, len(terms))
	for i, t := range terms {
		parts := make([]string, len(t.Conditions))
		for j, name := range t.Conditions {
			c, _ := ConditionNamed(name)
			parts[j] = c.Sentence
		}
		ways[i] = strings.Join(parts, " and ")
	}
	return strings.Join(ways, ", or ")
}

func request(t Term) string {
	c, _ := ConditionNamed(t.Conditions[0])
	return c.Request
}

func basisOf(terms []Term) string { return strings.Join(Basis(terms), "; ") }

// Basis lists the articles that the terms rest on, each once.
func Basis(terms []Term) []string {
	var all []string
	for _, r := range rulesOf(terms) {
		if !slices.Contains(all, r.Basis) {
			all = append(all, r.Basis)
		}
	}
	return all
}

// Catalog is what the SDL says of the records.
func (p *Profile) Catalog() *Catalog { return p.compiled.Catalog }

// String names the profile as people do.
func (p *Profile) String() string { return fmt.Sprintf("%s for %s", p.Role, p.Purpose) }

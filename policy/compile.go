package policy

import (
	"fmt"
	"io/fs"
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
	index    *index
	oracle   func() (*Oracle, error)
}

// Profile is a role and a purpose, inside which both are constants.
type Profile struct {
	Role, Purpose string
	Types         map[string]*TypeAccess // by record; a record that is not seen at all is absent
	Commands      map[string]*CommandAccess
	compiled      *Compiled
	schema        func() (*ast.Schema, error)
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
	c, problems := read(sdl, files)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	var err error
	c.Hash, err = hash(c)
	return c, err
}

// Salvage compiles what is sound of a policy that another release applied, to compare this release's with it, and says
// what is wrong with the rest. It is not for use: where a denial is left out, more is open.
func Salvage(sdl fs.FS, files Files) (*Compiled, error) {
	c, problems := read(sdl, files)
	return c, problems.Err()
}

// read finds every problem at once, but for those that others may be the cause of. What it returns beside problems is
// compiled from the sound lines only.
func read(sdl fs.FS, files Files) (*Compiled, *Problems) {
	rules, problems := ReadRules(files)
	catalog := readCatalog(sdl, problems)
	if catalog == nil {
		return nil, problems
	}
	lintRules(rules, catalog, problems)
	sound := len(problems.list) == 0
	c := compile(catalog, rules.sound(problems))
	lintDead(c, sound, problems)
	lintNullable(c, problems)
	if sound {
		lintProtected(c, problems)
		lintReach(c, problems)
	}
	return c, problems
}

func compile(catalog *Catalog, rules *Rules) *Compiled {
	c := &Compiled{Catalog: catalog, Rules: rules, index: rules.index()}
	c.oracle = sync.OnceValues(func() (*Oracle, error) { return NewOracle(rules, catalog) })
	for _, role := range Roles {
		for _, purpose := range role.Purposes {
			c.Profiles = append(c.Profiles, c.compileProfile(role.Name, purpose))
		}
	}
	return c
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

// Schema is the public contract as the profile sees it. Verify has found it to be sound.
func (p *Profile) Schema() *ast.Schema {
	s, err := p.schema()
	if err != nil {
		panic(err)
	}
	return s
}

func (c *Compiled) compileProfile(role, purpose string) *Profile {
	p := &Profile{Role: role, Purpose: purpose, Types: map[string]*TypeAccess{}, compiled: c}
	p.schema = sync.OnceValues(func() (*ast.Schema, error) { return prune(c.Catalog, p) })
	for _, name := range c.Catalog.Names {
		if t := c.compileType(p, c.Catalog.Records[name]); t.Row.Kind != Never {
			p.Types[name] = t
		}
	}
	p.closeLinks()
	p.Commands = c.compileCommands(p)
	return p
}

func (c *Compiled) compileType(p *Profile, r *Record) *TypeAccess {
	row := c.index.formula(p.Role, p.Purpose, "read", rowObjects(r))
	t := &TypeAccess{Record: r, Row: Access{Kind: kindOf(row), Formula: row, Guard: row}, Fields: map[string]Access{}}
	if t.Row.Kind == Never {
		return t
	}
	for _, f := range r.Fields {
		formula := c.index.formula(p.Role, p.Purpose, "read", fieldObjects(f))
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

// Catalog is what the SDL says of the records.
func (p *Profile) Catalog() *Catalog { return p.compiled.Catalog }

// Others are all profiles of the policy, in the order of the roles.
func (p *Profile) Others() []*Profile { return p.compiled.Profiles }

// String names the profile as people do.
func (p *Profile) String() string { return fmt.Sprintf("%s for %s", p.Role, p.Purpose) }

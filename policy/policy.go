// Package policy says who may see what, when, for which purpose and under which article. It reads the rules strictly,
// checks them, and compiles them per profile (a role and a purpose) into pruned GraphQL schemas and PostgreSQL views.
// Casbin is its oracle: every compiled decision is compared with Casbin's before a policy is used.
package policy

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
)

//go:embed rules/*.csv
var embedded embed.FS

//go:embed model.conf
var modelText string

// Files are rule files by name, each the page of one kind of agency.
type Files map[string]string

// Embedded returns the rules that the binary carries.
func Embedded() Files {
	files, err := ReadFiles(embedded)
	if err != nil {
		panic(fmt.Errorf("read the embedded rules: %w", err))
	}
	return files
}

// ReadFiles returns the rule files of fsys, which stand at its top or in its folder `rules`. A file has the same name in
// both cases, so that the same rules are the same policy wherever they are read from.
func ReadFiles(fsys fs.FS) (Files, error) {
	files := Files{}
	for _, pattern := range []string{"*.csv", "rules/*.csv"} {
		found, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, fmt.Errorf("list rule files: %w", err)
		}
		for _, at := range found {
			name := "rules/" + path.Base(at)
			if _, twice := files[name]; twice {
				return nil, fmt.Errorf("%s stands both at the top and in the folder rules; remove one", path.Base(at))
			}
			text, err := fs.ReadFile(fsys, at)
			if err != nil {
				return nil, fmt.Errorf("read rule file: %w", err)
			}
			files[name] = string(text)
		}
	}
	return files, nil
}

// Names returns the file names in order.
func (f Files) Names() []string {
	return slices.Sorted(maps.Keys(f))
}

// hash covers everything that decides: rules, model, public contract, and the views, which hold what this release's compiler
// makes of them. A release that renders a view otherwise thus has another policy, which must be applied.
func hash(c *Compiled) (string, error) {
	h := sha256.New()
	for _, name := range c.Rules.Files.Names() {
		fmt.Fprintf(h, "%s\x00%s\x00", name, c.Rules.Files[name])
	}
	fmt.Fprintf(h, "%s\x00%s\x00", modelText, c.Catalog.Hash)
	for _, p := range c.Profiles {
		views, err := p.Views(0)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s\x00", p)
		for _, v := range views {
			fmt.Fprintf(h, "%s\x00", v.SQL)
		}
		for _, f := range p.Functions(0) {
			fmt.Fprintf(h, "%s\x00", f.SQL())
		}
	}
	fmt.Fprint(h, c.Grants())
	return hex.EncodeToString(h.Sum(nil)), nil
}

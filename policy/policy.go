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
	"sort"
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

// ReadFiles returns the rule files under fsys, at its top or in a folder `rules`.
func ReadFiles(fsys fs.FS) (Files, error) {
	files := Files{}
	for _, pattern := range []string{"*.csv", "rules/*.csv"} {
		names, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, fmt.Errorf("list rule files: %w", err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(fsys, name)
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
	names := make([]string, 0, len(f))
	for name := range f {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// hash covers everything that decides: rules, model, public contract, and the compiler's own registries.
func hash(files Files, catalog *Catalog) string {
	h := sha256.New()
	for _, name := range files.Names() {
		fmt.Fprintf(h, "%s\x00%s\x00", name, files[name])
	}
	fmt.Fprintf(h, "%s\x00%s\x00", modelText, catalog.Hash)
	for _, c := range conditions {
		fmt.Fprintf(h, "%s\x00%s\x00%s\x00%s\x00%s\x00", c.Name, c.Row, c.Case, c.Child, c.Both)
	}
	for _, r := range Roles {
		fmt.Fprintf(h, "%s\x00%v\x00", r.Name, r.Purposes)
	}
	return hex.EncodeToString(h.Sum(nil))
}

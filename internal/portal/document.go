package portal

import (
	"embed"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// document is what a page asks, or what a form does, with the types of its variables.
type document struct {
	text      string
	variables ast.VariableDefinitionList
}

//go:embed all:documents
var documentFiles embed.FS

// fragments that several documents share, by name; each stands in a file whose name begins with a line below.
var fragments = readFragments()

// documents by name, with the fragments that they use.
var documents = readDocuments()

func readFragments() map[string]string {
	files, err := fs.Glob(documentFiles, "documents/_*.graphql")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	all := map[string]string{}
	for _, file := range files {
		text, _ := documentFiles.ReadFile(file)
		name, _, _ := strings.Cut(strings.TrimPrefix(string(text), "fragment "), " ")
		all[name] = string(text)
	}
	return all
}

func readDocuments() map[string]*document {
	files, err := fs.Glob(documentFiles, "documents/*.graphql")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	all := map[string]*document{}
	for _, name := range files {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		text, _ := documentFiles.ReadFile(name)
		d := &document{text: whole(string(text), map[string]bool{})}
		parsed, err := parser.ParseQuery(&ast.Source{Name: name, Input: d.text})
		if err != nil {
			panic(err) // the documents are embedded, and a test reads them
		}
		d.variables = parsed.Operations[0].VariableDefinitions
		all[strings.TrimSuffix(path.Base(name), ".graphql")] = d
	}
	return all
}

var spread = regexp.MustCompile(`\.\.\.([A-Z]\w*)`)

// whole is a text with the fragments that it uses, each once, and those that they use.
func whole(text string, used map[string]bool) string {
	for _, m := range spread.FindAllStringSubmatch(text, -1) {
		if !used[m[1]] {
			used[m[1]] = true
			text += "\n" + whole(fragments[m[1]], used)
		}
	}
	return text
}

// given are the document's variables, as a form or an address gives them: texts that become what the variable's type asks for.
// What is left empty is not given.
func (d *document) given(form url.Values) map[string]any {
	all := map[string]any{}
	for _, v := range d.variables {
		switch values := filled(form[v.Variable]); {
		case bound(v.Variable) != "":
			all[v.Variable] = bound(v.Variable)
		case len(values) == 0:
		case v.Type.Elem != nil:
			all[v.Variable] = typedAll(v.Type.Elem.Name(), values)
		default:
			all[v.Variable] = typed(v.Type.Name(), values[0])
		}
	}
	return all
}

func filled(values []string) []string {
	var all []string
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			all = append(all, v)
		}
	}
	return all
}

func typedAll(name string, texts []string) []any {
	var all []any
	for _, text := range texts {
		all = append(all, typed(name, text))
	}
	return all
}

// typed is a text as the type asks for it; one that is no number goes on as it is, and the hub says what is wrong with it.
func typed(name, text string) any {
	switch name {
	case "Int":
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	case "Boolean":
		return text == "true"
	case "DateTime":
		if at, err := time.ParseInLocation("2006-01-02T15:04", text, baku); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
	case "NewMissionMember":
		return map[string]any{"staff": text}
	}
	return text
}

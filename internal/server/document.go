package server

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// document is a text that the profile's schema has found valid.
type document struct {
	ast         *ast.QueryDocument
	fingerprint string
}

// document parses, measures and validates a text once. Measuring comes first, since validating costs the square of what
// is repeated.
func (e *engine) document(text string) (*document, gqlerror.List) {
	if known, ok := e.documents.Get(text); ok {
		return known, nil
	}
	parsed, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, e.limits.Tokens)
	if err != nil {
		return nil, gqlerror.List{unparsed(err, e.limits)}
	}
	if len(parsed.Operations) == 0 {
		return nil, gqlerror.List{faulty(wrong("the document holds no operation"))}
	}
	if err := e.limits.check(parsed); err != nil {
		return nil, gqlerror.List{faulty(err)}
	}
	if errs := validator.ValidateWithRules(e.schema.Schema(), parsed, validation); len(errs) > 0 {
		return nil, invalidated(errs)
	}
	d := &document{ast: parsed, fingerprint: fingerprint(text)}
	if len(text) <= longestKept {
		e.documents.Add(text, d)
	}
	return d, nil
}

// longestKept bounds the memory that documents take: one of this length is far longer than a page or a partner needs.
const longestKept = 8 << 10

// validation is the standard set without "did you mean": a hint names what the caller did not.
var validation = func() *rules.Rules {
	r := rules.NewDefaultRules()
	r.ReplaceRule("FieldsOnCorrectType", rules.FieldsOnCorrectTypeRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule("KnownArgumentNames", rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule("KnownTypeNames", rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule("ScalarLeafs", rules.ScalarLeafsRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule("ValuesOfCorrectType", rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	return r
}()

// fingerprint is the hash of a document's words without the values in it: those may name a person, and few enough are
// possible that a hash could be turned back.
func fingerprint(text string) string {
	h := sha256.New()
	tokens := lexer.New(&ast.Source{Input: text})
	for {
		t, err := tokens.ReadToken()
		if err != nil || t.Kind == lexer.EOF {
			return hex.EncodeToString(h.Sum(nil)[:16])
		}
		switch t.Kind {
		case lexer.Comment:
		case lexer.Name:
			_, _ = h.Write([]byte(t.Value + " "))
		default:
			_, _ = h.Write([]byte{byte(t.Kind)})
		}
	}
}

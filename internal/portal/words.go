package portal

import (
	"embed"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed words
var wordFiles embed.FS

// languages in the order in which they are offered; the first is spoken to whoever asks for none of them.
var languages = []string{"az", "ru", "en"}

var (
	bundle     = readWords()
	matcher    = language.NewMatcher([]language.Tag{language.Azerbaijani, language.Russian, language.English})
	localizers = map[string]*i18n.Localizer{}
)

func init() {
	for _, l := range languages {
		localizers[l] = i18n.NewLocalizer(bundle, l)
	}
}

func readWords() *i18n.Bundle {
	b := i18n.NewBundle(language.Azerbaijani)
	b.RegisterUnmarshalFunc("json", json.Unmarshal)
	for _, l := range languages {
		if _, err := b.LoadMessageFileFS(wordFiles, "words/"+l+".json"); err != nil {
			panic(err) // the files are embedded, and a test reads them
		}
	}
	return b
}

// spoken is the language that the person chose, else the best of those that the browser asks for.
func (p *Portal) spoken(r *http.Request) string {
	if chosen := p.sessions.GetString(r.Context(), keyLanguage); slices.Contains(languages, chosen) {
		return chosen
	}
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return languages[0]
	}
	_, index, _ := matcher.Match(wanted...)
	return languages[index]
}

// say is a text in a language, with what stands in it. A text that there is not is told by its name, which a test finds.
func say(lang, id string, data map[string]any, count any) string {
	text, err := localizers[lang].Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data, PluralCount: count})
	if err != nil {
		return id
	}
	return text
}

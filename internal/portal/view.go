package portal

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// view is what a template sees.
type view struct {
	Name      string // of the page
	Role      string
	Path      string
	Language  string
	Languages []string
	Menu      []page
	Synthetic bool
	Message   string     // of a page without data
	Choices   []string   // of roles, where one has to be chosen
	Notice    string     // what is said once
	Me        any        // who is signed in
	Data      any        // what the document answered
	Asked     bool       // whether a form asked for it
	Entered   url.Values // what stood in the form
	Refused   *problem   // what is wrong with that
	Command   string     // that was refused

	portal *Portal
	ctx    context.Context //nolint:containedctx // the view lives as long as its request
}

func (p *Portal) view(r *http.Request, role, name string, entered url.Values) *view {
	v := &view{
		Name: name, Role: role, Path: r.URL.Path, Language: p.spoken(r), Languages: languages, Menu: menu(role), Synthetic: p.config.Synthetic,
		Notice: p.sessions.PopString(r.Context(), keyNotice), Entered: entered, Command: r.PathValue("command"), portal: p, ctx: r.Context(),
	}
	if strings.HasPrefix(v.Path, "/do/") {
		v.Path = back(r)
	}
	return v
}

func (v *view) answered(a answer) {
	v.Data, v.Me = a.Data, a.Data["me"]
}

// T is a text by its name, with pairs of names and values that stand in it, or a dash where there is none.
func (v *view) T(id string, pairs ...any) string {
	values := dict(pairs...)
	for name, value := range values {
		values[name] = v.Or(value)
	}
	return say(v.Language, id, values, nil)
}

// Count is a text whose form depends on a number.
func (v *view) Count(id string, n int) string {
	return say(v.Language, id, map[string]any{"PluralCount": n}, n)
}

// Word is a value of a closed list in words.
func (v *view) Word(list string, value any) string {
	text, ok := value.(string)
	if !ok {
		return "–"
	}
	return say(v.Language, list+"."+text, nil, nil)
}

// Day and Time write a date and a moment.
func (v *view) Day(value any) string  { return orDash(day(v.Language, value)) }
func (v *view) Time(value any) string { return orDash(clock(v.Language, value)) }

// Past tells whether a moment has come.
func (v *view) Past(value any) bool {
	at, ok := moment(value)
	return ok && at.Before(time.Now())
}

// Over tells whether a day is over.
func (v *view) Over(value any) bool {
	at, ok := moment(value)
	return ok && at.AddDate(0, 0, 1).Before(time.Now())
}

// Hours and Days are those that have passed since a moment.
func (v *view) Hours(value any) int { at, _ := moment(value); return int(time.Since(at).Hours()) }
func (v *view) Days(value any) int  { return v.Hours(value) / 24 }

// Or is a value, or a dash where there is none.
func (v *view) Or(value any) any {
	if value == nil || value == "" {
		return "–"
	}
	return value
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// Handle stands for an identifier in an address.
func (v *view) Handle(id any) string {
	text, _ := id.(string)
	return v.portal.handle(v.ctx, text)
}

// Key is a new idempotency key, so that a form that is sent twice has one effect.
func (v *view) Key() string {
	if sent := v.Entered.Get("idempotencyKey"); sent != "" && v.Refused == nil {
		return sent
	}
	return rand.Text()
}

// Withheld is what the hub says of a field that it does not show, nil where it says nothing.
func (v *view) Withheld(record any, field string) any {
	fields, _ := record.(map[string]any)
	withheld, _ := fields["withheld"].([]any)
	for _, w := range withheld {
		if entry, _ := w.(map[string]any); entry["field"] == field {
			return entry
		}
	}
	return nil
}

package noninterference

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"korpu/policy"
)

// madeUp is a handle of no record. It stands where a path has a name in braces.
const madeUp = "AAAAAAAAAAAAAAAAAAAAAA"

var (
	braces    = regexp.MustCompile(`\{[^}]*\}`)
	links     = regexp.MustCompile(`href="(/[^"#]*)"`)
	forms     = regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`)
	controls  = regexp.MustCompile(`<(input|button|textarea|select|option)\b([^>]*)>`)
	attribute = regexp.MustCompile(`([a-z]+)="([^"]*)"`)
)

// kind is the pattern of a page's path, with the handles that are made up apart, or the command of a form. It is empty where a path
// leads elsewhere.
func (v *visit) kind(s step) string {
	_, pattern := v.door.kinds.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: s.path}})
	switch {
	case strings.HasPrefix(s.path, "/do/"):
		return s.path
	case pattern == "":
		return ""
	case s.form != nil:
		return pattern + " asked"
	case strings.Contains(s.path, madeUp):
		return pattern + " of nobody"
	}
	return pattern
}

// plan has a step taken, unless enough of its kind are.
func (v *visit) plan(s step) {
	if kind := v.kind(s); kind != "" && v.planned[kind] < stepsOfAKind {
		v.planned[kind]++
		v.todo = append(v.todo, s)
	}
}

// planFrom follows the links of a page and sends its forms.
func (v *visit) planFrom(page string) {
	leads := links.FindAllStringSubmatch(page, -1)
	v.rng.Shuffle(len(leads), func(i, j int) { leads[i], leads[j] = leads[j], leads[i] })
	for _, l := range leads {
		v.plan(step{path: l[1]})
	}
	for _, f := range forms.FindAllStringSubmatch(page, -1) {
		v.plan(step{attributes(f[1])["action"], v.fill(f[2])})
	}
}

func attributes(tag string) map[string]string {
	all := map[string]string{}
	for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
		all[a[1]] = html.UnescapeString(a[2])
	}
	return all
}

// fill fills in a form: what is hidden stays as it is, of choices one is taken, what is written is drawn.
func (v *visit) fill(form string) url.Values {
	filled, choices, written, list := url.Values{}, map[string][]string{}, []string{}, ""
	for _, c := range controls.FindAllStringSubmatch(form, -1) {
		a := attributes(c[2])
		switch {
		case c[1] != "option" && a["name"] == "":
		case c[1] == "select":
			list = a["name"]
		case c[1] == "option":
			choices[list] = append(choices[list], a["value"])
		case c[1] == "button", a["type"] == "checkbox", a["type"] == "radio":
			choices[a["name"]] = append(choices[a["name"]], a["value"])
		case a["type"] == "hidden":
			filled.Set(a["name"], a["value"])
		default:
			written = append(written, a["name"])
		}
	}
	for _, name := range sorted(choices) {
		filled.Set(name, pick(v.rng, choices[name]))
	}
	v.write(written, filled)
	if filled.Has("idempotencyKey") {
		filled.Set("idempotencyKey", fmt.Sprint(v.seed, " ", len(v.todo), v.rng.Uint64()))
	}
	return filled
}

// write writes into a form what a record has in fields of these names, whether or not the person sees it; else what is odd.
func (v *visit) write(names []string, into url.Values) {
	var at *row
	record, places := v.recordWith(names)
	if record != "" && v.rng.IntN(4) > 0 {
		at = pick(v.rng, v.pool[record])
	}
	for i, name := range names {
		value := pick(v.rng, nastyTexts)
		if at != nil && at.values[places[i]] != nil {
			value = *at.values[places[i]]
		}
		into.Set(name, value)
	}
}

// recordWith draws a record that has fields of these names, and where the values of these stand.
func (v *visit) recordWith(names []string) (record string, places []int) {
	for _, i := range v.rng.Perm(len(v.world.catalog.Names)) {
		r := v.world.catalog.Records[v.world.catalog.Names[i]]
		if places = placesOf(r, names); len(v.pool[r.Name]) > 0 && !slices.Contains(places, -1) {
			return r.Name, places
		}
	}
	return "", nil
}

func placesOf(r *policy.Record, names []string) []int {
	_, columns := columnsOf(r)
	places := make([]int, len(names))
	for i, name := range names {
		places[i] = -1
		if field := slices.IndexFunc(r.Fields, func(f *policy.Field) bool { return f.Name == name }); field >= 0 {
			places[i] = columns[field]
		}
	}
	return places
}

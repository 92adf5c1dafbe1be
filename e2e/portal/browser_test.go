package portal

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"korpu/internal/hubtest"
)

var screens = flag.String("portal.screens", "", "a folder for pictures of every page")

// window is a page in a browser.
type window struct {
	t   *testing.T
	ctx context.Context
	url string
}

// browse opens a browser.
func browse(t *testing.T, h *hubtest.Hub) *window {
	t.Helper()
	path := chromium(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	w := &window{t: t, ctx: ctx, url: h.URL}
	w.do(chromedp.EmulateViewport(1200, 900))
	return w
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium-headless-shell", "chromium", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium is installed, so the pages cannot be tested in a browser: install chromium-headless-shell or chromium")
	return ""
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, steps...); err != nil {
		w.t.Fatal(err)
	}
}

func ask[T any](w *window, expression string) T {
	w.t.Helper()
	v, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *window) open(path string) { w.do(chromedp.Navigate(w.url + path)) }

// enter signs in as a persona at the issuer's page.
func (w *window) enter(persona string) {
	w.t.Helper()
	w.open("/")
	w.do(chromedp.Click(`a[href="/signin"]`), chromedp.WaitVisible(`button[value="`+hubtest.Persona(persona).Subject+`"]`),
		chromedp.Click(`button[value="`+hubtest.Persona(persona).Subject+`"]`), chromedp.WaitVisible("nav"))
}

func (w *window) leave() {
	w.t.Helper()
	w.do(chromedp.Click(`form[action="/signout"] button`), chromedp.WaitVisible(`a[href="/signin"]`))
}

// picture keeps what the window shows, where pictures are wanted.
func (w *window) picture(name string) {
	w.t.Helper()
	if *screens == "" {
		return
	}
	image, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.MkdirAll(*screens, 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screens, name+".png"), image, 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) media(features ...*emulation.MediaFeature) {
	w.t.Helper()
	if _, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		w.t.Fatal(err)
	}
}

// axe are the checks of WCAG that a program can make, by axe-core.
func axe(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat("node_modules/axe-core"); err != nil {
		if out, err := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").CombinedOutput(); err != nil {
			t.Fatalf("install axe-core: %v\n%s", err, out)
		}
	}
	source, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// accessible fails where axe-core finds a violation of WCAG 2.2 AA.
func (w *window) accessible(name, source string) {
	w.t.Helper()
	if ask[bool](w, "!window.axe") { // reading it takes longer than most pages, so each is given it once
		ask[any](w, source+"; null")
	}
	found, err := chromedp.Run(w.ctx, chromedp.Evaluate[[]string](`axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html + " " + n.failureSummary)))`, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, violation := range found {
		w.t.Errorf("%s: %s", name, violation)
	}
}

// people are those whose pages are looked at, with the pages beside those of the menu.
var people = map[string][]string{
	"clerk-sumgayit": nil, "lawyer": {"/child/", "/log/", "/mission/"}, "psychologist": {"/child/", "/mission/"}, "dpo": {"/log/"},
	"social-worker": {"/child/", "/refer/", "/sharing/", "/mission/"}, "manager": {"/child/", "/refer/", "/plan-mission", "/mission/"},
	"inspector-sumgayit": {"/child/"}, "prosecutor-sumgayit": {"/child/"}, "judge-sumgayit": {"/child/"}, "secretary-sumgayit": {"/child/"}, "member-sumgayit": {"/child/"},
}

func TestEveryPageIsAccessibleInEveryLanguageDarkAndOnAPhone(t *testing.T) {
	h, _ := open(t)
	w, source := browse(t, h), axe(t)
	w.open("/")
	w.accessible("start", source)
	w.picture("start")
	for _, persona := range slices.Sorted(maps.Keys(people)) {
		further := people[persona]
		t.Run(persona, func(t *testing.T) {
			own := &window{t: t, ctx: w.ctx, url: w.url}
			own.enter(persona)
			defer own.leave()
			for _, path := range own.paths(further) {
				own.look(persona, path, source)
			}
		})
	}
}

// paths are those of the menu, and the first of each further kind that a page leads to.
func (w *window) paths(further []string) []string {
	w.t.Helper()
	all := ask[[]string](w, `[...document.querySelectorAll("nav a")].map(a => a.getAttribute("href"))`)
	for _, prefix := range further {
		for _, from := range all {
			w.open(from)
			if links := ask[[]string](w, `[...document.querySelectorAll('main a[href^="`+prefix+`"]')].map(a => a.getAttribute("href"))`); len(links) > 0 {
				all = append(all, links[0])
				break
			}
		}
	}
	return all
}

// look checks a page as it is read: dark, on a phone, enlarged four times, and in each language where pictures are wanted.
func (w *window) look(persona, path, source string) {
	w.t.Helper()
	name := persona + "-" + strings.Trim(strings.SplitAfterN(path[1:], "/", 2)[0], "/")
	w.open(path)
	if *screens != "" {
		for _, lang := range []string{"en", "ru", "az"} {
			w.do(chromedp.Click(`button[name="language"][value="`+lang+`"]`), chromedp.WaitReady(`html[lang="`+lang+`"] main`))
			w.picture(name + "-" + lang)
		}
	}
	w.accessible(name, source)
	w.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	w.accessible(name+" dark", source)
	w.picture(name + "-dark")
	w.media()
	for what, width := range map[string]int64{"phone": 390, "zoom": 320} { // 1280 pixels at 400 % are 320
		w.do(chromedp.EmulateViewport(width, 844))
		if wide := ask[int](w, "document.documentElement.scrollWidth"); wide > int(width) {
			w.t.Errorf("%s: the page is %d wide in %d", name, wide, width)
		}
		if what == "phone" && *screens != "" {
			w.accessible(name+" phone", source)
			w.picture(name + "-phone")
		}
	}
	w.do(chromedp.EmulateViewport(1200, 900))
}

// After signing in: number, Tab, year, Enter, answer.
func TestAClerkAsksWithoutAMouse(t *testing.T) {
	h, conn := open(t)
	w := browse(t, h)
	number, year := underWay(t, conn)
	w.enter("clerk-sumgayit")
	w.do(chromedp.KeyEvent(number), chromedp.KeyEvent("\t"), chromedp.KeyEvent(fmt.Sprint(year)), chromedp.KeyEvent("\r"), chromedp.WaitVisible(".card"))
	if text := ask[string](w, `document.querySelector(".card").innerText`); !strings.Contains(text, number) {
		t.Error(text)
	}
	w.picture("clerk-sumgayit-card")
	if address := ask[string](w, "location.href + document.title"); strings.Contains(address, number) {
		t.Error(address)
	}
}

package portal

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// What a page shows once it was asked is looked at as well: the preview of a referral, and the answer of a child.
func TestAPreviewAndAnAnswerAreAccessible(t *testing.T) {
	h, conn := open(t)
	w, source := browse(t, h), axe(t)
	w.enter("social-worker")
	w.open("/children")
	child := ask[string](w, fmt.Sprintf(`[...document.querySelectorAll('main a[href^="/child/"]')].find(a => a.textContent === %q).getAttribute("href")`, childOf(t, conn)))
	w.open(w.first(child, "/refer/"))
	w.do(chromedp.Click(`input[name="seek"] ~ button`), chromedp.WaitVisible(`button[name="receiver"]`), chromedp.Click(`button[name="receiver"]`), chromedp.WaitVisible("#preview"))
	w.shown("preview", source)
	w.open(w.first(child, "/sharing/"))
	w.do(chromedp.Click(`button[name="state"]`), chromedp.WaitVisible(`button[name="answer"]`))
	w.shown("answer", source)
	if focused := ask[string](w, "document.activeElement.name"); focused != "form" {
		t.Errorf("the keyboard is at %q", focused)
	}
}

// first is where the first link of a kind on a page leads.
func (w *window) first(path, prefix string) string {
	w.t.Helper()
	w.open(path)
	return ask[string](w, `document.querySelector('main a[href^="`+prefix+`"]').getAttribute("href")`)
}

// shown checks what the window shows, wide and enlarged four times.
func (w *window) shown(name, source string) {
	w.t.Helper()
	w.picture("social-worker-" + name)
	w.accessible(name, source)
	w.do(chromedp.EmulateViewport(320, 844))
	if wide := ask[int](w, "document.documentElement.scrollWidth"); wide > 320 {
		w.t.Errorf("%s: the page is %d wide in 320", name, wide)
	}
	w.picture("social-worker-" + name + "-zoom")
	w.do(chromedp.EmulateViewport(1200, 900))
}

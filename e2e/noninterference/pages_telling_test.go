package noninterference

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestAPageThatTellsOfWhatIsHiddenIsFound(t *testing.T) {
	w := newWorld(t)
	d := w.door()
	worker := w.subject("social_worker", "REHABILITATION")
	again := func(seed uint64) string { return fmt.Sprint(worker.goThrough(d, seed)) }
	if before := again(1 << 40); before != "" {
		t.Fatalf("before anything is told: %s", before)
	}
	t.Run("by a page that looks past the hub", func(t *testing.T) {
		honest := d.portal
		defer func() { d.portal = honest }()
		d.portal = http.HandlerFunc(func(web http.ResponseWriter, r *http.Request) {
			honest.ServeHTTP(web, r)
			fmt.Fprint(web, d.behind.notes(t))
		})
		found(t, again)
	})
	t.Run("by a list without its row rule", func(t *testing.T) {
		m := &mutant{t: t, world: w, role: worker.role, purpose: worker.purpose}
		m.edit("child", func(view string) string { view, _, _ = strings.Cut(view, "\n where "); return view })
		found(t, again)
	})
}

// notes stands for all that lawyers have written.
func (s *side) notes(t testing.TB) (digest string) {
	t.Helper()
	if err := s.admin.QueryRow(t.Context(), "select md5(string_agg(n::text, '' order by n.id)) from korpu.legal_note n").Scan(&digest); err != nil {
		t.Fatal(err)
	}
	return digest
}

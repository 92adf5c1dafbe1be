package identity_test

import "testing"

// The cost that identity adds to a request whose token is known: it is on the way of every request.
func BenchmarkARememberedRequest(b *testing.B) {
	w := newWorld(b)
	h := headers(w.token(b, w.court, "judge-1"), "Korpu-Role", "judge", "Korpu-Purpose", "CASE_PROCEEDINGS")
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Authenticate(ctx, h); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkARememberedRequestInParallel(b *testing.B) {
	w := newWorld(b)
	h := headers(w.token(b, w.court, "clerk-1"))
	ctx := b.Context()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := w.Authenticate(ctx, h); err != nil {
				b.Error(err)
			}
		}
	})
}

package country

import "time"

const day = 24 * time.Hour

func days(t time.Time, n int) time.Time { return t.AddDate(0, 0, n) }

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

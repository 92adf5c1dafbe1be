package main

import (
	"fmt"
	"slices"
)

// figure is one line of the result.
type figure struct {
	name    string
	value   float64
	spread  string // over the rounds
	target  float64
	most    bool // the target is the most that is allowed, not the least
	no      bool // there is no target
	decimal int
}

func (f figure) verdict() string {
	if f.no || f.value >= f.target != f.most || f.value == f.target {
		return "ok"
	}
	return "short"
}

func (f figure) goal() string {
	switch {
	case f.no:
		return "none"
	case f.most:
		return fmt.Sprintf("<=%g", f.target)
	}
	return fmt.Sprintf(">=%g", f.target)
}

func (f figure) String() string {
	return fmt.Sprintf("%s %.*f %s %s", f.name, f.decimal, f.value, f.goal(), f.verdict())
}

// compare makes the figures that are ratios of two contestants' rates, each taken within a round.
func (b *bench) compare() {
	for _, q := range []string{"Q1", "Q2"} {
		hub := b.lane("K", q)
		b.ratio(q+".hub/by_hand", hub, b.lane("L3", q), 0.9)
		b.ratio(q+".hub/in_postgres", hub, b.lane("L", q), 0)
		if b.peers {
			b.ratio(q+".hub/postgraphile", hub, b.lane("P", q), 5)
		}
		if b.large > 0 {
			b.ratio(q+".large/small", b.lane("K large", q), hub, 0.9)
		}
	}
	for _, q := range []string{"list", "case"} {
		b.figures = append(b.figures, spread(figure{name: q + ".four_roles/one_role", target: 0.9}, b.mixing(q)))
	}
}

func (b *bench) ratio(name string, of, to *lane, target float64) {
	values := make([]float64, len(of.results))
	for i := range values {
		values[i] = of.results[i].rate / to.results[i].rate
	}
	b.figures = append(b.figures, spread(figure{name: name, target: target, no: target == 0}, values))
}

// mixing compares the rate of the four roles mixed with what they would reach one after the other: a quarter of the
// requests each, so the harmonic mean of their own rates.
func (b *bench) mixing(q string) []float64 {
	all := b.lane("K", q+" as all four").results
	values := make([]float64, len(all))
	for i := range values {
		expected := 0.0
		for _, r := range reach {
			expected += 1 / b.lane("K", q+" as "+r.role).results[i].rate
		}
		values[i] = all[i].rate * expected / float64(len(reach))
	}
	return values
}

// spread gives a figure the median of its values, and tells the others.
func spread(f figure, values []float64) figure {
	slices.Sort(values)
	f.value, f.decimal = median(values), 2
	f.spread = fmt.Sprintf("%.2f–%.2f", values[0], values[len(values)-1])
	return f
}

func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

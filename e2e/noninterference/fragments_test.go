package noninterference

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// arrange gives the fields of a selection their keys, asks some twice, and puts some into fragments.
func (d *drawer) arrange(parent string, all []*node) []*node {
	var out []*node
	taken := map[string]bool{}
	for _, n := range all {
		if !d.name(n, taken) {
			continue
		}
		taken[n.key] = true
		if !n.must {
			n.when = d.conditions()
		}
		out = append(out, n)
		if len(n.sub) > 1 && d.repeats > 0 && d.rng.IntN(15) == 0 && d.affords(d.schema.Types[n.parent], n.field, n.times) { // one field, asked for in two halves, which costs twice
			d.repeats--
			half := *n
			n.sub, half.sub = n.sub[:1], n.sub[1:]
			out = append(out, &half)
		}
	}
	if len(out) > 0 && d.rng.IntN(4) == 0 {
		out = d.wrap(parent, out)
	}
	return out
}

// name gives a field its key, and tells whether it may stay.
func (d *drawer) name(n *node, taken map[string]bool) bool {
	if taken[n.key] && n.sub == nil && len(n.args) == 0 && d.repeats > 0 {
		d.repeats--
		return true
	}
	if !taken[n.key] && d.rng.IntN(7) > 0 {
		return true
	}
	if d.aliases == 0 {
		return !taken[n.key]
	}
	d.aliases, d.names = d.aliases-1, d.names+1
	n.key = fmt.Sprintf("a%d", d.names)
	return true
}

func (d *drawer) conditions() []when {
	var all []when
	for _, directive := range []string{"include", "skip"} {
		if d.marks > 0 && d.rng.IntN(25) == 0 {
			d.marks--
			value := d.given(ast.NonNullNamedType("Boolean", nil), about{}, true)
			all = append(all, when{directive, value})
		}
	}
	return all
}

// wrap puts a stretch of a selection into a fragment, inline or with a name.
func (d *drawer) wrap(parent string, all []*node) []*node {
	from := d.rng.IntN(len(all))
	to := from + 1 + d.rng.IntN(len(all)-from)
	fragment := &node{parent: parent, typed: d.rng.IntN(3) > 0, sub: slices.Clone(all[from:to])}
	if !slices.ContainsFunc(fragment.sub, func(n *node) bool { return n.must }) {
		fragment.when = d.conditions()
	}
	if d.rng.IntN(3) == 0 {
		d.names++
		fragment.name, fragment.typed = fmt.Sprintf("F%d", d.names), true
	}
	return slices.Concat(all[:from], []*node{fragment}, all[to:])
}

package noninterference

import (
	"fmt"
	"slices"
	"strings"
)

// leak is an operation whose answers differ, or that the hub failed to answer.
type leak struct {
	*round
	operation *operation
	a, b      answer
	defect    string
}

func (l *leak) body() []byte { return encode(l.operation.text(), l.operation.variables()) }

// shows asks again, and keeps the answers where they still show what is wrong.
func (l *leak) shows() bool {
	body := l.body()
	a, b := l.world.still.ask(l.header, body), l.world.moved.ask(l.header, body)
	defect := l.world.examine(l.operation, a).defect
	if defect != l.defect || defect == "" && a.same(b) {
		return false
	}
	l.a, l.b = a, b
	return true
}

// shrink looks for fewer changes and a shorter operation that show the same.
func (l *leak) shrink() {
	if !l.shows() {
		return
	}
	if l.defect == "" {
		l.shrinkChanges(l.shows)
	}
	l.operation.nodes = l.shrinkNodes(l.operation.nodes, func(rest []*node) { l.operation.nodes = rest })
	l.made = l.world.only(l.made)
	l.shows()
}

// shrinkChanges halves the changes as long as one half shows the leak, then leaves out one after the other.
func (r *round) shrinkChanges(shows func() bool) {
	for size := len(r.made) / 2; size > 0; size /= 2 {
		for from := 0; from < len(r.made) && len(r.made) > size; {
			all := r.made
			r.made = slices.Concat(all[:from], all[min(from+size, len(all)):])
			r.world.only(r.made)
			if !shows() {
				r.made = all
				from += size
			}
		}
	}
	r.world.only(r.made)
}

// shrinkNodes leaves out fields that are not needed; keep puts what is left in place.
func (l *leak) shrinkNodes(all []*node, keep func([]*node)) []*node {
	for i := 0; i < len(all); {
		rest := slices.Concat(all[:i], all[i+1:])
		keep(rest)
		if len(rest) > 0 && l.shows() {
			all = rest
			continue
		}
		keep(all)
		n := all[i]
		n.sub = l.shrinkNodes(n.sub, func(rest []*node) { n.sub = rest })
		n.args = l.shrinkArguments(n)
		i++
	}
	return all
}

func (l *leak) shrinkArguments(n *node) []argument {
	for i := 0; i < len(n.args); {
		all := n.args
		n.args = slices.Concat(all[:i], all[i+1:])
		if !l.shows() {
			n.args = all
			i++
		}
	}
	return n.args
}

// String is the report: who asks what, after which change, and both answers.
func (l *leak) String() string {
	var b strings.Builder
	what := "the answers differ"
	if l.defect != "" {
		what = "a valid operation is answered with: " + l.defect
	}
	fmt.Fprintf(&b, "%s\nprofile:   %s, staff %s of agency %s, client %q\n", what, l.profile, l.who.staff, l.who.agency, l.who.client)
	fmt.Fprintf(&b, "request:   %s\n", l.body())
	b.WriteString(l.changes())
	fmt.Fprintf(&b, "unchanged: %d %s\nchanged:   %d %s\n", l.a.status, l.a.body, l.b.status, l.b.body)
	if fmt.Sprint(l.a.header) != fmt.Sprint(l.b.header) {
		fmt.Fprintf(&b, "headers:   %v\n           %v\n", l.a.header, l.b.header)
	}
	return b.String()
}

// changes lists the first of those that were made.
func (r *round) changes() string {
	var b strings.Builder
	for _, c := range r.made[:min(len(r.made), 10)] {
		fmt.Fprintf(&b, "change:    %s\n           of %s\n", c.sql, c.row)
	}
	if more := len(r.made) - 10; more > 0 {
		fmt.Fprintf(&b, "           and %d more\n", more)
	}
	return b.String()
}

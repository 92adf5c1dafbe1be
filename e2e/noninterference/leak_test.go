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
		l.shrinkChanges()
	}
	l.operation.nodes = l.shrinkNodes(l.operation.nodes, func(rest []*node) { l.operation.nodes = rest })
	l.made = l.world.only(l.made)
	l.shows()
}

// shrinkChanges halves the changes as long as one half shows the leak, then leaves out one after the other.
func (l *leak) shrinkChanges() {
	for size := len(l.made) / 2; size > 0; size /= 2 {
		for from := 0; from < len(l.made) && len(l.made) > size; {
			all := l.made
			l.made = slices.Concat(all[:from], all[min(from+size, len(all)):])
			l.world.only(l.made)
			if !l.shows() {
				l.made = all
				from += size
			}
		}
	}
	l.world.only(l.made)
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
	for _, c := range l.made[:min(len(l.made), 10)] {
		fmt.Fprintf(&b, "change:    %s\n           of %s\n", c.sql, c.row)
	}
	if more := len(l.made) - 10; more > 0 {
		fmt.Fprintf(&b, "           and %d more\n", more)
	}
	fmt.Fprintf(&b, "unchanged: %d %s\nchanged:   %d %s\n", l.a.status, l.a.body, l.b.status, l.b.body)
	if fmt.Sprint(l.a.header) != fmt.Sprint(l.b.header) {
		fmt.Fprintf(&b, "headers:   %v\n           %v\n", l.a.header, l.b.header)
	}
	return b.String()
}

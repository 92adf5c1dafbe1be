package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"time"
)

// sameValues refuses an answer that does not hold what the unguarded contestant's does: every value must be the same, or be
// null and named in the record's `withheld`.
func sameValues(guarded, bare []byte) error {
	var a, b any
	if err := json.Unmarshal(guarded, &a); err != nil {
		return fmt.Errorf("read an answer: %w", err)
	}
	if err := json.Unmarshal(bare, &b); err != nil {
		return fmt.Errorf("read an answer: %w", err)
	}
	c := comparison{}
	c.values("", a, b)
	return c.err
}

// sameRecords refuses an answer of another shape that does not hold the same records in the same order.
func sameRecords(answer, bare []byte) error {
	if !slices.EqualFunc(identifiers(answer), identifiers(bare), bytes.Equal) {
		return fmt.Errorf("the answer holds other records: %.300s", answer)
	}
	return nil
}

var identifier = regexp.MustCompile(`"id" ?: ?"([^"]+)"`)

func identifiers(answer []byte) [][]byte {
	var all [][]byte
	for _, found := range identifier.FindAllSubmatch(answer, -1) {
		all = append(all, found[1])
	}
	return all
}

type comparison struct{ err error }

func (c *comparison) values(path string, a, b any) {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			c.differ(path)
			return
		}
		c.objects(path, x, y)
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			c.differ(path)
			return
		}
		for i := range x {
			c.values(fmt.Sprintf("%s[%d]", path, i), x[i], y[i])
		}
	default:
		if !reflect.DeepEqual(a, b) && !sameMoment(a, b) {
			c.differ(path)
		}
	}
}

func (c *comparison) objects(path string, x, y map[string]any) {
	closed := map[string]bool{}
	reports, _ := x["withheld"].([]any)
	for _, w := range reports {
		if report, ok := w.(map[string]any); ok {
			closed[fmt.Sprint(report["field"])] = true
		}
	}
	for name, value := range x {
		switch {
		case name == "withheld":
		case value == nil && closed[name]:
		default:
			c.values(path+"."+name, value, y[name])
		}
	}
}

func (c *comparison) differ(path string) {
	if c.err == nil {
		c.err = fmt.Errorf("the answers differ at %s", path)
	}
}

// sameMoment takes 2026-01-01T00:00:00+00:00 and 2026-01-01T00:00:00Z for one.
func sameMoment(a, b any) bool {
	x, xErr := time.Parse(time.RFC3339, fmt.Sprint(a))
	y, yErr := time.Parse(time.RFC3339, fmt.Sprint(b))
	return xErr == nil && yErr == nil && x.Equal(y)
}

package records

import (
	"encoding/json"
	"fmt"

	"korpu/policy"
)

// withheld compiles the report of what is closed on a record: for each selected field, a flag from the view and a text
// that is the same for every record. It never looks at values.
func (c *compiler) withheld(t *policy.TypeAccess, alias string, s selected, fields []selected, cols *columns) (emit, error) {
	type entry struct {
		column, place int
		text          []byte
	}
	var entries []entry
	seen := map[string]bool{}
	for _, asked := range fields {
		name := asked.Field.Name
		access, ok := t.Fields[name]
		if !ok || access.Withheld == nil || seen[name] {
			continue
		}
		seen[name] = true
		text, err := c.entry(name, access.Withheld, s)
		if err != nil {
			return nil, err
		}
		f := t.Record.Field(name)
		entries = append(entries, entry{cols.add(alias + "." + policy.WithheldColumn(f)), c.trace.withholds(f.Title()), text})
	}
	return func(out []byte, row [][]byte, r *Request) ([]byte, error) {
		out = append(out, '[')
		for _, e := range entries {
			if raw := row[e.column]; len(raw) == 1 && raw[0] == 1 {
				out = comma(out, '[')
				out = append(out, e.text...)
				r.withheld[e.place]++
			}
		}
		return append(out, ']'), nil
	}, nil
}

func (c *compiler) entry(field string, w *policy.Withholding, s selected) ([]byte, error) {
	texts := map[string]string{
		"field": field, "reason": w.Reason, "basis": w.Basis, "howToRequest": w.HowToRequest, "__typename": "Withheld",
	}
	out := []byte{'{'}
	for _, sub := range collect(s.Sub, c.vars) {
		text, err := json.Marshal(texts[sub.Field.Name])
		if err != nil {
			return nil, fmt.Errorf("write a withheld entry: %w", err)
		}
		out = append(append(comma(out, '{'), keyOf(sub.Key)...), text...)
	}
	return append(out, '}'), nil
}

// comma separates what follows from what stands before, unless it is the first after the opening sign.
func comma(out []byte, opening byte) []byte {
	if out[len(out)-1] == opening {
		return out
	}
	return append(out, ',')
}

func keyOf(name string) []byte { return []byte(`"` + name + `":`) }

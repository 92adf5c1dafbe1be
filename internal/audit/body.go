package audit

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// The body of a record is JSON that is written in one way only: members in this order, none that is empty, no space between.

// moment is how a time stands in a body: as exactly as PostgreSQL keeps it.
const moment = "2006-01-02T15:04:05.000000Z"

// appendBody appends the body of the entry. It puts what was read into order.
func (e *Entry) appendBody(out []byte) []byte {
	out = open(out, "request", e.At, e.Command)
	out = member(out, "request", e.Request)
	out = member(out, "name", e.Name)
	if e.Staff != uuid.Nil {
		out = member(out, "staff", e.Staff.String())
	}
	if e.Agency != uuid.Nil {
		out = member(out, "agency", e.Agency.String())
	}
	out = member(out, "issuer", e.Issuer)
	out = member(out, "client", e.Client)
	if e.Asserted {
		out = append(out, `,"asserted":true`...)
	}
	out = member(out, "role", e.Role)
	out = member(out, "purpose", e.Purpose)
	out = member(out, "operation", e.Operation)
	out = member(out, "policy", e.Policy)
	out = member(out, "outcome", e.Outcome)
	if len(e.Changed) > 0 {
		slices.SortFunc(e.Changed, Record.compare)
		out = e.Reading.appendChildren(append(out, `,"changed":`...), e.Changed)
	}
	out = e.Reading.appendMembers(out)
	if e.Digest != nil {
		out = append(out, `,"digest":"`...)
		out = append(hex.AppendEncode(out, e.Digest), '"')
	}
	return append(out, '}')
}

// open begins a body. One with a command is of the kind "command".
func open(out []byte, kind string, at time.Time, command uuid.UUID) []byte {
	if command != uuid.Nil {
		kind = "command"
	}
	out = append(append(append(out, `{"kind":"`...), kind...), `","at":"`...)
	out = append(at.UTC().AppendFormat(out, moment), '"')
	if command != uuid.Nil {
		out = member(out, "command", command.String())
	}
	return out
}

// member appends a text by its name, unless it is empty.
func member(out []byte, name, text string) []byte {
	if text == "" {
		return out
	}
	return quote(append(append(append(out, `,"`...), name...), `":`...), text)
}

// quote appends a JSON text. Nearly all are plain.
func quote(out []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			encoded, err := json.Marshal(text)
			if err != nil {
				panic(err) // there is no text that JSON has not
			}
			return append(out, encoded...)
		}
	}
	return append(append(append(out, '"'), text...), '"')
}

// appendMembers appends the fields, the records that belong to no child, those that do child by child, and what was withheld.
func (r *Reading) appendMembers(out []byte) []byte {
	if len(r.Fields) > 0 {
		out = append(out, `,"fields":`...)
		out = list(out, len(r.Fields), '[', ']', func(out []byte, i int) []byte { return quote(out, r.Fields[i]) })
	}
	slices.SortFunc(r.Records, Record.compare)
	r.Records = slices.Compact(r.Records)
	records := r.Records
	if len(records) > 0 && records[0].Child == none {
		var free []Record
		free, records = cut(records, Record.ofChild)
		out = append(r.appendTypes(append(out, `,"records":{`...), free), '}')
	}
	if len(records) > 0 {
		out = r.appendChildren(append(out, `,"children":`...), records)
	}
	if len(r.Withheld) > 0 {
		out = append(out, `,"withheld":`...)
		out = list(out, len(r.Withheld), '{', '}', func(out []byte, i int) []byte {
			return strconv.AppendInt(append(quote(out, r.Withheld[i].Field), ':'), int64(r.Withheld[i].Records), 10)
		})
	}
	return out
}

var none [16]byte

func (r Record) compare(o Record) int {
	return cmp.Or(bytes.Compare(r.Child[:], o.Child[:]), bytes.Compare(r.Case[:], o.Case[:]), cmp.Compare(r.Type, o.Type), bytes.Compare(r.ID[:], o.ID[:]))
}

func (r Record) ofChild() [16]byte { return r.Child }
func (r Record) ofCase() [16]byte  { return r.Case }

// cut takes the records from the beginning that have the same owner.
func cut(records []Record, owner func(Record) [16]byte) (same, rest []Record) {
	n := 0
	for n < len(records) && owner(records[n]) == owner(records[0]) {
		n++
	}
	return records[:n], records[n:]
}

// appendChildren appends an object that has for each child its records by type, and under "cases" those of each case.
func (r *Reading) appendChildren(out []byte, records []Record) []byte {
	for opening := byte('{'); len(records) > 0; opening = ',' {
		var child []Record
		child, records = cut(records, Record.ofChild)
		out = append(appendID(append(out, opening), child[0].Child), ":{"...)
		if child[0].Case == none {
			var alone []Record
			alone, child = cut(child, Record.ofCase)
			out = r.appendTypes(out, alone)
			if len(child) > 0 {
				out = append(out, ',')
			}
		}
		if len(child) > 0 {
			out = r.appendCases(append(out, `"cases":`...), child)
		}
		out = append(out, '}')
	}
	return append(out, '}')
}

func (r *Reading) appendCases(out []byte, records []Record) []byte {
	for opening := byte('{'); len(records) > 0; opening = ',' {
		var file []Record
		file, records = cut(records, Record.ofCase)
		out = append(appendID(append(out, opening), file[0].Case), ":{"...)
		out = append(r.appendTypes(out, file), '}')
	}
	return append(out, '}')
}

// appendTypes appends the members of an object that has for each type its identifiers. That of the child or case itself is
// not said again.
func (r *Reading) appendTypes(out []byte, records []Record) []byte {
	for i := 0; i < len(records); {
		kind, first := records[i].Type, true
		if i > 0 {
			out = append(out, ',')
		}
		out = append(quote(out, r.Types[kind]), ":["...)
		for ; i < len(records) && records[i].Type == kind; i++ {
			if records[i].ID == records[i].Child || records[i].ID == records[i].Case {
				continue
			}
			if !first {
				out = append(out, ',')
			}
			out, first = appendID(out, records[i].ID), false
		}
		out = append(out, ']')
	}
	return out
}

func list(out []byte, n int, opening, closing byte, item func(out []byte, i int) []byte) []byte {
	out = append(out, opening)
	for i := range n {
		if i > 0 {
			out = append(out, ',')
		}
		out = item(out, i)
	}
	return append(out, closing)
}

// appendID appends an identifier as a JSON text.
func appendID(out []byte, id [16]byte) []byte {
	out = append(out, '"')
	for i, span := range [][]byte{id[0:4], id[4:6], id[6:8], id[8:10], id[10:16]} {
		if i > 0 {
			out = append(out, '-')
		}
		out = hex.AppendEncode(out, span)
	}
	return append(out, '"')
}

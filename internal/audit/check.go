package audit

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// stored is a record as it stands in the table.
type stored struct {
	seq     int64
	at      time.Time
	command uuid.UUID
	body    []byte
	hash    [32]byte
}

// read takes a row apart, without copying the body.
func read(raw [][]byte) (r stored, err error) {
	if len(raw[0]) != 8 || len(raw[1]) != 8 {
		return r, fmt.Errorf("a row came in another form than asked for")
	}
	r.seq = int64(binary.BigEndian.Uint64(raw[0]))
	r.at = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(binary.BigEndian.Uint64(raw[1])) * time.Microsecond)
	copy(r.command[:], raw[2])
	r.body = raw[3]
	copy(r.hash[:], raw[4])
	return r, nil
}

// check follows one chain.
type check struct {
	report *Report
	last   Head // the record before
	known  bool // whether the record before is there
	broken []broken
}

// broken is a record whose hash is not that of its body after the record before it.
type broken struct {
	stored
	before [32]byte
}

func (c *check) record(r stored) {
	c.report.Records++
	if r.seq > c.last.Seq+1 {
		c.report.find("chain %s: records %d to %d are missing", c.last.Chain, c.last.Seq+1, r.seq-1)
		c.known = false
	}
	if next := c.last.next(r.body); c.known && next.Hash != r.hash {
		r.body = bytes.Clone(r.body)
		c.broken = append(c.broken, broken{r, c.last.Hash})
	} else if !c.holds(r) {
		c.report.find("chain %s: record %d: a column says something else than its body", c.last.Chain, r.seq)
	}
	c.last.Seq, c.last.Hash, c.known = r.seq, r.hash, true
}

// holds compares the columns beside the body with what the body says, and the first record with its chain.
func (c *check) holds(r stored) bool {
	const opening = `{"kind":"`
	kind, _, ok := bytes.Cut(bytes.TrimPrefix(r.body, []byte(opening)), []byte(`"`))
	if !ok || r.seq == 1 && string(kind) != "chain" {
		return false
	}
	expected := open(make([]byte, 0, 128), string(kind), r.at, r.command)
	if r.seq == 1 {
		expected = member(expected, "chain", c.last.Chain.String())
	}
	return bytes.HasPrefix(r.body, expected)
}

// mostDiagnosed bounds the search for where records have come from; it grows with the cube.
const mostDiagnosed = 30

// diagnose tells of each broken record whether it stands elsewhere than it did, or was changed. One that only follows
// another in the wrong place is whole.
func (c *check) diagnose() {
	for _, b := range c.broken[:min(len(c.broken), mostDiagnosed)] {
		switch seq := c.origin(b); seq {
		case b.seq:
		case 0:
			c.report.find("chain %s: record %d does not follow from the one before it: it was changed, or that one was", c.last.Chain, b.seq)
		default:
			c.report.find("chain %s: what was record %d stands as record %d", c.last.Chain, seq, b.seq)
		}
	}
	if more := len(c.broken) - mostDiagnosed; more > 0 {
		c.report.find("chain %s: %d more records do not follow from those before them", c.last.Chain, more)
	}
}

// origin finds the number under which a broken record was written; 0 where there is none.
func (c *check) origin(b broken) int64 {
	nearby := c.broken[:min(len(c.broken), mostDiagnosed)]
	for _, place := range nearby {
		for _, other := range nearby {
			for _, hash := range [][32]byte{other.before, other.hash} {
				if (Head{Chain: c.last.Chain, Seq: place.seq - 1, Hash: hash}).next(b.body).Hash == b.hash {
					return place.seq
				}
			}
		}
	}
	return 0
}

package records

import (
	"slices"
	"sync"
)

// shelf holds what a request has read and written until its answer is taken away. It is a stack: on the rows of a statement
// lie those of the nested list that is being written. Requests use the same shelves one after another.
type shelf struct {
	bytes  []byte // of values that were copied out of the connection's buffer
	values [][]byte
	rows   [][][]byte
	out    []byte // the answers
}

var shelves = sync.Pool{New: func() any { return &shelf{bytes: make([]byte, 0, 4<<10), out: make([]byte, 0, 4<<10)} }}

// largestShelf keeps a rare large answer from staying in memory.
const largestShelf = 256 << 10

func (s *shelf) free() {
	if cap(s.bytes)+cap(s.out) > largestShelf {
		return
	}
	s.clear()
	s.out = s.out[:0]
	shelves.Put(s)
}

// clear takes the rows of a statement away.
func (s *shelf) clear() { s.bytes, s.values, s.rows = s.bytes[:0], s.values[:0], s.rows[:0] }

// level is a height of the stack. The bytes of nested lists are those of the row that they stand in.
type level struct{ values, rows int }

func (s *shelf) mark() level { return level{len(s.values), len(s.rows)} }

// back takes away what was put on the shelf since.
func (s *shelf) back(to level) { s.values, s.rows = s.values[:to.values], s.rows[:to.rows] }

// row puts an empty row on the shelf.
func (s *shelf) row(width int) [][]byte {
	from := len(s.values)
	s.values = slices.Grow(s.values, width)[:from+width]
	row := s.values[from : from+width : from+width]
	clear(row)
	s.rows = append(s.rows, row)
	return row
}

// copy puts a copy of a row on the shelf.
func (s *shelf) copy(raw [][]byte) {
	row, bytes := s.row(len(raw)), s.bytes
	for i, v := range raw {
		if v != nil {
			from := len(bytes)
			bytes = append(bytes, v...)
			row[i] = bytes[from:len(bytes):len(bytes)]
		}
	}
	s.bytes = bytes
}

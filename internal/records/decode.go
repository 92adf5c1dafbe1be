package records

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errArray = errors.New("a nested list has not the form of an array of one dimension")

// eachElement walks the binary form of a one-dimensional array: dimensions, a flag, the element type, then the length and
// lower bound of each dimension, then the elements. An absent array has none.
func eachElement(raw []byte, visit func(element []byte) error) error {
	if raw == nil {
		return nil
	}
	if len(raw) == 12 && binary.BigEndian.Uint32(raw) == 0 {
		return nil // no dimension: an empty array
	}
	if len(raw) < 20 || binary.BigEndian.Uint32(raw) != 1 {
		return errArray
	}
	count, rest := binary.BigEndian.Uint32(raw[12:]), raw[20:]
	for range count {
		var element []byte
		var err error
		if element, rest, err = sized(rest); err != nil {
			return err
		}
		if err := visit(element); err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		return errArray
	}
	return nil
}

// splitRecord takes the binary form of a row apart, into the given slice.
func splitRecord(raw []byte, into [][]byte) error {
	if len(raw) < 4 || int(binary.BigEndian.Uint32(raw)) != len(into) {
		return fmt.Errorf("a nested row has not the %d columns that were asked for", len(into))
	}
	rest := raw[4:]
	for i := range into {
		if len(rest) < 4 {
			return fmt.Errorf("a nested row ends early")
		}
		var err error
		if into[i], rest, err = sized(rest[4:]); err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		return fmt.Errorf("a nested row has more than the columns that were asked for")
	}
	return nil
}

// sized reads a value that stands behind its length; the length -1 is null.
func sized(raw []byte) (value, rest []byte, err error) {
	if len(raw) < 4 {
		return nil, nil, fmt.Errorf("a nested value ends early")
	}
	n := int(int32(binary.BigEndian.Uint32(raw)))
	if n < 0 {
		return nil, raw[4:], nil
	}
	if len(raw) < 4+n {
		return nil, nil, fmt.Errorf("a nested value ends early")
	}
	return raw[4 : 4+n], raw[4+n:], nil
}

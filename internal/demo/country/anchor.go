package country

import (
	"bytes"
	"slices"
)

// anchor is an array that access rules compare. Triggers are off while the country is loaded, so it is kept here, sorted
// and distinct as they would have left it.
type anchor []uid

func (a *anchor) add(id uid) {
	at, found := slices.BinarySearchFunc(*a, id, func(x, y uid) int { return bytes.Compare(x[:], y[:]) })
	if !found {
		*a = slices.Insert(*a, at, id)
	}
}

// value is never null, since an empty anchor is an empty array.
func (a anchor) value() []uid { return append([]uid{}, a...) }

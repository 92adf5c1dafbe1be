package country

import (
	"encoding/binary"
	"math/rand/v2"
	"time"
)

// random is the one source of chance, so that the seed decides everything.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random {
	return random{rand.New(rand.NewPCG(seed, 0x6b6f727075))}
}

// newAside is a source beside it, for what came later: all that was there before stays as it was.
func newAside(seed uint64) random {
	return random{rand.New(rand.NewPCG(seed, 0x70726f6772616d))}
}

// uid is a UUID in the one form that pgx copies without a detour through text.
type uid = [16]byte

// id draws a UUID with the version and variant bits of a random one.
func (r random) id() uid {
	var id uid
	binary.BigEndian.PutUint64(id[:8], r.Uint64())
	binary.BigEndian.PutUint64(id[8:], r.Uint64())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

func (r random) chance(percent float64) bool { return r.Float64()*100 < percent }

// between draws a whole number from low to high, both included.
func (r random) between(low, high int) int { return low + r.IntN(high-low+1) }

// within draws a moment of the span that begins at from.
func (r random) within(from, until time.Time) time.Time {
	span := max(until.Sub(from), time.Minute)
	return from.Add(time.Duration(r.Int64N(int64(span)))).Truncate(time.Minute)
}

// atWork draws a moment in the working hours of a day; Bakı is four hours ahead of UTC.
func (r random) atWork(day time.Time) time.Time {
	return day.Add(time.Duration(r.between(5*60, 13*60)) * time.Minute)
}

func oneOf[T any](r random, list []T) T { return list[r.IntN(len(list))] }

// odds are values with their weights.
type odds[T any] []struct {
	value  T
	weight int
}

func (o odds[T]) draw(r random) T {
	total := 0
	for _, x := range o {
		total += x.weight
	}
	at := r.IntN(total)
	for _, x := range o {
		if at -= x.weight; at < 0 {
			return x.value
		}
	}
	panic("unreachable: the weights add up to the total")
}

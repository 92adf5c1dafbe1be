package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Head is a place in a chain: whoever knows it can tell whether what stands there, and everything before it, is as it was.
type Head struct {
	Chain uuid.UUID
	Seq   int64
	Hash  [sha256.Size]byte
}

// next is the place of a record with this body that follows.
func (h Head) next(body []byte) Head {
	var link [sha256.Size + len(h.Chain) + 8]byte
	copy(link[:], h.Hash[:])
	copy(link[sha256.Size:], h.Chain[:])
	binary.BigEndian.PutUint64(link[sha256.Size+len(h.Chain):], uint64(h.Seq+1))
	sum := sha256.New()
	sum.Write(link[:])
	sum.Write(body)
	h.Seq++
	sum.Sum(h.Hash[:0])
	return h
}

// String writes a place as ParseHead reads it.
func (h Head) String() string {
	return fmt.Sprintf("%s:%d:%s", h.Chain, h.Seq, hex.EncodeToString(h.Hash[:]))
}

// ParseHead reads chain:seq:hash.
func ParseHead(text string) (h Head, err error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return h, fmt.Errorf("%q is no place in a chain: write chain:seq:hash", text)
	}
	if h.Chain, err = uuid.Parse(parts[0]); err != nil {
		return h, fmt.Errorf("the chain of %q is no identifier", text)
	}
	if h.Seq, err = strconv.ParseInt(parts[1], 10, 64); err != nil || h.Seq < 1 {
		return h, fmt.Errorf("the number in %q is none", text)
	}
	hash, err := hex.DecodeString(parts[2])
	if err != nil || len(hash) != len(h.Hash) {
		return h, fmt.Errorf("the hash of %q has not %d hexadecimal digits", text, 2*len(h.Hash))
	}
	copy(h.Hash[:], hash)
	return h, nil
}

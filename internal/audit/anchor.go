package audit

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Anchor is the head of a chain at a moment, signed. Kept where nobody who holds the database can change it, it shows later that
// the chain has not been cut off or written anew.
type Anchor struct {
	Chain     uuid.UUID `json:"chain"`
	Seq       int64     `json:"seq"`
	Hash      string    `json:"hash"`
	At        string    `json:"at"`
	Signature []byte    `json:"signature"`
}

// signed is what the signature is made over.
func (a Anchor) signed() []byte {
	return fmt.Appendf(nil, "korpu audit anchor\n%s:%d:%s\n%s", a.Chain, a.Seq, a.Hash, a.At)
}

// Anchors signs the heads of all chains.
func Anchors(ctx context.Context, conn *pgx.Conn, key ed25519.PrivateKey) ([]Anchor, error) {
	rows, err := conn.Query(ctx, heads)
	last, err := collectHeads(rows, err)
	if err != nil {
		return nil, err
	}
	var all []Anchor
	for _, h := range last {
		a := Anchor{Chain: h.Chain, Seq: h.Seq, Hash: fmt.Sprintf("%x", h.Hash), At: time.Now().UTC().Format(moment)}
		a.Signature = ed25519.Sign(key, a.signed())
		all = append(all, a)
	}
	return all, nil
}

// ReadAnchors reads anchors, one to a line, and refuses one that the key has not signed.
func ReadAnchors(r io.Reader, key ed25519.PublicKey) ([]Head, error) {
	var all []Head
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		var a Anchor
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return nil, fmt.Errorf("line %d is no anchor", n)
		}
		if !ed25519.Verify(key, a.signed(), a.Signature) {
			return nil, fmt.Errorf("the anchor in line %d was not signed with this key, or was changed since", n)
		}
		h, err := ParseHead(fmt.Sprintf("%s:%d:%s", a.Chain, a.Seq, a.Hash))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		all = append(all, h)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the anchors: %w", err)
	}
	return all, nil
}

package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// place is a record that something outside the chain says there is.
type place struct {
	Head
	known string
}

// places verifies what stands where checkpoints, anchors and later chains say.
func (v *verification) places(ctx context.Context) error {
	all, err := v.followed(ctx)
	if err != nil {
		return err
	}
	for _, h := range v.from {
		all = append(all, place{h, "a checkpoint"})
	}
	for _, h := range v.anchors {
		all = append(all, place{h, "an anchor"})
	}
	for _, p := range all {
		if err := v.place(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) place(ctx context.Context, p place) error {
	var last int64
	var hash []byte
	err := v.tx.QueryRow(ctx, `select coalesce((select max(seq) from korpu.audit_record where chain = $1), 0),
	  coalesce((select hash from korpu.audit_record where chain = $1 and seq = $2), '')`, p.Chain, p.Seq).Scan(&last, &hash)
	switch {
	case err != nil:
		return fmt.Errorf("look for a place in chain %s: %w", p.Chain, err)
	case last == 0:
		v.report.find("chain %s is gone: %s knows its record %d", p.Chain, p.known, p.Seq)
	case last < p.Seq:
		v.report.find("chain %s was cut off after record %d: %s knows record %d", p.Chain, last, p.known, p.Seq)
	case !bytes.Equal(hash, p.Hash[:]):
		v.report.find("chain %s: record %d is not the one that %s knows", p.Chain, p.Seq, p.known)
	}
	return nil
}

// followed are the heads that the first records of chains name.
func (v *verification) followed(ctx context.Context) ([]place, error) {
	rows, err := v.tx.Query(ctx, "with head as ("+heads+") select r.chain, r.body from head h join korpu.audit_record r on r.chain = h.chain and r.seq = 1")
	if err != nil {
		return nil, fmt.Errorf("read the beginnings of chains: %w", err)
	}
	var all []place
	var chain uuid.UUID
	var body []byte
	_, err = pgx.ForEachRow(rows, []any{&chain, &body}, func() error {
		for _, h := range follows(body) {
			all = append(all, place{h, "chain " + chain.String()})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the beginnings of chains: %w", err)
	}
	return all, nil
}

// follows are the heads that the first record of a chain names. What was changed there is reported as such, and names nothing.
func follows(body []byte) (all []Head) {
	var first struct {
		Follows []struct {
			Chain uuid.UUID
			Seq   int64
			Hash  string
		}
	}
	if err := json.Unmarshal(body, &first); err == nil {
		for _, f := range first.Follows {
			if h, err := ParseHead(fmt.Sprintf("%s:%d:%s", f.Chain, f.Seq, f.Hash)); err == nil {
				all = append(all, h)
			}
		}
	}
	return all
}

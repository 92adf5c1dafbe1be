package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// heads finds the last record of every chain without reading the chains.
const heads = `with recursive chains (chain) as (
   (select chain from korpu.audit_record order by chain limit 1)
   union all
   select (select r.chain from korpu.audit_record r where r.chain > c.chain order by r.chain limit 1) from chains c where c.chain is not null)
 select h.chain, h.seq, h.hash from chains c
  cross join lateral (select * from korpu.audit_record r where r.chain = c.chain order by seq desc limit 1) h`

// unfollowed are the heads that no later chain names yet.
const unfollowed = `with head as (` + heads + `)
 select h.chain, h.seq, h.hash from head h
  where not exists (select from head f join korpu.audit_record r on r.chain = f.chain and r.seq = 1,
    jsonb_to_recordset(r.body::jsonb -> 'follows') n (chain uuid, seq bigint) where n.chain = h.chain and n.seq = h.seq)`

// newChain begins a chain. Its first record names the heads of those before it, so that their ends cannot be cut off unseen; of
// the chain that this session has lost, the head that it knows rather than what the database has.
func (s *session) newChain(ctx context.Context) error {
	rows, err := s.conn.Query(ctx, unfollowed)
	follows, err := collectHeads(rows, err)
	if err != nil {
		return err
	}
	if s.head.Seq > 0 {
		follows = slices.DeleteFunc(follows, func(h Head) bool { return h.Chain == s.head.Chain })
		follows = append(follows, s.head)
	}
	first := Head{Chain: uuid.New()}
	now := time.Now()
	lost := s.head
	s.head = first
	if err := s.append(ctx, []*item{{body: s.firstBody(first.Chain, now, follows), at: now}}); err != nil {
		s.head = lost
		return err
	}
	return nil
}

func (s *session) firstBody(chain uuid.UUID, now time.Time, follows []Head) []byte {
	body := member(open(nil, "chain", now, uuid.Nil), "chain", chain.String())
	body = append(member(body, "key", s.key), `,"follows":`...)
	body = list(body, len(follows), '[', ']', func(out []byte, i int) []byte {
		h := follows[i]
		return fmt.Appendf(out, `{"chain":"%s","seq":%d,"hash":"%x"}`, h.Chain, h.Seq, h.Hash)
	})
	return append(body, '}')
}

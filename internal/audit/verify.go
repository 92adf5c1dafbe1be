package audit

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Report is what Verify has found.
type Report struct {
	Records  int64
	Heads    []Head // of every chain, from which a later verification can go on
	Findings []string
}

func (r *Report) find(format string, args ...any) {
	r.Findings = append(r.Findings, fmt.Sprintf(format, args...))
}

// Verify reads the chains in one snapshot, those of which a place is given from there, and reports every record that was
// changed, removed, moved or cut off. What stands outside the database, places and anchors, is what it cannot be fooled about.
func Verify(ctx context.Context, conn *pgx.Conn, from, anchors []Head) (*Report, error) {
	report := &Report{}
	return report, pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return (&verification{tx: tx, report: report, from: from, anchors: anchors}).run(ctx)
	})
}

type verification struct {
	tx            pgx.Tx
	report        *Report
	from, anchors []Head
}

func (v *verification) run(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, heads)
	last, err := collectHeads(rows, err)
	if err != nil {
		return err
	}
	begin := map[uuid.UUID]Head{}
	for _, h := range last {
		begin[h.Chain] = Head{Chain: h.Chain}
	}
	for _, h := range v.from {
		begin[h.Chain] = h
	}
	for _, h := range last {
		head, err := v.chain(ctx, begin[h.Chain])
		if err != nil {
			return err
		}
		v.report.Heads = append(v.report.Heads, head)
	}
	if err := v.places(ctx); err != nil {
		return err
	}
	return v.commands(ctx)
}

// chain verifies the records of a chain that follow a place, and returns where it ends.
func (v *verification) chain(ctx context.Context, place Head) (Head, error) {
	rows, err := v.tx.Query(ctx, "select seq, at, command, body, hash from korpu.audit_record where chain = $1 and seq > $2 order by seq", place.Chain, place.Seq)
	if err != nil {
		return place, fmt.Errorf("read chain %s: %w", place.Chain, err)
	}
	defer rows.Close()
	c := &check{report: v.report, last: place, known: true}
	for rows.Next() {
		r, err := read(rows.RawValues())
		if err != nil {
			return place, fmt.Errorf("read chain %s: %w", place.Chain, err)
		}
		c.record(r)
	}
	c.diagnose()
	if err := rows.Err(); err != nil {
		return place, fmt.Errorf("read chain %s: %w", place.Chain, err)
	}
	return c.last, nil
}

// commands verifies that every command stands in a chain exactly once, as it was written. One that was written a moment ago
// may be about to be linked.
func (v *verification) commands(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, `
	  select 'command ' || c.id || ' stands in no chain' from korpu.audit_command c
	   where c.at < now() - interval '1 minute' and not exists (select from korpu.audit_record r where r.command = c.id)
	  union all
	  select 'command ' || c.id || ' stands in chain ' || r.chain || ' otherwise than it was written' from korpu.audit_command c
	    join korpu.audit_record r on r.command = c.id where r.body <> c.body
	  union all
	  select 'command ' || r.command || ' stands in chain ' || r.chain || ', and was removed where it was written' from korpu.audit_record r
	   where r.command is not null and not exists (select from korpu.audit_command c where c.id = r.command)
	  union all
	  select 'command ' || r.command || ' stands in chains more than once' from korpu.audit_record r
	   where r.command is not null group by r.command having count(*) > 1`)
	if err != nil {
		return fmt.Errorf("compare commands with the chains: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("compare commands with the chains: %w", err)
	}
	v.report.Findings = append(v.report.Findings, found...)
	return nil
}

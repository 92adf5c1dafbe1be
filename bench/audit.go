package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/audit"
)

// auditedName is the hub that records every answer before it leaves; K records nothing.
const auditedName = "K audited"

// measureAudit asks the audited hub the same questions after all others: the access log that is drawn from the audit would slow
// them too. It returns the hub.
func (b *bench) measureAudit(ctx context.Context, database string) (*process, error) {
	audited, err := b.openHub(ctx, auditedName, database)
	if err != nil {
		return nil, err
	}
	kinds, err := questions(ctx, database)
	if err != nil {
		return nil, err
	}
	before := len(b.lanes)
	for _, k := range kinds {
		if err := b.enter(ctx, k, entry{p: audited, r: asGraphQL(b.people)}); err != nil {
			return nil, err
		}
	}
	if err := b.rounds(ctx, b.lanes[before:]); err != nil {
		return nil, err
	}
	b.compareAudit()
	if err := b.measureWide(ctx); err != nil {
		return nil, err
	}
	return audited, b.measureMemory(ctx, audited, "audited.megabytes_at_64_connections")
}

// compareAudit makes the figures of what the audit costs, and of the hub with everything on, round by round.
func (b *bench) compareAudit() {
	for i, q := range []string{"Q1", "Q2"} {
		audited := b.lane(auditedName, q)
		b.ratio(q+".audited/not_at_16", audited, b.lane("K", q), []float64{0.9, 0.75}[i])
		b.ratio(q+".audited/in_postgres", audited, b.lane("L", q), []float64{1, 0.7}[i])
		if b.peers {
			b.ratio(q+".audited/postgraphile", audited, b.lane("P", q), 5)
		}
	}
}

// measureWide asks the hub with and without the audit over many connections, by turns.
func (b *bench) measureWide(ctx context.Context) error {
	for _, q := range []string{"Q1", "Q2"} {
		var values []float64
		for range b.options.rounds {
			var rates [2]float64
			for i, name := range []string{auditedName, "K"} {
				r, err := b.lane(name, q).window(ctx, many, b.span, b.server)
				if err != nil {
					return err
				}
				rates[i] = r.rate
			}
			values = append(values, rates[0]/rates[1])
		}
		b.figures = append(b.figures, spread(figure{name: q + ".audited/not_at_64", target: 0.85}, values))
	}
	return nil
}

// measureVerification reads what the audit has recorded meanwhile, and fails where it does not verify.
func (b *bench) measureVerification(ctx context.Context, database string) error {
	return connected(ctx, database, func(conn *pgx.Conn) error {
		began := time.Now()
		report, err := audit.Verify(ctx, conn, nil, nil)
		if err != nil {
			return err
		}
		if len(report.Findings) > 0 {
			return fmt.Errorf("the audit does not verify: %v", report.Findings[0])
		}
		rate := float64(report.Records) / time.Since(began).Seconds()
		b.figures = append(b.figures, figure{name: "audit.records_verified_a_second", value: rate, spread: fmt.Sprintf("of %d", report.Records), no: true})
		return nil
	})
}

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

// compareAudit makes the figures of what the audit costs, and of the hub with everything on.
func (b *bench) compareAudit() {
	for q, least := range map[string]float64{"Q1": 0.9, "Q2": 0.75} {
		b.ratio(q+".audited/not_at_16", b.lane(auditedName, q), b.lane("K", q), least)
		b.ratio(q+".audited/in_postgres", b.lane(auditedName, q), b.lane("L", q), map[string]float64{"Q1": 1, "Q2": 0.7}[q])
		if b.peers {
			b.ratio(q+".audited/postgraphile", b.lane(auditedName, q), b.lane("P", q), 5)
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

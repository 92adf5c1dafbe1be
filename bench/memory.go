package main

import (
	"context"
)

// measureMemory asks the hub everything over many connections, and takes the most memory that it ever held.
func (b *bench) measureMemory(ctx context.Context, hub *process) error {
	for _, l := range b.lanes {
		if l.on != hub {
			continue
		}
		if _, err := l.window(ctx, many, b.span, b.server); err != nil {
			return err
		}
	}
	peak, now := memory(hub.pid)
	b.figures = append(b.figures,
		figure{name: "hub.megabytes_at_64_connections", value: peak, target: 64, most: true, decimal: 1},
		figure{name: "hub.megabytes_afterwards", value: now, no: true, decimal: 1})
	return nil
}

package main

import (
	"context"
	"time"
)

// measureMemory asks the hub everything over many connections, and takes the most memory that it is seen to hold meanwhile.
func (b *bench) measureMemory(ctx context.Context, hub *process, name string) error {
	watching, stop := context.WithCancel(ctx)
	most := make(chan float64, 1)
	go func() { most <- watchMemory(watching, hub.pid) }()
	for _, l := range b.lanes {
		if l.on != hub {
			continue
		}
		if _, err := l.window(ctx, many, b.span, b.server); err != nil {
			stop()
			return err
		}
	}
	stop()
	b.figures = append(b.figures, figure{name: name, value: <-most, target: 64, most: true, decimal: 1})
	return nil
}

func watchMemory(ctx context.Context, pid int) (most float64) {
	for {
		most = max(most, memory(pid))
		select {
		case <-ctx.Done():
			return most
		case <-time.After(20 * time.Millisecond):
		}
	}
}

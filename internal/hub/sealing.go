package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"korpu/internal/sealing"
)

// keepSealing seals what is due at intervals, until the context ends. Instances that do so at once leave it to one.
func (h *Hub) keepSealing(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.seal(ctx)
		}
	}
}

// seal tells the log numbers alone: nobody learns there which case was sealed.
func (h *Hub) seal(ctx context.Context) {
	sealed, err := sealing.Run(ctx, h.pool)
	switch {
	case errors.Is(err, sealing.ErrBusy) || ctx.Err() != nil:
	case err != nil:
		slog.ErrorContext(ctx, "what is due was not sealed; it is tried again", "kind", fmt.Sprintf("%T", errors.Unwrap(err)))
	case sealed > 0:
		slog.InfoContext(ctx, "cases were sealed that were due", "cases", sealed)
	}
}

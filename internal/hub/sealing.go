package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"korpu/internal/sealing"
)

// keepSealing seals what is due, and destroys what was decided, at intervals until the context ends. Instances that do so at
// once leave it to one.
func (h *Hub) keepSealing(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	owing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.seal(ctx)
			owing = h.expunge(ctx, owing)
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

// expunge links the entries of what it destroyed in a chain of their own: this instance's holds what was asked of it. It tells
// whether it owes that still.
func (h *Hub) expunge(ctx context.Context, owing bool) bool {
	expunged, err := sealing.Expunge(ctx, h.pool)
	if err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "what was decided was not destroyed; it is tried again", "kind", fmt.Sprintf("%T", errors.Unwrap(err)))
	}
	if expunged > 0 {
		slog.InfoContext(ctx, "cases were destroyed as two persons decided", "cases", expunged)
	} else if !owing {
		return false
	}
	if err = sealing.Link(ctx, h.pool.Config().ConnString()); err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "what was destroyed stands in no chain of the audit; it is tried again", "kind", fmt.Sprintf("%T", errors.Unwrap(err)))
	}
	return err != nil
}

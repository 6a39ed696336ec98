// Package task is what runs by the clock.
package task

import (
	"context"
	"log/slog"
	"time"
)

// Every runs do each period until ctx ends. A failure is logged and does not
// stop it.
func Every(ctx context.Context, period time.Duration, name string, log *slog.Logger, do func(context.Context) error) error {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := do(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "task failed", "task", name, "error", err)
		}
	}
}

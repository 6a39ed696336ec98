// Package task is what runs by the clock. A task that fails is logged and tried
// again at its next time; whatever it does, several replicas may do at once.
package task

import (
	"context"
	"log/slog"
	"time"
)

// Every runs work at once and then in every period until ctx ends.
func Every(ctx context.Context, period time.Duration, name string, log *slog.Logger, work func(context.Context) error) error {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		if err := work(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "task failed", "task", name, "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

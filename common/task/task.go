// Package task is what runs by the clock. A task that fails is tried again at its
// next time; whatever it does, several replicas may do at once.
package task

import (
	"context"
	"log/slog"
	"time"
)

// Every runs work at once and then in every period until ctx ends. It logs when
// work begins to fail and when it succeeds again, not each time in between.
func Every(ctx context.Context, period time.Duration, name string, log *slog.Logger, work func(context.Context) error) {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	failing := false
	for {
		err := work(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			log.WarnContext(ctx, "task fails", "task", name, "error", err)
		case err == nil && failing:
			log.InfoContext(ctx, "task works again", "task", name)
		}
		failing = err != nil
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

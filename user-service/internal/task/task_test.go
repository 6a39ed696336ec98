package task

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTaskRunsEachPeriodWhateverItMeets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		runs := 0
		err := Every(ctx, time.Second, "count", slog.New(slog.NewTextHandler(&log, nil)), func(context.Context) error {
			runs++
			return errors.New("broken")
		})
		if err != nil || runs != 3 || strings.Count(log.String(), "task=count") != 3 {
			t.Errorf("Every = %v after %d runs, log:\n%s", err, runs, log.String())
		}
	})
}

package task_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oms-fleet/oms/common/task"
)

func TestTaskRunsAtOnceAndInEveryPeriodUntilTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		start := time.Now()
		var runs []time.Duration
		task.Every(ctx, time.Second, "count", slog.New(slog.DiscardHandler), func(context.Context) error {
			runs = append(runs, time.Since(start))
			return nil
		})
		if took := time.Since(start); len(runs) != 4 || runs[0] != 0 || runs[3] != 3*time.Second || took != 3500*time.Millisecond {
			t.Errorf("runs at %v, end after %s; want 4 and 3.5s", runs, took)
		}
	})
}

func TestTaskThatFailsIsTriedAgainAndToldOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var said bytes.Buffer
		runs := 0
		task.Every(ctx, time.Second, "count", slog.New(slog.NewTextHandler(&said, nil)), func(context.Context) error {
			switch runs++; runs {
			case 2, 3, 4, 6:
				return errors.New("away")
			case 7:
				cancel()
				return errors.New("cancelled")
			}
			return nil
		})
		log := said.String()
		if runs != 7 || strings.Count(log, "task fails") != 2 || strings.Count(log, "task works again") != 1 || strings.Contains(log, "cancelled") {
			t.Errorf("%d runs, log:\n%s", runs, log)
		}
	})
}

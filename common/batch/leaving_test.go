package batch_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/batch"
)

// TestCallersWhoLeaveBlockNobody is of a queue that was full of calls whose
// callers had gone: nobody was left to run it, and new callers waited for ever.
func TestCallersWhoLeaveBlockNobody(t *testing.T) {
	t.Parallel()
	for range 20 { // the order in which they leave is the scheduler's
		synctest.Test(t, func(t *testing.T) {
			var s slow
			b := batch.New(4, 1, s.run)
			var all sync.WaitGroup
			all.Go(func() { do(t, b, 0) })
			synctest.Wait()
			hasty, leave := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer leave()
			for i := range 12 {
				all.Go(func() {
					if _, err := b.Do(hasty, i); !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("Do until a deadline = %v, want DeadlineExceeded", err)
					}
				})
			}
			all.Wait()
			patient, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if _, err := b.Do(patient, 99); err != nil {
				t.Errorf("Do after them = %v", err)
			}
			if diff := cmp.Diff([][]int{{0}, {99}}, s.runs); diff != "" {
				t.Errorf("runs without those who left (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCallerLeavesWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s slow
		b := batch.New(4, 1, s.run)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := b.Do(ctx, 1) // alone: its own run is in flight
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != 100*time.Millisecond {
			t.Errorf("Do = %v after %s, want DeadlineExceeded after 100ms", err, took)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := b.Do(gone, 2); !errors.Is(err, context.Canceled) {
			t.Errorf("Do with an ended context = %v, want Canceled", err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if diff := cmp.Diff([][]int{{1}}, s.runs); diff != "" {
			t.Errorf("runs (-want +got):\n%s", diff)
		}
	})
}

func TestRunEndsWithTheLastOfItsCallers(t *testing.T) {
	t.Parallel()
	const never = time.Duration(0)
	for _, c := range []struct {
		waits []time.Duration
		want  time.Duration
	}{
		{[]time.Duration{3 * time.Second, 5 * time.Second, 4 * time.Second}, 5 * time.Second},
		{[]time.Duration{3 * time.Second, never}, never},
	} {
		synctest.Test(t, func(t *testing.T) {
			if got := patience(t, c.waits); got != c.want {
				t.Errorf("a run for callers who wait %v may take %s, want %s", c.waits, got, c.want)
			}
		})
	}
}

// patience returns how long, from the beginning, a run may take that is shared
// by callers who wait so long; 0 for ever.
func patience(t *testing.T, waits []time.Duration) (limit time.Duration) {
	start := time.Now()
	b := batch.New(10, 1, func(ctx context.Context, items []int) ([]int, error) {
		time.Sleep(time.Second)
		limit = 0
		if deadline, ok := ctx.Deadline(); ok {
			limit = deadline.Sub(start)
		}
		return items, nil
	})
	var all sync.WaitGroup
	all.Go(func() { do(t, b, opener) })
	synctest.Wait()
	for i, wait := range waits {
		all.Go(func() {
			ctx := t.Context()
			if wait > 0 {
				limited, cancel := context.WithTimeout(ctx, wait)
				defer cancel()
				ctx = limited
			}
			if _, err := b.Do(ctx, i); err != nil {
				t.Errorf("Do = %v", err)
			}
		})
	}
	all.Wait()
	return limit
}

type traceKey struct{}

func TestRunCarriesValuesOfItsFirstCallerButNotItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), traceKey{}, "trace"))
		ended := make(chan error, 1)
		b := batch.New(10, 1, func(ctx context.Context, items []int) ([]int, error) {
			time.Sleep(time.Second)
			ended <- ctx.Err()
			if got := ctx.Value(traceKey{}); got != "trace" {
				t.Errorf("the run's trace is %v", got)
			}
			return items, nil
		})
		go func() {
			time.Sleep(time.Millisecond)
			cancel()
		}()
		if _, err := b.Do(ctx, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("Do = %v, want Canceled", err)
		}
		if err := <-ended; err != nil {
			t.Errorf("the run's context has ended: %v; others may have needed it", err)
		}
	})
}

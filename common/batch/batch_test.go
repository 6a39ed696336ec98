package batch_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/batch"
)

// slow is a run that takes a second of the bubble's clock and keeps what it was
// given.
type slow struct {
	mu     sync.Mutex
	runs   [][]int
	flying int
	most   int
}

func (s *slow) run(_ context.Context, items []int) ([]int, error) {
	s.mu.Lock()
	s.runs = append(s.runs, slices.Clone(items))
	s.flying++
	s.most = max(s.most, s.flying)
	s.mu.Unlock()
	time.Sleep(time.Second)
	s.mu.Lock()
	s.flying--
	s.mu.Unlock()
	return items, nil
}

// sizes are the runs' numbers of items.
func (s *slow) sizes() (sizes []int) {
	for _, items := range s.runs {
		sizes = append(sizes, len(items))
	}
	return sizes
}

func TestIdleItemRunsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := batch.New(500, 1, echo)
		start := time.Now()
		if got, err := b.Do(t.Context(), 7); got != 7 || err != nil {
			t.Errorf("Do(7) = %d, %v", got, err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("Do took %s, want no wait at all", took)
		}
	})
}

func TestWhatArrivesDuringARunSharesTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s slow
		b := batch.New(500, 1, s.run)
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() { do(t, b, i) })
			synctest.Wait() // one after another
		}
		all.Wait()
		if diff := cmp.Diff([]int{1, 19}, s.sizes()); diff != "" {
			t.Errorf("sizes of the runs (-want +got):\n%s", diff)
		}
		if !slices.IsSorted(slices.Concat(s.runs...)) {
			t.Errorf("runs %v, want the items in the order they came", s.runs)
		}
	})
}

// After a run of several items the next waits for more; before it, and after a
// run of one, nobody waits.
func TestLingeringRunTakesWhatComesMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s slow
		b := batch.New(500, 1, s.run).Linger(3 * time.Millisecond)
		start := time.Now()
		var all sync.WaitGroup
		var ended [6]time.Duration
		come := func(i int, after time.Duration) {
			all.Go(func() {
				time.Sleep(after)
				do(t, b, i)
				ended[i] = time.Since(start)
			})
		}
		come(0, 0)
		come(1, 10*time.Millisecond)
		come(2, 10*time.Millisecond)
		come(3, 2*time.Second+1*time.Millisecond)
		come(4, 2*time.Second+2*time.Millisecond)
		come(5, time.Minute)
		all.Wait()
		want := [6]time.Duration{
			time.Second, 2 * time.Second, 2 * time.Second,
			3*time.Second + 3*time.Millisecond, 3*time.Second + 3*time.Millisecond, time.Minute + time.Second,
		}
		if diff := cmp.Diff(want, ended); diff != "" {
			t.Errorf("ends of the items (-want +got):\n%s", diff)
		}
	})
}

func TestRunsKeepToTheirLimitAndNumber(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s slow
		b := batch.New(10, 3, s.run)
		start := time.Now()
		var all sync.WaitGroup
		for i := range 93 {
			all.Go(func() { do(t, b, i) })
			synctest.Wait()
		}
		all.Wait()
		// Three start alone; the other 90 make nine full runs, three at a time.
		if took := time.Since(start); took != 4*time.Second || s.most != 3 {
			t.Errorf("took %s with %d runs at once, want 4s with 3", took, s.most)
		}
		if got := slices.Max(s.sizes()); got != 10 || len(s.runs) != 12 {
			t.Errorf("%d runs of %d items at most, want 12 of 10", len(s.runs), got)
		}
	})
}

func TestTenThousandCallersGetTheirOwnResults(t *testing.T) {
	t.Parallel()
	var flying atomic.Int32
	b := batch.New(100, 4, func(_ context.Context, items []int) ([]string, error) {
		if n := flying.Add(1); n > 4 || len(items) > 100 {
			t.Errorf("%d runs at once, one of %d items; want 4 and 100 at most", n, len(items))
		}
		defer flying.Add(-1)
		var results []string
		for _, item := range items {
			results = append(results, fmt.Sprint(item))
		}
		return results, nil
	})
	var all sync.WaitGroup
	for i := range 10_000 {
		all.Go(func() {
			ctx := t.Context()
			if i%10 == 0 { // some do not wait
				gone, cancel := context.WithCancel(ctx)
				cancel()
				ctx = gone
			}
			if got, err := b.Do(ctx, i); err == nil && got != fmt.Sprint(i) {
				t.Errorf("Do(%d) = %s", i, got)
			} else if err != nil && i%10 != 0 {
				t.Errorf("Do(%d) = %v", i, err)
			}
		})
	}
	all.Wait()
}

func do(t *testing.T, b *batch.Batcher[int, int], item int) {
	if got, err := b.Do(t.Context(), item); got != item || err != nil {
		t.Errorf("Do(%d) = %d, %v", item, got, err)
	}
}

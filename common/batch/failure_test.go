package batch_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oms-fleet/oms/common/batch"
)

var errOwn = errors.New("its own fault")

// outage is a failure that heals by itself.
type outage struct{}

func (outage) Error() string   { return "away" }
func (outage) Temporary() bool { return true }

// together calls Do for the items such that they share one run, the second one,
// and returns their failures.
func together(t *testing.T, b *batch.Batcher[int, int], items ...int) []error {
	t.Helper()
	failures := make([]error, len(items))
	var all sync.WaitGroup
	all.Go(func() { b.Do(t.Context(), opener) }) //nolint:errcheck // only keeps the run busy
	synctest.Wait()
	for i, item := range items {
		all.Go(func() { _, failures[i] = b.Do(t.Context(), item) })
		synctest.Wait()
	}
	all.Wait()
	return failures
}

// opener is the item of a first run that takes a second.
const opener = -1

// picky fails for the items that are in wrong, with their error.
func picky(sizes *[]int, wrong map[int]error) batch.Run[int, int] {
	return func(_ context.Context, items []int) ([]int, error) {
		if items[0] == opener {
			time.Sleep(time.Second)
			return items, nil
		}
		*sizes = append(*sizes, len(items))
		for _, item := range items {
			if err := wrong[item]; err != nil {
				return nil, err
			}
		}
		return items, nil
	}
}

func TestFailingRunIsRepeatedOneByOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		b := batch.New(10, 1, picky(&sizes, map[int]error{2: errOwn}))
		for i, err := range together(t, b, 1, 2, 3) {
			if want := map[int]error{1: errOwn}[i]; !errors.Is(err, want) {
				t.Errorf("item %d: %v, want %v", i+1, err, want)
			}
		}
		if !slices.Equal(sizes, []int{3, 1, 1, 1}) {
			t.Errorf("runs of %v items, want 3 and then each alone", sizes)
		}
	})
}

func TestTemporaryFailureIsEveryonesAndNotRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		b := batch.New(10, 1, picky(&sizes, map[int]error{2: outage{}}))
		for i, err := range together(t, b, 1, 2, 3) {
			if !errors.Is(err, outage{}) {
				t.Errorf("item %d: %v, want the outage", i+1, err)
			}
		}
		if !slices.Equal(sizes, []int{3}) {
			t.Errorf("runs of %v items, want one of 3", sizes)
		}
	})
}

func TestOutageDuringTheRepetitionIsSharedByThoseWhoAreLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		b := batch.New(10, 1, picky(&sizes, map[int]error{1: errOwn, 3: outage{}, 4: outage{}}))
		failures := together(t, b, 1, 2, 3, 4)
		for i, want := range []error{errOwn, nil, outage{}, outage{}} {
			if !errors.Is(failures[i], want) {
				t.Errorf("item %d: %v, want %v", i+1, failures[i], want)
			}
		}
		if !slices.Equal(sizes, []int{4, 1, 1, 1}) {
			t.Errorf("runs of %v items, want 4 and then three alone", sizes)
		}
	})
}

func TestCallerWhoseTimeIsUpDuringTheRepetitionFailsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := batch.New(10, 1, func(ctx context.Context, items []int) ([]int, error) {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				return nil, ctx.Err() // also calls itself temporary
			}
			if len(items) > 1 {
				return nil, errOwn
			}
			return items, nil
		})
		hasty, leave := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer leave()
		var all sync.WaitGroup
		all.Go(func() { do(t, b, opener) })
		synctest.Wait()
		all.Go(func() {
			if _, err := b.Do(hasty, 1); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Do until a deadline = %v, want DeadlineExceeded", err)
			}
		})
		synctest.Wait()
		all.Go(func() { do(t, b, 2) })
		all.Wait()
	})
}

func TestPanicFailsTheItemAndNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := batch.New(10, 1, func(_ context.Context, items []int) ([]int, error) {
			if items[0] == opener {
				time.Sleep(time.Second)
			}
			if slices.Contains(items, 2) {
				panic("ouch")
			}
			return items, nil
		})
		failures := together(t, b, 1, 2, 3)
		if failures[0] != nil || failures[2] != nil {
			t.Errorf("failures %v, want one for the second item alone", failures)
		}
		if err := failures[1]; err == nil || !strings.Contains(err.Error(), "ouch") || !strings.Contains(err.Error(), "failure_test.go") {
			t.Errorf("the second item fails with %v, want the panic and where it was", err)
		}
		do(t, b, 4) // it still works
	})
}

func TestRunThatDoesNotAnswerForAllIsAnError(t *testing.T) {
	t.Parallel()
	b := batch.New(10, 1, func(context.Context, []int) ([]int, error) { return nil, nil })
	if _, err := b.Do(t.Context(), 1); !errors.Is(err, batch.ErrNoResult) {
		t.Errorf("Do = %v, want ErrNoResult", err)
	}
}

func TestSizesUnderOneCountAsOne(t *testing.T) {
	t.Parallel()
	do(t, batch.New(0, 0, echo), 7)
}

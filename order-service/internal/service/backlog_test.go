package service_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/order-service/internal/service"
)

func TestBacklogRefusesWhenMoreThanTheLimitWait(t *testing.T) {
	t.Parallel()
	b := service.NewBacklog(2)
	for i := range 3 {
		if err := b.Enter(t.Context()); err != nil {
			t.Errorf("Enter with %d waiting = %v", i, err)
		}
	}
	if err := b.Enter(t.Context()); fault.CodeOf(err) != fault.CodeOverloaded || b.Waiting() != 3 {
		t.Errorf("Enter with 3 waiting = %v, then %d; want OVERLOADED and 3", err, b.Waiting())
	}
	b.Left(1)
	if err := b.Enter(t.Context()); err != nil {
		t.Errorf("Enter when one has left = %v", err)
	}
	b.Set(0)
	if err := b.Enter(t.Context()); err != nil || b.Waiting() != 1 {
		t.Errorf("Enter after a count of none = %v, then %d", err, b.Waiting())
	}
}

func TestManyAtOnceDoNotSlipThroughTogether(t *testing.T) {
	t.Parallel()
	b := service.NewBacklog(99)
	var admitted atomic.Int64
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			if b.Enter(t.Context()) == nil {
				admitted.Add(1)
			}
		})
	}
	all.Wait()
	if n := admitted.Load(); n != 100 || b.Waiting() != int(n) {
		t.Errorf("%d admitted, %d wait; want 100", n, b.Waiting())
	}
}

func TestOrdersAreHeldBackForAMomentWhileManyWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := service.NewBacklog(100)
		began := time.Now()
		for range 11 {
			b.Enter(t.Context()) //nolint:errcheck // below the limit
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("the first 11 took %s, want no wait at all", took)
		}
		if err := b.Enter(t.Context()); err != nil || time.Since(began) != 100*time.Millisecond {
			t.Errorf("the next one = %v after %s, want that it goes on after 100ms", err, time.Since(began))
		}
		b.Left(1)
		began = time.Now()
		for range 3 {
			go b.Enter(t.Context()) //nolint:errcheck // below the limit
		}
		time.Sleep(10 * time.Millisecond)
		if b.Waiting() != 11 {
			t.Errorf("%d wait, want 11: the others are held back", b.Waiting())
		}
		b.Left(2) // room for two
		synctest.Wait()
		if b.Waiting() != 11 {
			t.Errorf("%d wait, want 11: two were let in", b.Waiting())
		}
		b.Left(11)
		synctest.Wait()
		if b.Waiting() != 1 || time.Since(began) != 10*time.Millisecond {
			t.Errorf("%d wait after %s, want the third at once", b.Waiting(), time.Since(began))
		}
	})
}

func TestNobodyIsHeldBackWhileNoOrderLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := service.NewBacklog(100)
		enter := func(n int) time.Duration {
			began := time.Now()
			for range n {
				if err := b.Enter(t.Context()); err != nil {
					t.Errorf("Enter with %d waiting = %v", b.Waiting(), err)
				}
			}
			return time.Since(began)
		}
		if took := enter(60); took != 100*time.Millisecond {
			t.Errorf("60 orders took %s, want that the first above a tenth alone waits", took)
		}
		b.Left(1)
		if took := enter(30); took != 100*time.Millisecond {
			t.Errorf("30 after one had left took %s, want that the first alone waits", took)
		}
		b.Set(70) // others settled some
		if took := enter(10); took != 100*time.Millisecond {
			t.Errorf("10 after a lower count took %s, want that the first alone waits", took)
		}
		b.Set(90) // others placed some
		if took := enter(10); took != 0 {
			t.Errorf("10 after a higher count took %s, want no wait", took)
		}
	})
}

// enterAll has n enter at once and returns how many were admitted so far.
func enterAll(ctx context.Context, b *service.Backlog, n int) *atomic.Int64 {
	var admitted atomic.Int64
	for range n {
		go func() {
			if b.Enter(ctx) == nil {
				admitted.Add(1)
			}
		}()
	}
	synctest.Wait()
	return &admitted
}

func TestNobodyIsHeldBackToBeRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := service.NewBacklog(20)
		enterAll(t.Context(), b, 3) // more than a tenth
		admitted := enterAll(t.Context(), b, 18)
		if b.Waiting() != 3 {
			t.Errorf("%d wait, want 3 and the others held back", b.Waiting())
		}
		began := time.Now()
		if err := b.Enter(t.Context()); fault.CodeOf(err) != fault.CodeOverloaded || time.Since(began) != 0 {
			t.Errorf("one more = %v after %s, want OVERLOADED at once", err, time.Since(began))
		}
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if admitted.Load() != 18 || b.Waiting() != 21 {
			t.Errorf("%d of 18 were let in, %d wait; want all of them", admitted.Load(), b.Waiting())
		}
	})
}

package service_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/order-service/internal/service"
)

// queue is who was let in and who refused of those who came to a door together.
type queue struct {
	admitted chan context.Context
	refused  atomic.Int64
}

// come has n requests come to the door at once.
func come(ctx context.Context, b *service.Backlog, n int) *queue {
	q := &queue{admitted: make(chan context.Context, n)}
	for range n {
		go func() {
			admitted, err := b.Admit(ctx, false)
			if err != nil {
				q.refused.Add(1)
				return
			}
			q.admitted <- admitted
		}()
	}
	synctest.Wait()
	return q
}

// check fails unless so many were let in so far, and so many refused.
func (q *queue) check(t *testing.T, when string, admitted int, refused int64) {
	t.Helper()
	synctest.Wait()
	if len(q.admitted) != admitted || q.refused.Load() != refused {
		t.Errorf("%s: %d let in and %d refused, want %d and %d", when, len(q.admitted), q.refused.Load(), admitted, refused)
	}
}

// place has n orders placed one after the other and returns how long that took.
func place(t *testing.T, b *service.Backlog, n int) time.Duration {
	t.Helper()
	began := time.Now()
	for range n {
		admitted, err := b.Admit(t.Context(), false)
		if err == nil {
			err = b.Enter(admitted)
		}
		if err != nil {
			t.Errorf("placing with %d waiting = %v", b.Waiting(), err)
		}
		b.Done(admitted)
	}
	return time.Since(began)
}

func TestOrdersWaitForEaseForAMomentWhileManyWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := service.NewBacklog(100)
		if took := place(t, b, 11); took != 0 {
			t.Errorf("the first 11 took %s, want no wait at all", took)
		}
		if took := place(t, b, 1); took != 100*time.Millisecond {
			t.Errorf("the next one took %s, want 100ms", took)
		}
		b.Left(1)
		q := come(t.Context(), b, 3)
		q.check(t, "while more than a tenth wait", 0, 0)
		b.Left(2)
		q.check(t, "with ease for two", 2, 0)
		for range 2 {
			if err := b.Enter(<-q.admitted); err != nil {
				t.Errorf("Enter of one that was let in = %v", err)
			}
		}
		q.check(t, "when they have entered", 0, 0)
		b.Left(11)
		q.check(t, "when all have left", 1, 0)
	})
}

func TestNobodyWaitsForEaseWhileNoOrderLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := service.NewBacklog(100)
		if took := place(t, b, 60); took != 100*time.Millisecond {
			t.Errorf("60 orders took %s, want that the first above a tenth alone waits", took)
		}
		b.Left(1)
		if took := place(t, b, 30); took != 100*time.Millisecond {
			t.Errorf("30 after one had left took %s, want that the first alone waits", took)
		}
		b.Set(70) // others settled some
		if took := place(t, b, 10); took != 100*time.Millisecond {
			t.Errorf("10 after a lower count took %s, want that the first alone waits", took)
		}
		b.Set(90) // others placed some
		if took := place(t, b, 10); took != 0 {
			t.Errorf("10 after a higher count took %s, want no wait", took)
		}
	})
}

func TestOnlySoManyAreLookedAtTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := service.NewBacklog(10_000)
		ctx, end := context.WithCancel(t.Context())
		leaving := come(ctx, b, 10)
		leaving.check(t, "at first", 10, 0)
		q := come(t.Context(), b, 602)
		q.check(t, "with 10 others", 502, 0)
		done := <-q.admitted
		b.Done(done)
		b.Done(done)
		q.check(t, "when one of them is done", 502, 0)
		end()
		q.check(t, "when 10 requests have ended", 512, 0)
		time.Sleep(time.Second)
		q.check(t, "after a second, as there is room", 601, 0)
	})
}

func TestWhoFindsNoRoomWaitsForSome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := service.NewBacklog(3)
		b.Set(4)
		q := come(t.Context(), b, 4) // one more than the limit
		q.check(t, "without room", 0, 1)
		time.Sleep(time.Second / 2)
		b.Left(1)
		q.check(t, "when one has left", 1, 1)
		time.Sleep(time.Second/2 - time.Nanosecond)
		q.check(t, "after almost a second", 1, 1)
		time.Sleep(time.Nanosecond)
		q.check(t, "after a second", 1, 3)
		last := come(t.Context(), b, 1)
		time.Sleep(time.Second)
		last.check(t, "while none leaves", 0, 1)
		come(t.Context(), b, 1).check(t, "and from then on", 0, 1)
	})
}

func TestNoMoreAreLetInThanThereIsRoomFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := service.NewBacklog(9)
		first := come(t.Context(), b, 8)
		time.Sleep(time.Second / 2)
		first.check(t, "with room", 8, 0)
		q := come(t.Context(), b, 9)
		q.check(t, "with room for two", 2, 0)
		b.Set(0)
		q.check(t, "after a count that has none of them yet", 2, 0)
		for range 2 {
			if err := b.Enter(<-q.admitted); err != nil {
				t.Errorf("Enter of one that was let in = %v", err)
			}
		}
		q.check(t, "when they have entered", 0, 0)
	})
}

func TestWhoIsLetInAndGoesAwayMakesRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := service.NewBacklog(1)
		ctx, leave := context.WithCancel(t.Context())
		first := come(ctx, b, 2)
		first.check(t, "with room", 2, 0)
		if err := b.Enter(<-first.admitted); err != nil {
			t.Errorf("Enter = %v", err)
		}
		q := come(t.Context(), b, 1)
		q.check(t, "while one places and the other may", 0, 0)
		leave()
		q.check(t, "when both are away", 1, 0)
		if b.Waiting() != 1 {
			t.Errorf("%d wait, want the one that was placed", b.Waiting())
		}
		come(t.Context(), b, 1).check(t, "then", 0, 0)
	})
}

func TestOrderUnderAKeyIsLookedAtOnlyWhileNoneLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := service.NewBacklog(1)
		b.Set(3)
		for _, patience := range []time.Duration{time.Second, 0} { // the first finds out
			began := time.Now()
			if _, err := b.Admit(t.Context(), true); err != nil || time.Since(began) != patience {
				t.Errorf("Admit while none leaves = %v after %s, want that it is let in after %s", err, time.Since(began), patience)
			}
		}
		b.Left(1)
		go func() {
			time.Sleep(time.Second / 2)
			b.Set(3) // others place as many as leave
			b.Left(1)
		}()
		began := time.Now()
		if _, err := b.Admit(t.Context(), true); fault.CodeOf(err) != fault.CodeOverloaded || time.Since(began) != time.Second {
			t.Errorf("Admit while some leave = %v after %s, want OVERLOADED after a second", err, time.Since(began))
		}
	})
}

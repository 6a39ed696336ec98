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

func TestWhoFindsNoRoomWaitsForSomeAtTheDoor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := service.NewBacklog(3)
		b.Set(4)
		began := time.Now()
		q := come(t.Context(), b, 4) // one more than the limit
		q.check(t, "without room", 0, 1)
		b.Left(1)
		q.check(t, "when one has left", 1, 1)
		if time.Since(began) != 0 {
			t.Errorf("this took %s, want no time", time.Since(began))
		}
		time.Sleep(time.Second - 1)
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
		come(t.Context(), b, 8).check(t, "with room", 8, 0)
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

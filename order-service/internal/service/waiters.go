package service

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/oms-fleet/oms/common/id"
)

// Waiters lets callers wait until orders change. What this replica does it tells
// at once; what another did a look at the database finds.
type Waiters struct {
	mu      sync.Mutex
	waiting map[id.ID][]*waiter
}

// waiter is one who waits for an order to go beyond a version.
type waiter struct {
	version int
	changed chan struct{}
}

// NewWaiters returns a Waiters nobody waits at.
func NewWaiters() *Waiters { return &Waiters{waiting: map[id.ID][]*waiter{}} }

// Expect returns a channel that is closed when the order has gone beyond a
// version: who calls it and then reads the order misses nothing. The caller calls
// stop when it no longer waits.
func (w *Waiters) Expect(orderID id.ID, version int) (changed <-chan struct{}, stop func()) {
	one := &waiter{version: version, changed: make(chan struct{})}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting[orderID] = append(w.waiting[orderID], one)
	return one.changed, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.wake(orderID, func(other *waiter) bool { return other == one })
	}
}

// Tell wakes those who wait for the orders, which have changed.
func (w *Waiters) Tell(ids ...id.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, orderID := range ids {
		w.wake(orderID, func(*waiter) bool { return true })
	}
}

// Look asks versions how far the orders have come that are waited for, and wakes
// those who wait for less. versions leaves out orders that do not exist.
func (w *Waiters) Look(ctx context.Context, versions func(context.Context, []id.ID) (map[id.ID]int, error)) error {
	ids := w.expected()
	if len(ids) == 0 {
		return nil
	}
	found, err := versions(ctx, ids)
	w.mu.Lock()
	defer w.mu.Unlock()
	for orderID, version := range found {
		w.wake(orderID, func(one *waiter) bool { return one.version < version })
	}
	return err
}

// expected lists the orders that are waited for.
func (w *Waiters) expected() []id.ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.waiting))
}

// wake lets go of those of an order's waiters who are meant.
func (w *Waiters) wake(orderID id.ID, meant func(*waiter) bool) {
	left := slices.DeleteFunc(w.waiting[orderID], func(one *waiter) bool {
		if !meant(one) {
			return false
		}
		close(one.changed)
		return true
	})
	if len(left) == 0 {
		delete(w.waiting, orderID)
		return
	}
	w.waiting[orderID] = left
}

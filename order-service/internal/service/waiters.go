package service

import (
	"context"
	"sync"

	"github.com/oms-fleet/oms/common/id"
)

// Waiters lets callers wait until orders change. What this replica does it tells
// at once; that another has settled an order a look at the database finds.
type Waiters struct {
	mu      sync.Mutex
	waiting map[id.ID][]chan struct{}
}

// NewWaiters returns a Waiters nobody waits at.
func NewWaiters() *Waiters { return &Waiters{waiting: map[id.ID][]chan struct{}{}} }

// Expect returns a channel that is closed at the order's next change. The caller
// calls stop when it no longer waits.
func (w *Waiters) Expect(orderID id.ID) (outcome <-chan struct{}, stop func()) {
	c := make(chan struct{})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting[orderID] = append(w.waiting[orderID], c)
	return c, func() { w.forget(orderID, c) }
}

func (w *Waiters) forget(orderID id.ID, c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	left := w.waiting[orderID][:0]
	for _, other := range w.waiting[orderID] {
		if other != c {
			left = append(left, other)
		}
	}
	if w.waiting[orderID] = left; len(left) == 0 {
		delete(w.waiting, orderID)
	}
}

// Tell wakes those who wait for the orders, which have changed.
func (w *Waiters) Tell(ids ...id.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, orderID := range ids {
		for _, c := range w.waiting[orderID] {
			close(c)
		}
		delete(w.waiting, orderID)
	}
}

// Look asks settled which of the orders waited for have left New, and tells.
func (w *Waiters) Look(ctx context.Context, settled func(context.Context, []id.ID) ([]id.ID, error)) error {
	w.mu.Lock()
	ids := make([]id.ID, 0, len(w.waiting))
	for orderID := range w.waiting {
		ids = append(ids, orderID)
	}
	w.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	found, err := settled(ctx, ids)
	w.Tell(found...)
	return err
}

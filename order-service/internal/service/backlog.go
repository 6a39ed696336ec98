package service

import (
	"container/list"
	"context"
	"sync"
	"time"

	"github.com/oms-fleet/oms/common/fault"
)

// Backlog estimates how many orders wait for their answer. It counts what this
// replica does and is set right from the database now and then.
//
// Beyond a limit it refuses new ones: without that a flood is accepted and hardly
// any of it confirmed (measured). And as placing is cheaper than settling, it
// holds new ones back for a moment beyond a tenth of the limit, so that clients
// who place one order after the other wait for the fleet, and not their orders.
// While none leaves at all, as when nobody answers, holding would be in vain.
type Backlog struct {
	limit, ease int

	mu      sync.Mutex
	waiting int       // orders
	left    int       // how often some left
	stuck   bool      // one was held back for its whole time and none left meanwhile
	held    list.List // of chan struct{}, those to be let in when there is room
}

// heldFor bounds how long one is held back.
const heldFor = 100 * time.Millisecond

// NewBacklog returns a Backlog that refuses orders while more than limit wait.
func NewBacklog(limit int) *Backlog { return &Backlog{limit: limit, ease: (limit + 9) / 10} }

// Enter counts an order in that is about to be placed, so that many at once do
// not slip through together; one that is not placed after all has Left. It fails
// with fault.CodeOverloaded beyond the limit.
func (b *Backlog) Enter(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full() {
		return overloaded()
	}
	if b.waiting > b.ease && !b.stuck && b.hold(ctx) {
		return nil // counted in by who let us in
	}
	if b.waiting > b.limit { // others placed some meanwhile
		return overloaded()
	}
	b.waiting++
	return nil
}

// full reports whether there is no room even for another to be held back: those
// who are will be placed, and nobody should wait to be refused.
func (b *Backlog) full() bool { return b.waiting+b.held.Len() > b.limit }

// hold waits for room, in turn, and reports whether there was some in time.
func (b *Backlog) hold(ctx context.Context) bool {
	room, before := make(chan struct{}), b.left
	place := b.held.PushBack(room)
	b.mu.Unlock()
	patience := time.NewTimer(heldFor)
	defer patience.Stop()
	select {
	case <-room:
	case <-patience.C:
	case <-ctx.Done():
	}
	b.mu.Lock()
	select {
	case <-room:
		return true
	default:
		b.held.Remove(place)
		b.stuck = b.left == before && ctx.Err() == nil
		return false
	}
}

func overloaded() error {
	return fault.New(fault.CodeOverloaded, "Too many orders wait to be settled; try again shortly.").After(time.Second)
}

// Full returns what Enter would refuse an order with, nil if it would not.
func (b *Backlog) Full() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full() {
		return overloaded()
	}
	return nil
}

// Left counts orders out.
func (b *Backlog) Left(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.change(b.waiting - n)
}

// Set replaces the estimate by a count.
func (b *Backlog) Set(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.change(n)
}

// change corrects the estimate and counts in whom there is room for of those who
// are held back.
func (b *Backlog) change(waiting int) {
	if waiting < b.waiting {
		b.left, b.stuck = b.left+1, false
	}
	b.waiting = waiting
	for b.waiting <= b.ease && b.held.Len() > 0 {
		close(b.held.Remove(b.held.Front()).(chan struct{})) //nolint:forcetypeassert // nothing else is put in
		b.waiting++
	}
}

// Waiting returns the estimate.
func (b *Backlog) Waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting
}

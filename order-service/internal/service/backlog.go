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
// Who finds no room waits for some at the door before it is refused: a refusal has
// its price too, and a client that asks again at once asks less often then. While
// none leaves at all, as when nobody answers, waiting would be in vain.
type Backlog struct {
	limit, ease int

	mu      sync.Mutex
	waiting int       // orders
	left    int       // how often some left
	stuck   bool      // one waited for its whole time and none left meanwhile
	held    list.List // of chan struct{}, those to be counted in when few enough wait
	door    list.List // likewise, those to be looked at when there is room
}

// How long one waits at most.
const (
	heldFor   = 100 * time.Millisecond
	atTheDoor = 250 * time.Millisecond
)

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
	if b.waiting > b.ease && !b.stuck && b.wait(ctx, &b.held, heldFor) {
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

// wait queues with b.mu unlocked meanwhile, and reports whether its turn came in
// time.
func (b *Backlog) wait(ctx context.Context, queue *list.List, patience time.Duration) bool {
	turn, before := make(chan struct{}), b.left
	place := queue.PushBack(turn)
	b.mu.Unlock()
	over := time.NewTimer(patience)
	defer over.Stop()
	select {
	case <-turn:
	case <-over.C:
	case <-ctx.Done():
	}
	b.mu.Lock()
	select {
	case <-turn:
		return true
	default:
		queue.Remove(place)
		if ctx.Err() == nil {
			b.stuck = b.left == before
		}
		return false
	}
}

func overloaded() error {
	return fault.New(fault.CodeOverloaded, "Too many orders wait to be settled; try again shortly.").After(time.Second)
}

// Admit lets a request in that wants to place an order, before anything of it is
// looked at. It fails with fault.CodeOverloaded when there is no room and either as
// many as the limit wait at the door already or none came in time.
func (b *Backlog) Admit(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.full() || b.door.Len() < b.limit && !b.stuck && b.wait(ctx, &b.door, atTheDoor) {
		return nil
	}
	return overloaded()
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

// change corrects the estimate and lets in whom there is room for.
func (b *Backlog) change(waiting int) {
	if waiting < b.waiting {
		b.left, b.stuck = b.left+1, false
	}
	b.waiting = waiting
	for b.waiting <= b.ease && b.held.Len() > 0 {
		open(&b.held)
		b.waiting++
	}
	for room := b.limit + 1 - b.waiting - b.held.Len(); room > 0 && b.door.Len() > 0; room-- {
		open(&b.door)
	}
}

func open(queue *list.List) {
	close(queue.Remove(queue.Front()).(chan struct{})) //nolint:forcetypeassert // nothing else is put in
}

// Waiting returns the estimate.
func (b *Backlog) Waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting
}

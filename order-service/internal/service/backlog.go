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
	waiting int  // orders
	coming  int  // requests that were let in at the door and have not entered yet
	left    int  // how often some left
	held    line // those to be counted in when few enough wait
	door    line // those to be looked at when there is room
}

// line is where requests wait for their turn.
type line struct {
	list.List               // of chan struct{}
	patience  time.Duration // how long one waits at most
	vain      bool          // one waited for that long and no order left meanwhile
}

// retryAfter is how long one who is refused is asked to stay away. It has waited
// at the door for as long.
const retryAfter = time.Second

// NewBacklog returns a Backlog that refuses orders while more than limit wait.
func NewBacklog(limit int) *Backlog {
	return &Backlog{
		limit: limit, ease: (limit + 9) / 10,
		held: line{patience: 100 * time.Millisecond}, door: line{patience: retryAfter},
	}
}

// Enter counts an order in that is about to be placed, so that many at once do
// not slip through together; one that is not placed after all has Left. It fails
// with fault.CodeOverloaded beyond the limit.
func (b *Backlog) Enter(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.arrived(ctx)
	if b.full() {
		return overloaded()
	}
	if b.waiting > b.ease && b.wait(ctx, &b.held) {
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
func (b *Backlog) full() bool { return b.room() <= 0 }

func (b *Backlog) room() int { return b.limit + 1 - b.waiting - b.held.Len() - b.coming }

// wait queues with b.mu unlocked meanwhile, and reports whether its turn came in
// time. It does not where that is in vain.
func (b *Backlog) wait(ctx context.Context, queue *line) bool {
	if queue.vain {
		return false
	}
	turn, before := make(chan struct{}), b.left
	place := queue.PushBack(turn)
	b.mu.Unlock()
	over := time.NewTimer(queue.patience)
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
			queue.vain = b.left == before
		}
		return false
	}
}

func overloaded() error {
	return fault.New(fault.CodeOverloaded, "Too many orders wait to be settled; try again shortly.").After(retryAfter)
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
		b.left++
		b.held.vain, b.door.vain = false, false
	}
	b.waiting = waiting
	for b.waiting <= b.ease && b.held.Len() > 0 {
		open(&b.held)
		b.waiting++
	}
	for b.room() > 0 && b.door.Len() > 0 {
		open(&b.door)
		b.coming++
	}
}

func open(queue *line) {
	close(queue.Remove(queue.Front()).(chan struct{})) //nolint:forcetypeassert // nothing else is put in
}

// Waiting returns the estimate.
func (b *Backlog) Waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting
}

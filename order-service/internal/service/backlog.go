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
// any of it confirmed (measured). Requests come by its door first (door.go).
type Backlog struct {
	limit, ease int

	mu      sync.Mutex
	waiting int       // orders
	left    int       // how often some left
	coming  int       // requests that were let in and have not entered yet
	busy    int       // requests that were let in and are not done yet: the coming ones and others
	door    list.List // of *visitor, in the order in which they came

	// Nothing left while one waited for this, so that waiting is in vain.
	noEase, noRoom bool
}

// NewBacklog returns a Backlog that refuses orders while more than limit wait.
func NewBacklog(limit int) *Backlog { return &Backlog{limit: limit, ease: (limit + 9) / 10} }

// Enter counts an order in that is about to be placed, so that many at once do
// not slip through together; one that is not placed after all has Left. It fails
// with fault.CodeOverloaded beyond the limit.
func (b *Backlog) Enter(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.comes(ctx)
	if b.room() <= 0 {
		return overloaded()
	}
	b.waiting++
	return nil
}

// room is for how many more orders there is some, less those who are on their way.
func (b *Backlog) room() int { return b.limit + 1 - b.waiting - b.coming }

// retryAfter is how long one who is refused is asked to stay away.
const retryAfter = time.Second

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

// change corrects the estimate.
func (b *Backlog) change(waiting int) {
	if waiting < b.waiting {
		b.left++
		b.noEase, b.noRoom = false, false
	}
	b.waiting = waiting
	b.letIn()
}

// Waiting returns the estimate.
func (b *Backlog) Waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting
}

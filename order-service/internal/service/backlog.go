package service

import (
	"sync/atomic"
	"time"

	"github.com/oms-fleet/oms/common/fault"
)

// Backlog estimates how many orders wait for their answer and refuses new ones
// when there are more than a limit: without it a flood is accepted and hardly any
// of it confirmed (measured). It counts what this replica does and is set right
// from the database now and then.
type Backlog struct {
	limit   int64
	waiting atomic.Int64
}

// NewBacklog returns a Backlog that refuses orders while more than limit wait.
func NewBacklog(limit int) *Backlog { return &Backlog{limit: int64(limit)} }

// Enter counts an order in that is about to be placed, so that many at once do
// not slip through together; one that is not placed after all has Left. It fails
// with fault.CodeOverloaded beyond the limit.
func (b *Backlog) Enter() error {
	if before := b.waiting.Add(1) - 1; before > b.limit {
		b.Left(1)
		return fault.New(fault.CodeOverloaded, "Too many orders wait to be settled; try again shortly.").After(time.Second)
	}
	return nil
}

// Left counts orders out.
func (b *Backlog) Left(n int) { b.waiting.Add(-int64(n)) }

// Set replaces the estimate by a count.
func (b *Backlog) Set(n int) { b.waiting.Store(int64(n)) }

// Waiting returns the estimate.
func (b *Backlog) Waiting() int { return int(b.waiting.Load()) }

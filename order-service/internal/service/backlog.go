package service

import (
	"sync/atomic"
	"time"

	"github.com/oms-fleet/oms/common/fault"
)

// Backlog estimates how many orders wait for their answer and refuses more than
// a limit: without one a flood is accepted and hardly any of it confirmed
// (measured). It counts what this replica does and is set right from the
// database now and then.
type Backlog struct {
	limit   int64
	waiting atomic.Int64
}

// NewBacklog returns a Backlog that admits up to limit unsettled orders.
func NewBacklog(limit int) *Backlog { return &Backlog{limit: int64(limit)} }

// Admit fails with fault.CodeOverloaded at the limit.
func (b *Backlog) Admit() error {
	if b.waiting.Load() >= b.limit {
		return fault.New(fault.CodeOverloaded, "Too many orders wait to be settled; try again shortly.").After(time.Second)
	}
	return nil
}

// Placed counts an order in.
func (b *Backlog) Placed() { b.waiting.Add(1) }

// Left counts orders out.
func (b *Backlog) Left(n int) { b.waiting.Add(-int64(n)) }

// Set replaces the estimate by a count.
func (b *Backlog) Set(n int) { b.waiting.Store(int64(n)) }

// Waiting returns the estimate.
func (b *Backlog) Waiting() int { return int(b.waiting.Load()) }

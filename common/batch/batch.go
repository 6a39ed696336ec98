// Package batch gives natural batching: what arrives while one run is in flight
// becomes the next run. Under load many items share one commit; idle, an item
// starts at once and nothing waits for a timer. A Batcher that lingers makes
// fewer and larger runs where they would be small, yet come one after the other.
package batch

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"
)

// Run does the work for all items and returns a result for each, in order. Its
// context carries the values of the first item's caller, such as a trace, and
// ends when the last of the callers would stop waiting.
type Run[T, R any] func(ctx context.Context, items []T) ([]R, error)

// Batcher collects items into runs.
type Batcher[T, R any] struct {
	run      Run[T, R]
	limit    int
	parallel int
	linger   time.Duration

	mu      sync.Mutex
	waiting list.List // of *call[T, R] that are in no run yet, the oldest first
	workers int       // never 0 while anything waits, unless parallel are at work
}

// call is one Do.
type call[T, R any] struct {
	ctx  context.Context //nolint:containedctx // the caller's, who waits for the answer
	item T
	done chan outcome[R]
}

type outcome[R any] struct {
	result R
	err    error
}

// ErrNoResult reports a run that did not answer for every item.
var ErrNoResult = errors.New("batch: results and items differ in number")

// New returns a Batcher whose runs take at most limit items, with at most
// parallel runs in flight; each is at least 1. It needs no stopping: when nobody
// waits it holds no goroutine.
func New[T, R any](limit, parallel int, run Run[T, R]) *Batcher[T, R] {
	return &Batcher[T, R]{run: run, limit: max(1, limit), parallel: max(1, parallel)}
}

// Linger lets d pass between a run of several items, but not half as many as
// the limit, and the next, so that this has more of them; it returns b. For use
// before the first Do.
func (b *Batcher[T, R]) Linger(d time.Duration) *Batcher[T, R] {
	b.linger = d
	return b
}

// Do hands item to the next run and returns that run's result for it. A run
// that fails is repeated one by one, so that an item's own fault fails that item
// alone; but a failure that calls itself temporary (a method Temporary() bool,
// as with package net) is everyone's and is not repeated. When ctx ends first Do
// returns its error, and whether the item's run took place is unknown.
func (b *Batcher[T, R]) Do(ctx context.Context, item T) (R, error) {
	var none R
	if err := ctx.Err(); err != nil {
		return none, err
	}
	c := &call[T, R]{ctx: ctx, item: item, done: make(chan outcome[R], 1)}
	place := b.enqueue(c)
	select {
	case out := <-c.done:
		return out.result, out.err
	case <-ctx.Done():
		b.leave(place)
		return none, ctx.Err()
	}
}

// enqueue lets c wait and starts a worker if another may work.
func (b *Batcher[T, R]) enqueue(c *call[T, R]) *list.Element {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.workers < b.parallel {
		b.workers++
		go b.work()
	}
	return b.waiting.PushBack(c)
}

// leave takes a call back that is in no run yet.
func (b *Batcher[T, R]) leave(place *list.Element) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting.Remove(place) // does nothing if it was taken
}

// work runs what waits until nothing does.
func (b *Batcher[T, R]) work() {
	for calls := b.take(); len(calls) > 0; calls = b.take() {
		b.answer(calls)
		if len(calls) > 1 && len(calls) < b.limit/2 {
			time.Sleep(b.linger)
		}
	}
}

// take removes the calls of the next run, leaving out those whose callers have
// gone. When there are none the worker must stop: it is counted out under the
// same lock, so that whoever comes next starts another.
func (b *Batcher[T, R]) take() []*call[T, R] {
	b.mu.Lock()
	defer b.mu.Unlock()
	calls := make([]*call[T, R], 0, min(b.limit, b.waiting.Len()))
	for len(calls) < b.limit && b.waiting.Len() > 0 {
		c := b.waiting.Remove(b.waiting.Front()).(*call[T, R]) //nolint:forcetypeassert // nothing else is put in
		if c.ctx.Err() == nil {
			calls = append(calls, c)
		}
	}
	if len(calls) == 0 {
		b.workers--
	}
	return calls
}

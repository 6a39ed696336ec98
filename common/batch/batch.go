// Package batch gives natural batching: what arrives while one run is in flight
// becomes the next run. Under load many items share one commit; idle, an item
// starts at once and nothing waits for a timer.
package batch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Run does the work for all items and returns a result for each, in order.
type Run[T, R any] func(ctx context.Context, items []T) ([]R, error)

// Batcher collects items into runs.
type Batcher[T, R any] struct {
	run   Run[T, R]
	queue chan call[T, R]
	slots chan struct{} // one for each run that may be in flight
	max   int
}

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
// parallel runs in flight. It needs no stopping: when nobody waits it holds no
// goroutine.
func New[T, R any](limit, parallel int, run Run[T, R]) *Batcher[T, R] {
	return &Batcher[T, R]{
		run:   run,
		max:   limit,
		queue: make(chan call[T, R], limit),
		slots: make(chan struct{}, parallel),
	}
}

// Do hands item to the next run and returns that run's result for it. A run
// that fails is repeated one by one, so that an item's own fault fails that item
// alone; but a failure that calls itself temporary (a method Temporary() bool,
// as with package net) is everyone's and is not repeated. When ctx ends first Do
// returns its error, and whether the item's run took place is unknown.
func (b *Batcher[T, R]) Do(ctx context.Context, item T) (R, error) {
	c := call[T, R]{ctx: ctx, item: item, done: make(chan outcome[R], 1)}
	var none R
	select {
	case b.queue <- c:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	for {
		select {
		case out := <-c.done:
			return out.result, out.err
		case b.slots <- struct{}{}:
			// A free slot: whoever waits leads the next run, which may or may
			// not hold the leader's own item.
			b.lead()
		case <-ctx.Done():
			return none, ctx.Err()
		}
	}
}

// lead runs what is queued and gives the slot back.
func (b *Batcher[T, R]) lead() {
	defer func() { <-b.slots }()
	calls := b.take()
	if len(calls) == 0 {
		return
	}
	items := make([]T, len(calls))
	for i, c := range calls {
		items[i] = c.item
	}
	ctx, cancel := patience(calls)
	defer cancel()
	results, err := b.safely(ctx, items)
	if err != nil && len(calls) > 1 && !temporary(err) {
		b.oneByOne(calls)
		return
	}
	for i, c := range calls {
		out := outcome[R]{err: err}
		if err == nil {
			out.result = results[i]
		}
		c.done <- out
	}
}

// patience returns a context for a run that ends when the last of its callers
// would stop waiting; never, if one waits for ever.
func patience[T, R any](calls []call[T, R]) (context.Context, context.CancelFunc) {
	ctx := context.WithoutCancel(calls[0].ctx)
	var latest time.Time
	for _, c := range calls {
		deadline, ok := c.ctx.Deadline()
		if !ok {
			return ctx, func() {}
		}
		if deadline.After(latest) {
			latest = deadline
		}
	}
	return context.WithDeadline(ctx, latest)
}

func temporary(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Temporary() bool
	}](err)
	return ok && t.Temporary()
}

// take removes what is queued, leaving out those whose callers have gone.
func (b *Batcher[T, R]) take() []call[T, R] {
	var calls []call[T, R]
	for len(calls) < b.max {
		select {
		case c := <-b.queue:
			if err := c.ctx.Err(); err != nil {
				c.done <- outcome[R]{err: err}
				continue
			}
			calls = append(calls, c)
		default:
			return calls
		}
	}
	return calls
}

func (b *Batcher[T, R]) oneByOne(calls []call[T, R]) {
	for _, c := range calls {
		var out outcome[R]
		results, err := b.safely(c.ctx, []T{c.item})
		if out.err = err; err == nil {
			out.result = results[0]
		}
		c.done <- out
	}
}

// safely runs and turns a panic into an error, so that no waiter is left.
func (b *Batcher[T, R]) safely(ctx context.Context, items []T) (results []R, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("batch: run broke: %v", r)
		}
	}()
	results, err = b.run(ctx, items)
	if err == nil && len(results) != len(items) {
		err = fmt.Errorf("%w: %d for %d", ErrNoResult, len(results), len(items))
	}
	return results, err
}

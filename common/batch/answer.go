package batch

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// answer runs calls together and tells each its outcome.
func (b *Batcher[T, R]) answer(calls []*call[T, R]) {
	items := make([]T, len(calls))
	for i, c := range calls {
		items[i] = c.item
	}
	ctx, cancel := patience(calls)
	defer cancel()
	results, err := b.safely(ctx, items)
	switch {
	case err == nil:
		for i, c := range calls {
			c.done <- outcome[R]{result: results[i]}
		}
	case len(calls) == 1 || temporary(err):
		fail(calls, err)
	default:
		b.oneByOne(calls)
	}
}

// oneByOne runs each call alone. An outage that comes up meanwhile is everyone's
// who is left.
func (b *Batcher[T, R]) oneByOne(calls []*call[T, R]) {
	for i, c := range calls {
		results, err := b.safely(c.ctx, []T{c.item})
		switch {
		case err == nil:
			c.done <- outcome[R]{result: results[0]}
		case temporary(err) && c.ctx.Err() == nil:
			fail(calls[i:], err)
			return
		default:
			c.done <- outcome[R]{err: err}
		}
	}
}

func fail[T, R any](calls []*call[T, R], err error) {
	for _, c := range calls {
		c.done <- outcome[R]{err: err}
	}
}

// patience returns a context for a run that ends when the last of its callers
// would stop waiting; never, if one waits for ever.
func patience[T, R any](calls []*call[T, R]) (context.Context, context.CancelFunc) {
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

// safely runs and turns a panic into an error, so that no waiter is left.
func (b *Batcher[T, R]) safely(ctx context.Context, items []T) (results []R, err error) {
	defer func() {
		if broke := recover(); broke != nil {
			err = fmt.Errorf("batch: run broke: %v\n%s", broke, debug.Stack())
		}
	}()
	results, err = b.run(ctx, items)
	if err == nil && len(results) != len(items) {
		err = fmt.Errorf("%w: %d for %d", ErrNoResult, len(results), len(items))
	}
	return results, err
}

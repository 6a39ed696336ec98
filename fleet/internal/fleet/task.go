package fleet

import (
	"context"
	"errors"
	"fmt"
)

// task is a part of the fleet that runs within this process.
type task struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// startTask runs work until it is stopped. Should it end before, the fleet has
// failed.
func (f *Fleet) startTask(name string, work func(context.Context) error) *task {
	ctx, cancel := context.WithCancel(context.Background())
	t := &task{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(t.done)
		err := work(ctx)
		switch {
		case ctx.Err() == nil && err == nil:
			f.supervisor.Fail(fmt.Errorf("%s ended by itself", name))
		case ctx.Err() == nil:
			f.supervisor.Fail(fmt.Errorf("%s ended: %w", name, err))
		case err != nil && !errors.Is(err, context.Canceled):
			f.say("%s stopped badly: %v", name, err)
		}
	}()
	return t
}

// stop ends the work and waits until it has. A nil task is stopped already.
func (t *task) stop() {
	if t == nil {
		return
	}
	t.cancel()
	<-t.done
}

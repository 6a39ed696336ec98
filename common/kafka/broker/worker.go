package broker

import (
	"context"
	"sync"
	"time"

	"github.com/oms-fleet/oms/common/faultpoint"
)

// worker handles what the fetches bring, batch by batch. It is the only one of
// its generation, so batches span partitions.
type worker struct {
	*generation
	ends context.Context //nolint:containedctx // of the generation: no new work after it
	ctx  context.Context //nolint:containedctx // of the handler: the grace is over
	last int             // the size of the last batch
}

// work handles batches until the generation ends, and commits them.
func (g *generation) work(run, ends context.Context) {
	ends, fail := context.WithCancel(ends)
	defer fail()
	ctx, cancel := context.WithCancel(context.WithoutCancel(run))
	defer cancel()
	ended := context.AfterFunc(ends, func() { time.AfterFunc(g.timing.grace, cancel) })
	defer ended()

	var committing sync.WaitGroup
	committing.Go(func() { g.commit(ends, fail) })
	w := &worker{generation: g, ends: ends, ctx: ctx}
	for batch := w.gather(); len(batch) > 0 && w.settle(batch); batch = w.gather() {
		w.last = len(batch)
	}
	close(g.commits.wake)
	committing.Wait()
	g.health.left(g)
}

// gather returns the next batch: what is there, at least one message; none when
// the generation has ended.
func (w *worker) gather() []*Message {
	asked := time.Now()
	var batch []*Message
	select {
	case m := <-w.queue:
		batch = append(batch, m)
	case <-w.ends.Done():
		return nil
	}
	batch = w.drain(batch)
	if w.lingers(len(batch), time.Since(asked)) {
		batch = w.linger(batch)
	}
	if w.ends.Err() != nil {
		return nil
	}
	return batch
}

// drain takes what is queued.
func (w *worker) drain(batch []*Message) []*Message {
	for len(batch) < w.cfg.MaxBatch {
		select {
		case m := <-w.queue:
			batch = append(batch, m)
		default:
			return batch
		}
	}
	return batch
}

// lingers reports whether waiting for more is worth while. A commit costs the
// same for few messages as for many, so small batches under load are poor; but
// the first message after a silence, or one that comes alone, waits for nothing.
func (w *worker) lingers(size int, waited time.Duration) bool {
	load := w.last > 1 && waited <= w.timing.linger
	return load && size < w.cfg.MaxBatch && w.last < w.cfg.MaxBatch/2
}

// linger adds what comes within a few milliseconds.
func (w *worker) linger(batch []*Message) []*Message {
	timer := time.NewTimer(w.timing.linger)
	defer timer.Stop()
	for len(batch) < w.cfg.MaxBatch {
		select {
		case m := <-w.queue:
			batch = append(batch, m)
		case <-timer.C:
			return batch
		case <-w.ends.Done():
			return batch
		}
	}
	return batch
}

// settle does everything for a batch but the commit, and reports whether it
// could. It could not when the generation ended first: then the messages come
// again, to whoever has their partitions.
func (w *worker) settle(batch []*Message) bool {
	if w.handle(batch) != nil || w.buryDead(batch) != nil {
		return false
	}
	faultpoint.Reach(faultpoint.BeforeCommit)
	w.commits.add(batch)
	for _, m := range batch { // the fetches may fill the memory again
		w.room.Release(min(m.size(), budget))
	}
	return true
}

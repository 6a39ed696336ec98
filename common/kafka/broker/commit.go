package broker

import (
	"context"
	"maps"
	"sync"
)

// committer stores how far each partition is handled, beside the worker: a
// broker of Kafka 4 takes 5 to 8 ms for a commit, for its coordinator waits for
// company (group.coordinator.append.linger.ms). What is handled while one commit
// is in flight goes into the next. A commit that is lost repeats messages, it
// never skips any.
type committer struct {
	mu      sync.Mutex
	handled map[int]int64 // the next offset of each partition, not yet committed
	count   int           // messages that handled covers
	done    map[int]int64 // the committed offset of each partition
	wake    chan struct{} // holds one, when there is something to commit; closed at the end
}

func newCommitter() *committer {
	return &committer{handled: make(map[int]int64), done: make(map[int]int64), wake: make(chan struct{}, 1)}
}

// add notes that a batch is handled for good.
func (c *committer) add(batch []*Message) {
	c.mu.Lock()
	for _, m := range batch {
		c.handled[m.Partition] = max(c.handled[m.Partition], m.Offset+1)
	}
	c.count += len(batch)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default: // it is awake
	}
}

func (c *committer) take() (offsets map[int]int64, count int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	offsets, count = c.handled, c.count
	c.handled, c.count = make(map[int]int64), 0
	return offsets, count
}

// committed returns the committed offset of a partition; kafka.FirstOffset when
// nothing of it ever was handled.
func (c *committer) committed(partition int) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done[partition]
}

// commit commits what is handled until the worker is done, or until a commit
// fails: then it calls fail. The broker refuses what a member of an older
// generation says, so nothing of others is overwritten. It rests in between, for
// a commit costs the same for many batches as for one.
func (g *generation) commit(ends context.Context, fail func()) {
	for range g.commits.wake {
		offsets, count := g.commits.take()
		if len(offsets) == 0 {
			continue
		}
		if err := g.group.CommitOffsets(map[string]map[int]int64{g.cfg.Topic: offsets}); err != nil {
			g.log.Warn("Messages are handled but not committed, so they come again.", "messages", count, "error", err)
			fail()
			return
		}
		g.metrics.handled.Add(float64(count))
		g.commits.mu.Lock()
		maps.Copy(g.commits.done, offsets)
		g.commits.mu.Unlock()
		pause(ends, g.timing.rest)
	}
}

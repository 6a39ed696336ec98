package broker

import (
	"context"

	"github.com/segmentio/kafka-go"
	"golang.org/x/sync/semaphore"
)

// budget bounds the bytes of messages that wait for the worker or are being
// handled.
const budget = 32 << 20

// generation is the time between two rebalances of a group: its partitions are
// this process's for so long. kafka-go begins the next one when every function
// of this one has returned, and ends this one as soon as any returns; therefore
// none returns because of a message.
type generation struct {
	*Listener
	group    *kafka.Generation
	readings []*reading
	queue    chan *Message
	room     *semaphore.Weighted
	commits  *committer
}

// serve starts the functions of a generation.
func (l *Listener) serve(ctx context.Context, group *kafka.Generation) {
	g := &generation{
		Listener: l,
		group:    group,
		queue:    make(chan *Message, l.cfg.MaxBatch),
		room:     semaphore.NewWeighted(budget),
		commits:  newCommitter(),
	}
	for _, partition := range group.Assignments[l.cfg.Topic] {
		g.commits.done[partition.ID] = partition.Offset
		g.readings = append(g.readings, &reading{partition: partition.ID, next: partition.Offset})
	}
	l.health.joined(g)
	l.log.Info("Joined the group.", "generation", group.ID, "partitions", len(g.readings))
	group.Start(func(ends context.Context) { g.work(ctx, ends) })
	group.Start(g.watch)
	group.Start(func(ends context.Context) {
		if len(g.readings) > 0 {
			g.fetch(ends, g.readings)
		}
		<-ends.Done()
	})
}

// cluster is whom the watchdog and the fetches ask.
func (g *generation) cluster() *cluster { return g.cfg.DeadLetters.cluster }

package broker

import (
	"context"
	"time"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/fetch"
	"golang.org/x/sync/semaphore"
)

// Hurry makes a listener act at once where it would wait for seconds.
func (l *Listener) Hurry() *Listener {
	l.timing.retry = time.Millisecond
	l.timing.watch = 250 * time.Millisecond
	l.timing.stuck = 200 * time.Millisecond
	return l
}

// MemberName is memberName.
func MemberName(address string) string { return memberName(address) }

// At gives a listener an address.
func (l *Listener) At(address string) *Listener {
	l.cfg.Address = address
	return l
}

// Take hands over what a partition's answer holds that comes next, when the answer
// has one batch with records at found. It returns what went to the worker, and what
// comes next then.
func Take(ctx context.Context, next int64, found []int64) (handed []int64, then int64) {
	g := &generation{
		Listener: &Listener{},
		queue:    make(chan *Message, len(found)),
		room:     semaphore.NewWeighted(budget),
	}
	var answer fetch.ResponsePartition
	if len(found) > 0 {
		records := make([]protocol.Record, len(found))
		for i, offset := range found {
			records[i].Offset = offset
		}
		batch := &protocol.RecordBatch{Records: protocol.NewRecordReader(records...)}
		answer.RecordSet.Records = &protocol.RecordStream{Records: []protocol.RecordReader{batch}}
	}
	r := &reading{next: next}
	if err := g.take(ctx, r, answer); err != nil {
		return nil, 0
	}
	close(g.queue)
	for m := range g.queue {
		handed = append(handed, m.Offset)
	}
	return handed, r.next
}

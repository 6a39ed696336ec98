package broker

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/fetch"
)

// take hands over what a broker answers for a partition.
func (g *generation) take(ctx context.Context, r *reading, answer fetch.ResponsePartition) error {
	if answer.ErrorCode != 0 {
		if kafka.Error(answer.ErrorCode) == kafka.OffsetOutOfRange {
			g.lose(r)
		}
		return fmt.Errorf("fetch %s[%d] at %d: %w", g.cfg.Topic, r.partition, r.next, kafka.Error(answer.ErrorCode))
	}
	r.lost = 0
	found, ok := answer.RecordSet.Records.(*protocol.RecordStream)
	if !ok {
		return nil
	}
	before := r.next
	for _, batch := range found.Records {
		if err := g.takeBatch(ctx, r, batch); err != nil {
			return err
		}
	}
	if r.next == before {
		// The batch that holds this place came, and nothing is there any more: the
		// topic is compacted.
		r.next++
	}
	return nil
}

// takeBatch hands over a batch's messages from the place on that comes next: a
// broker sends whole batches, as they were published.
func (g *generation) takeBatch(ctx context.Context, r *reading, batch protocol.RecordReader) error {
	_, marker := batch.(*protocol.ControlBatch) // the end of a transaction
	for {
		record, err := batch.ReadRecord()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s[%d] at %d: %w", g.cfg.Topic, r.partition, r.next, err)
		}
		m, err := newMessage(g.cfg.Topic, r.partition, record)
		switch {
		case err != nil:
			return fmt.Errorf("read %s[%d] at %d: %w", g.cfg.Topic, r.partition, record.Offset, err)
		case m.Offset < r.next:
			continue
		case !marker:
			if err := g.hand(ctx, m); err != nil {
				return err
			}
		}
		r.next = m.Offset + 1
	}
}

// hand gives the worker a message as soon as there is room for it.
func (g *generation) hand(ctx context.Context, m *Message) error {
	if err := g.room.Acquire(ctx, min(m.size(), budget)); err != nil {
		return err
	}
	select {
	case g.queue <- m:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lose notes that a partition does not hold the offset that comes next. A new
// leader may lag behind what was committed for a moment. But when it stays so the
// partition was cut or made anew, and as no message may be missed, all that is
// there comes again.
func (g *generation) lose(r *reading) {
	if r.lost++; r.lost == 5 {
		g.log.Error("The partition ends before the committed offset; starting again at its first.", "partition", r.partition, "offset", r.next)
		r.next, r.lost = kafka.FirstOffset, 0
	}
}

package broker

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/segmentio/kafka-go"
)

// fetcher brings one partition's messages to the worker.
type fetcher struct {
	*generation
	partition int
	next      *atomic.Int64 // the offset it will hand over next
	excused   atomic.Bool   // from going on: the worker has no room, or the offset is lost
}

// run fetches until the generation ends.
func (f *fetcher) run(ends context.Context) {
	ctx, cancel := context.WithCancel(ends)
	defer cancel()
	lost := 0
	for ctx.Err() == nil {
		err := f.read(ctx)
		lostNow := errors.Is(err, kafka.OffsetOutOfRange)
		f.excused.Store(lostNow)
		if !lostNow {
			continue
		}
		// A new leader may lag behind what was committed for a moment. But when
		// it stays so the partition was cut or made anew, and as no message may
		// be missed, all that is there comes again.
		lost++
		if lost == 5 {
			f.log.Error("The partition ends before the committed offset; starting again at its first.", "partition", f.partition, "offset", f.next.Load())
			f.next.Store(kafka.FirstOffset)
			lost = 0
		}
		pause(ctx, 500*time.Millisecond)
	}
}

// read hands over messages until ctx ends or the offset is out of range.
func (f *fetcher) read(ctx context.Context) error {
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers:               f.cfg.Brokers,
		Topic:                 f.cfg.Topic,
		Partition:             f.partition,
		Dialer:                dialer(ctx, clientID),
		MaxWait:               3 * time.Second, // an idle partition; data comes at once
		ReadBackoffMin:        50 * time.Millisecond,
		ReadLagInterval:       -1,
		QueueCapacity:         16, // beside the budget of memory, so small
		OffsetOutOfRangeError: true,
	})
	defer reader.Close() //nolint:errcheck // always nil
	if err := reader.SetOffset(f.next.Load()); err != nil {
		return err
	}
	var echo echo
	for {
		record, err := reader.FetchMessage(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, kafka.OffsetOutOfRange):
			return err
		case err != nil: // the reader goes on by itself
			if echo.news(err) {
				f.log.Warn("A partition cannot be read.", "partition", f.partition, "error", err)
			}
		case !f.hand(ctx, newMessage(record)):
			return ctx.Err()
		}
	}
}

// hand gives the worker a message as soon as there is room for it.
func (f *fetcher) hand(ctx context.Context, m *Message) bool {
	f.excused.Store(true)
	defer f.excused.Store(false)
	if err := f.room.Acquire(ctx, min(m.size(), budget)); err != nil {
		return false
	}
	select {
	case f.queue <- m:
		f.next.Store(m.Offset + 1)
		return true
	case <-ctx.Done():
		return false
	}
}

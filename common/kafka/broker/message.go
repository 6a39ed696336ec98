// Package broker is the only code that knows kafka-go: it publishes records,
// hands messages to handlers in batches, moves what nobody can handle to the
// dead letters, and creates topics. Delivery is at least once everywhere, so
// whoever handles messages must be idempotent.
package broker

import (
	"context"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
)

// Message is a record that a topic delivered. Key and Value are not to be
// changed.
type Message struct {
	Topic       string
	Partition   int
	Offset      int64
	Key, Value  []byte
	ID          string    // header message-id; empty when the sender set none
	Type        string    // header message-type; likewise
	Traceparent string    // W3C trace context of the cause; likewise
	Time        time.Time // when the record was published

	headers  []kafka.Header
	fault    error // the verdict of Bury
	attempts int   // calls of the handler with this message alone
}

// Handler does the work of a batch: up to 500 messages of any of the process's
// partitions, in order within each. Batches come one after the other, never two
// at once.
//
// nil means that all of it is done for good, apart from messages given to Bury;
// then the batch is committed. A failure of kind fault.Unavailable, or of a
// context, means that something is away: the same batch comes again for as long
// as that takes. After any other failure, or a panic, the batch comes once more
// whole and then each message alone; one that fails alone five times goes to the
// dead letters. A message may therefore come again after it was handled.
//
// ctx ends soon after the partitions are taken away or the process stops.
type Handler func(ctx context.Context, batch []*Message) error

// Bury declares that m can never be handled, because of reason. When the
// handler then returns nil, m goes to the dead letters with its original bytes
// and the reason, and the messages behind it go on. A failing call does not
// bury. Bury(nil) takes the verdict back.
func (m *Message) Bury(reason error) { m.fault = reason }

// newMessage copies a record.
func newMessage(topic string, partition int, record *protocol.Record) (*Message, error) {
	key, err := consume(record.Key)
	if err != nil {
		return nil, err
	}
	value, err := consume(record.Value)
	if err != nil {
		return nil, err
	}
	m := &Message{
		Topic: topic, Partition: partition, Offset: record.Offset,
		Key: key, Value: value, Time: record.Time,
		headers: record.Headers,
	}
	for _, h := range record.Headers {
		switch h.Key {
		case headerMessageID:
			m.ID = string(h.Value)
		case headerMessageType:
			m.Type = string(h.Value)
		case headerTraceparent:
			m.Traceparent = string(h.Value)
		}
	}
	return m, nil
}

// consume returns a copy and gives kafka-go its memory back.
func consume(bytes protocol.Bytes) ([]byte, error) {
	if bytes == nil {
		return nil, nil
	}
	defer bytes.Close() //nolint:errcheck // always nil
	return protocol.ReadAll(bytes)
}

// size is what a message weighs in the memory budget.
func (m *Message) size() int64 { return int64(len(m.Key) + len(m.Value)) }

// Package topics looks at a broker's topics as any client sees them: it reads
// them, publishes to them, and tells when the services have dealt with it all.
package topics

import (
	"context"
	"fmt"
	"time"

	kafka "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/kafka/contract"
)

// Commands are the topics that the services listen to.
func Commands() []string {
	return []string{contract.ValidationRequests, contract.ValidationResponses, contract.ReservationCloses}
}

// Topics are those of a broker at host:port.
type Topics struct{ Broker string }

// largest is a batch's size at most: the broker limits what is sent, not what is
// read.
const largest = 16 << 20

// Replay publishes everything that the commands' topics hold under the keys
// again, all of it without keys, and waits until the services have dealt with it
// or ctx ends.
func (b Topics) Replay(ctx context.Context, keys ...string) error {
	wanted := make(map[string]bool, len(keys))
	for _, key := range keys {
		wanted[key] = true
	}
	var found []kafka.Message
	for _, topic := range Commands() {
		held, err := b.Read(ctx, topic)
		if err != nil {
			return err
		}
		for _, m := range held {
			if len(keys) == 0 || wanted[string(m.Key)] {
				found = append(found, m)
			}
		}
	}
	return b.Again(ctx, found...)
}

// Again publishes messages that were read once more, and waits until the
// services have dealt with them or ctx ends.
func (b Topics) Again(ctx context.Context, read ...kafka.Message) error {
	again := make([]kafka.Message, len(read))
	for i, m := range read {
		again[i] = kafka.Message{Topic: m.Topic, Key: m.Key, Value: m.Value, Headers: m.Headers}
	}
	if err := b.Publish(ctx, again...); err != nil {
		return err
	}
	return b.Quiet(ctx)
}

// Publish sends messages as any client of the broker could.
func (b Topics) Publish(ctx context.Context, messages ...kafka.Message) error {
	if len(messages) == 0 {
		return nil
	}
	writer := &kafka.Writer{
		Addr: kafka.TCP(b.Broker), Balancer: kafka.Murmur2Balancer{}, RequiredAcks: kafka.RequireAll,
		BatchTimeout: time.Millisecond, BatchBytes: largest, Compression: kafka.Lz4,
	}
	defer writer.Close() //nolint:errcheck // everything is acknowledged
	if err := writer.WriteMessages(ctx, messages...); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

// Read returns all that a topic holds.
func (b Topics) Read(ctx context.Context, topic string) (found []kafka.Message, err error) {
	partitions, err := b.Partitions(ctx, topic)
	if err != nil {
		return nil, err
	}
	for _, p := range partitions {
		held, err := b.readPartition(ctx, topic, p.ID)
		if err != nil {
			return nil, fmt.Errorf("read %s/%d: %w", topic, p.ID, err)
		}
		found = append(found, held...)
	}
	return found, nil
}

// Partitions returns the partitions of topics.
func (b Topics) Partitions(ctx context.Context, topics ...string) (found []kafka.Partition, err error) {
	answer, err := b.client().Metadata(ctx, &kafka.MetadataRequest{Topics: topics})
	if err != nil {
		return nil, fmt.Errorf("ask for the partitions of %v: %w", topics, err)
	}
	for _, topic := range answer.Topics {
		found = append(found, topic.Partitions...)
	}
	return found, nil
}

func (b Topics) readPartition(ctx context.Context, topic string, partition int) (found []kafka.Message, err error) {
	conn, err := kafka.DialLeader(ctx, "tcp", b.Broker, topic, partition)
	if err != nil {
		return nil, err
	}
	last, err := conn.ReadLastOffset()
	conn.Close() //nolint:errcheck // read only
	if err != nil || last == 0 {
		return nil, err
	}
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{b.Broker}, Topic: topic, Partition: partition, MaxBytes: largest,
		MaxWait: 10 * time.Second, // also how soon a broker must answer, however busy its machine is
	})
	defer reader.Close() //nolint:errcheck // read only
	for reader.Offset() < last {
		m, err := reader.ReadMessage(ctx)
		if err != nil {
			return nil, err
		}
		found = append(found, m)
	}
	return found, nil
}

func (b Topics) client() *kafka.Client {
	return &kafka.Client{Addr: kafka.TCP(b.Broker), Timeout: 10 * time.Second}
}

// Package topics looks at a broker's topics as any client sees them: it reads
// them, publishes to them, and tells when the services have dealt with it all.
package topics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	kafka "github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/fleet/internal/shop"
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
// or ctx ends. It fails when there is nothing.
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
	if len(found) == 0 {
		return errors.New("there is nothing to publish again")
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

// Read returns all that a topic holds. It tries for two minutes at most.
func (b Topics) Read(ctx context.Context, topic string) (found []kafka.Message, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	partitions, err := b.Partitions(ctx, topic)
	if err != nil {
		return nil, err
	}
	held := make([][]kafka.Message, len(partitions))
	g, ctx := errgroup.WithContext(ctx)
	for i, p := range partitions {
		g.Go(func() error {
			err := shop.Eventually(ctx, func(ctx context.Context) (err error) { // a busy machine takes no connection at times
				held[i], err = b.readPartition(ctx, topic, p.ID)
				return err
			})
			if err != nil {
				return fmt.Errorf("read %s/%d: %w", topic, p.ID, err)
			}
			return nil
		})
	}
	err = g.Wait()
	return slices.Concat(held...), err
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

// readPartition uses no kafka.Reader: that always asks for more than is there, and
// to close it takes as long as the broker waits for that.
func (b Topics) readPartition(ctx context.Context, topic string, partition int) (found []kafka.Message, err error) {
	conn, err := kafka.DialLeader(ctx, "tcp", b.Broker, topic, partition)
	if err != nil {
		return nil, err
	}
	defer conn.Close() //nolint:errcheck // read only
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, err
		}
	}
	last, err := conn.ReadLastOffset()
	if err != nil {
		return nil, err
	}
	at, err := conn.Seek(0, kafka.SeekStart)
	if err != nil {
		return nil, err
	}
	for at < last {
		batch := conn.ReadBatchWith(kafka.ReadBatchConfig{MinBytes: 1, MaxBytes: largest, MaxWait: time.Second})
		for m, err := batch.ReadMessage(); err == nil; m, err = batch.ReadMessage() {
			found = append(found, m)
		}
		if err := batch.Close(); err != nil { // what ended the batch, if not its end
			return nil, err
		}
		at, _ = conn.Offset()
	}
	return found, nil
}

func (b Topics) client() *kafka.Client {
	return &kafka.Client{Addr: kafka.TCP(b.Broker), Timeout: 10 * time.Second}
}

package fleettest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	kafka "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// Commands are the topics that the services listen to.
func Commands() []string {
	return []string{contract.ValidationRequests, contract.ValidationResponses, contract.ReservationCloses}
}

// Topics are a broker's topics as any client sees them.
type Topics struct{ Broker string }

// Replay publishes everything that the topics hold under the keys again and
// waits until the services have dealt with it.
func (b Topics) Replay(t testing.TB, keys ...string) {
	t.Helper()
	wanted := make(map[string]bool, len(keys))
	for _, key := range keys {
		wanted[key] = true
	}
	var found []kafka.Message
	for _, topic := range Commands() {
		for _, m := range b.Read(t, topic) {
			if wanted[string(m.Key)] {
				found = append(found, m)
			}
		}
	}
	b.Again(t, found...)
}

// Again publishes messages that were read once more and waits until the services
// have dealt with them.
func (b Topics) Again(t testing.TB, read ...kafka.Message) {
	t.Helper()
	var again []kafka.Message
	for _, m := range read {
		again = append(again, kafka.Message{Topic: m.Topic, Key: m.Key, Value: m.Value, Headers: m.Headers})
	}
	b.Publish(t, again...)
	b.Quiet(t)
}

// Publish sends messages as any client of the broker could.
func (b Topics) Publish(t testing.TB, messages ...kafka.Message) {
	t.Helper()
	if len(messages) == 0 {
		return
	}
	writer := &kafka.Writer{Addr: kafka.TCP(b.Broker), Balancer: kafka.Murmur2Balancer{}, RequiredAcks: kafka.RequireAll,
		BatchTimeout: time.Millisecond, BatchBytes: 16 << 20, Compression: kafka.Lz4, // the broker limits what is sent, not what is read
	}
	defer writer.Close() //nolint:errcheck // everything is acknowledged
	if err := writer.WriteMessages(t.Context(), messages...); err != nil {
		t.Fatalf("publish: %v", err)
	}
}

// Read returns all that a topic holds.
func (b Topics) Read(t testing.TB, topic string) (found []kafka.Message) {
	t.Helper()
	for _, p := range b.Partitions(t, topic) {
		found = append(found, b.readPartition(t, topic, p.ID)...)
	}
	return found
}

// Partitions returns the partitions of topics.
func (b Topics) Partitions(t testing.TB, topics ...string) (found []kafka.Partition) {
	t.Helper()
	answer, err := b.client().Metadata(t.Context(), &kafka.MetadataRequest{Topics: topics})
	if err != nil {
		t.Fatalf("ask for the partitions of %v: %v", topics, err)
	}
	for _, topic := range answer.Topics {
		found = append(found, topic.Partitions...)
	}
	return found
}

func (b Topics) readPartition(t testing.TB, topic string, partition int) (found []kafka.Message) {
	t.Helper()
	conn, err := kafka.DialLeader(t.Context(), "tcp", b.Broker, topic, partition)
	if err != nil {
		t.Fatalf("read %s/%d: %v", topic, partition, err)
	}
	last, err := conn.ReadLastOffset()
	conn.Close() //nolint:errcheck // read only
	if err != nil {
		t.Fatalf("read %s/%d: %v", topic, partition, err)
	}
	if last == 0 {
		return nil
	}
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{b.Broker}, Topic: topic, Partition: partition, MaxWait: 50 * time.Millisecond, MaxBytes: 16 << 20})
	defer reader.Close() //nolint:errcheck // read only
	for reader.Offset() < last {
		m, err := reader.ReadMessage(t.Context())
		if err != nil {
			t.Fatalf("read %s/%d: %v", topic, partition, err)
		}
		found = append(found, m)
	}
	return found
}

// Quiet waits until every group of the services has committed all that its
// topics hold now. What others publish meanwhile does not matter.
func (b Topics) Quiet(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	var ends map[string]map[int]int64
	err := shop.Eventually(ctx, func(ctx context.Context) (err error) {
		if ends == nil {
			if ends, err = b.Ends(ctx, Commands()...); err != nil {
				return err
			}
		}
		return b.lag(ctx, ends)
	})
	if err != nil {
		t.Fatalf("the fleet does not come to rest: %v", err)
	}
}

// lag fails while a group has not committed up to these ends.
func (b Topics) lag(ctx context.Context, ends map[string]map[int]int64) error {
	groups, err := b.client().ListGroups(ctx, &kafka.ListGroupsRequest{})
	if err != nil {
		return fmt.Errorf("list the groups: %w", err)
	}
	asked := map[string][]int{}
	for topic, partitions := range ends {
		for p := range partitions {
			asked[topic] = append(asked[topic], p)
		}
	}
	var behind []error
	for _, g := range groups.Groups {
		committed, err := b.client().OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: g.GroupID, Topics: asked})
		if err != nil {
			return fmt.Errorf("ask for the offsets of %s: %w", g.GroupID, err)
		}
		behind = append(behind, lagOf(g.GroupID, committed, ends)...)
	}
	return errors.Join(behind...)
}

func lagOf(group string, committed *kafka.OffsetFetchResponse, ends map[string]map[int]int64) (behind []error) {
	for topic, partitions := range committed.Topics {
		if !slices.ContainsFunc(partitions, func(p kafka.OffsetFetchPartition) bool { return p.CommittedOffset >= 0 }) {
			continue // not a topic of this group
		}
		for _, p := range partitions {
			if end := ends[topic][p.Partition]; end > max(p.CommittedOffset, 0) {
				behind = append(behind, fmt.Errorf("%s has %d of %d of %s/%d", group, p.CommittedOffset, end, topic, p.Partition))
			}
		}
	}
	return behind
}

// Ends returns the end of every partition of topics.
func (b Topics) Ends(ctx context.Context, topics ...string) (map[string]map[int]int64, error) {
	metadata, err := b.client().Metadata(ctx, &kafka.MetadataRequest{Topics: topics})
	if err != nil {
		return nil, fmt.Errorf("ask for partitions: %w", err)
	}
	asked := map[string][]kafka.OffsetRequest{}
	for _, topic := range metadata.Topics {
		for _, p := range topic.Partitions {
			asked[topic.Name] = append(asked[topic.Name], kafka.LastOffsetOf(p.ID))
		}
	}
	answer, err := b.client().ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: asked})
	if err != nil {
		return nil, fmt.Errorf("ask for the ends: %w", err)
	}
	ends := map[string]map[int]int64{}
	for topic, partitions := range answer.Topics {
		ends[topic] = map[int]int64{}
		for _, p := range partitions {
			ends[topic][p.Partition] = p.LastOffset
		}
	}
	return ends, nil
}

func (b Topics) client() *kafka.Client {
	return &kafka.Client{Addr: kafka.TCP(b.Broker), Timeout: 10 * time.Second}
}

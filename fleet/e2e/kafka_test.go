package e2e_test

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

// commands are the topics that the services listen to.
var commands = []string{contract.ValidationRequests, contract.ValidationResponses, contract.ReservationCloses}

// replay publishes everything that the topics hold under the keys again, and
// waits until the services have dealt with it.
func (f *tried) replay(t *testing.T, keys []string) {
	t.Helper()
	for _, topic := range commands {
		var again []kafka.Message
		for _, m := range f.read(t, topic) {
			if slices.Contains(keys, string(m.Key)) {
				again = append(again, kafka.Message{Topic: topic, Key: m.Key, Value: m.Value, Headers: m.Headers})
			}
		}
		f.publish(t, again...)
	}
	f.quiet(t)
}

// publish sends messages as any client of the broker could.
func (f *tried) publish(t *testing.T, messages ...kafka.Message) {
	t.Helper()
	if len(messages) == 0 {
		return
	}
	writer := &kafka.Writer{Addr: kafka.TCP(f.kafka), Balancer: kafka.Murmur2Balancer{}, RequiredAcks: kafka.RequireAll,
		BatchTimeout: time.Millisecond, BatchBytes: 16 << 20, Compression: kafka.Lz4, // the broker limits what is sent, not what is read
	}
	defer writer.Close() //nolint:errcheck // everything is acknowledged
	if err := writer.WriteMessages(t.Context(), messages...); err != nil {
		t.Fatalf("publish: %v", err)
	}
}

// read returns all that a topic holds.
func (f *tried) read(t *testing.T, topic string) (found []kafka.Message) {
	t.Helper()
	for _, p := range f.partitions(t, topic) {
		found = append(found, f.readPartition(t, topic, p.ID)...)
	}
	return found
}

func (f *tried) partitions(t *testing.T, topics ...string) (found []kafka.Partition) {
	t.Helper()
	answer, err := f.client().Metadata(t.Context(), &kafka.MetadataRequest{Topics: topics})
	if err != nil {
		t.Fatalf("ask for the partitions of %v: %v", topics, err)
	}
	for _, topic := range answer.Topics {
		found = append(found, topic.Partitions...)
	}
	return found
}

func (f *tried) readPartition(t *testing.T, topic string, partition int) (found []kafka.Message) {
	t.Helper()
	conn, err := kafka.DialLeader(t.Context(), "tcp", f.kafka, topic, partition)
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
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{f.kafka}, Topic: topic, Partition: partition, MaxWait: 50 * time.Millisecond, MaxBytes: 16 << 20})
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

// quiet waits until every group of the services has committed all that its
// topics hold.
func (f *tried) quiet(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := shop.Eventually(ctx, f.lag); err != nil {
		t.Fatalf("the fleet does not come to rest: %v", err)
	}
}

func (f *tried) lag(ctx context.Context) error {
	ends, err := f.ends(ctx)
	if err != nil {
		return err
	}
	groups, err := f.client().ListGroups(ctx, &kafka.ListGroupsRequest{})
	if err != nil {
		return fmt.Errorf("list the groups: %w", err)
	}
	var behind []error
	for _, g := range groups.Groups {
		asked := map[string][]int{}
		for topic, partitions := range ends {
			for p := range partitions {
				asked[topic] = append(asked[topic], p)
			}
		}
		committed, err := f.client().OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: g.GroupID, Topics: asked})
		if err != nil {
			return fmt.Errorf("ask for the offsets of %s: %w", g.GroupID, err)
		}
		for topic, partitions := range committed.Topics {
			if !slices.ContainsFunc(partitions, func(p kafka.OffsetFetchPartition) bool { return p.CommittedOffset >= 0 }) {
				continue // not a topic of this group
			}
			for _, p := range partitions {
				if end := ends[topic][p.Partition]; end > max(p.CommittedOffset, 0) {
					behind = append(behind, fmt.Errorf("%s has %d of %d of %s/%d", g.GroupID, p.CommittedOffset, end, topic, p.Partition))
				}
			}
		}
	}
	return errors.Join(behind...)
}

// ends returns the end of every partition of the commands' topics.
func (f *tried) ends(ctx context.Context) (map[string]map[int]int64, error) {
	metadata, err := f.client().Metadata(ctx, &kafka.MetadataRequest{Topics: commands})
	if err != nil {
		return nil, fmt.Errorf("ask for partitions: %w", err)
	}
	asked := map[string][]kafka.OffsetRequest{}
	for _, topic := range metadata.Topics {
		for _, p := range topic.Partitions {
			asked[topic.Name] = append(asked[topic.Name], kafka.LastOffsetOf(p.ID))
		}
	}
	answer, err := f.client().ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: asked})
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

func (f *tried) client() *kafka.Client {
	return &kafka.Client{Addr: kafka.TCP(f.kafka), Timeout: 10 * time.Second}
}

// deadLetter waits for a dead letter of a topic under a key and returns it.
func (f *tried) deadLetter(t *testing.T, topic, key string) kafka.Message {
	t.Helper()
	var found kafka.Message
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := shop.Eventually(ctx, func(context.Context) error {
		for _, m := range f.read(t, topic+contract.DeadLetterSuffix) {
			if string(m.Key) == key {
				found = m
				return nil
			}
		}
		return fmt.Errorf("no dead letter of %s under %s", topic, key)
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

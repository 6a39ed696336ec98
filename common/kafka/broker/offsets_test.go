package broker_test

import (
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/kafka/contract"
)

// limits returns the next offset of each partition of the shop's topic.
func (s *shop) limits(t testing.TB) map[int]int64 {
	t.Helper()
	asked := make([]kafka.OffsetRequest, 6)
	for p := range asked {
		asked[p] = kafka.LastOffsetOf(p)
	}
	client := kafka.Client{Addr: kafka.TCP(s.brokers...), Timeout: 10 * time.Second}
	answer, err := client.ListOffsets(t.Context(), &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{s.topic: asked}})
	if err != nil {
		t.Fatalf("ListOffsets: %v", err)
	}
	limits := make(map[int]int64)
	for _, p := range answer.Topics[s.topic] {
		if p.Error != nil {
			t.Fatalf("ListOffsets of %s[%d]: %v", s.topic, p.Partition, p.Error)
		}
		limits[p.Partition] = p.LastOffset
	}
	return limits
}

// committed returns the committed offset of each partition, those never
// committed apart.
func (s *shop) committed(t testing.TB) map[int]int64 {
	t.Helper()
	client := kafka.Client{Addr: kafka.TCP(s.brokers...), Timeout: 10 * time.Second}
	answer, err := client.OffsetFetch(t.Context(), &kafka.OffsetFetchRequest{
		GroupID: s.group, Topics: map[string][]int{s.topic: {0, 1, 2, 3, 4, 5}},
	})
	if err != nil {
		t.Fatalf("OffsetFetch: %v", err)
	}
	offsets := make(map[int]int64)
	for _, p := range answer.Topics[s.topic] {
		if p.CommittedOffset >= 0 {
			offsets[p.Partition] = p.CommittedOffset
		}
	}
	return offsets
}

// commit sets the group's offsets while it has no members.
func (s *shop) commit(t testing.TB, offsets map[int]int64) {
	t.Helper()
	commits := make([]kafka.OffsetCommit, 0, len(offsets))
	for partition, offset := range offsets {
		commits = append(commits, kafka.OffsetCommit{Partition: partition, Offset: offset})
	}
	client := kafka.Client{Addr: kafka.TCP(s.brokers...), Timeout: 10 * time.Second}
	_, err := client.OffsetCommit(t.Context(), &kafka.OffsetCommitRequest{
		GroupID: s.group, GenerationID: -1, Topics: map[string][]kafka.OffsetCommit{s.topic: commits},
	})
	if err != nil {
		t.Fatalf("OffsetCommit: %v", err)
	}
}

func (s *shop) deadLetters(t testing.TB) map[int]int64 {
	t.Helper()
	dead := *s
	dead.topic += contract.DeadLetterSuffix
	return dead.limits(t)
}

func sum(offsets map[int]int64) (n int64) {
	for _, offset := range offsets {
		n += offset
	}
	return n
}

package broker

import (
	"context"
	"fmt"
	"slices"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/metadata"
)

// share groups messages by the broker that leads their partition. What has no
// partition or no leader yet comes back in the outcome.
func (p *Publisher) share(ctx context.Context, via *kafka.Transport, messages []kafka.Message) ([]share, outcome) {
	var result outcome
	known, err := p.cluster.metadata(ctx, via, topicsOf(messages)...)
	if err != nil {
		result.blame(messages, fmt.Errorf("ask for the partitions: %w", err))
		return nil, result
	}
	routes := make(map[string]route, len(known.Topics))
	for _, topic := range known.Topics {
		routes[topic.Name] = routeOf(topic)
	}
	byLeader := make(map[int32]share)
	for _, m := range messages {
		at, leader, err := routes[m.Topic].place(m)
		if err != nil {
			result.blame([]kafka.Message{m}, err)
			continue
		}
		if byLeader[leader] == nil {
			byLeader[leader] = make(share)
		}
		byLeader[leader][at] = append(byLeader[leader][at], m)
	}
	shares := make([]share, 0, len(byLeader))
	for _, s := range byLeader {
		shares = append(shares, s)
	}
	return shares, result
}

func topicsOf(messages []kafka.Message) (names []string) {
	for _, m := range messages {
		if !slices.Contains(names, m.Topic) {
			names = append(names, m.Topic)
		}
	}
	return names
}

// route knows the partitions of a topic and their leaders.
type route struct {
	partitions []int
	leaders    []int32
	err        error
}

func routeOf(topic metadata.ResponseTopic) route {
	if topic.ErrorCode != 0 {
		return route{err: kafka.Error(topic.ErrorCode)}
	}
	var r route
	for i, p := range topic.Partitions { // kafka-go sorts them by number, which are 0, 1, 2…
		r.partitions = append(r.partitions, i)
		r.leaders = append(r.leaders, p.LeaderID)
	}
	return r
}

// place chooses a partition by the key as Java's producer does, so that either
// implementation finds what the other wrote; without a key, any.
func (r route) place(m kafka.Message) (place, int32, error) {
	if r.err != nil {
		return place{}, 0, fmt.Errorf("find the partitions of %s: %w", m.Topic, r.err)
	}
	if len(r.partitions) == 0 {
		return place{}, 0, fmt.Errorf("find the partitions of %s: %w", m.Topic, kafka.UnknownTopicOrPartition)
	}
	partition := kafka.Murmur2Balancer{}.Balance(m, r.partitions...)
	if r.leaders[partition] < 0 {
		return place{}, 0, fmt.Errorf("find the leader of %s[%d]: %w", m.Topic, partition, kafka.LeaderNotAvailable)
	}
	return place{m.Topic, partition}, r.leaders[partition], nil
}

// complete reports whether every partition has a leader.
func (r route) complete() bool {
	return r.err == nil && len(r.partitions) > 0 && !slices.ContainsFunc(r.leaders, func(leader int32) bool { return leader < 0 })
}

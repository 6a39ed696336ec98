package topics

import (
	"context"
	"errors"
	"fmt"
	"slices"

	kafka "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// Quiet waits until every group of the services has committed all that the
// commands' topics hold now, or ctx ends. What others publish meanwhile does not
// matter.
func (b Topics) Quiet(ctx context.Context) error {
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
		return fmt.Errorf("the fleet does not come to rest: %w", err)
	}
	return nil
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

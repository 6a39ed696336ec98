package broker

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/metadata"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// deadLetterBytes is the largest dead letter: a topic may hold messages larger
// than its limit (the limit counts compressed bytes), and ours add headers.
const deadLetterBytes = 16 << 20

// EnsureTopics creates each topic and its dead letters where they are missing,
// and returns when every partition has a leader that answers for it. Topics that
// exist stay as they are, also with another number of partitions. While the
// brokers are away it goes on trying until ctx ends; then it fails as
// fault.Unavailable. Call it before listening: a group that knows no partitions
// waits for them.
func EnsureTopics(ctx context.Context, brokers []string, partitions, replication int, topics ...string) error {
	c := newCluster(brokers)
	defer func() { c.close() }()
	wanted := make([]kafka.TopicConfig, 0, 2*len(topics))
	for _, topic := range topics {
		wanted = append(wanted,
			kafka.TopicConfig{Topic: topic, NumPartitions: partitions, ReplicationFactor: replication},
			kafka.TopicConfig{
				Topic: topic + contract.DeadLetterSuffix, NumPartitions: partitions, ReplicationFactor: replication,
				ConfigEntries: []kafka.ConfigEntry{{ConfigName: "max.message.bytes", ConfigValue: strconv.Itoa(deadLetterBytes)}},
			})
	}
	var last error
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := c.ensure(ctx, wanted)
		if ctx.Err() == nil { // else the reason is the one before
			last = err
		}
		return struct{}{}, err
	}, forever()...)
	if ctx.Err() != nil {
		return fault.Unavailablef(errors.Join(err, last), "create the topics %v", topics)
	}
	return err
}

// ensure makes one attempt and fails unless all is well in the end.
func (c *cluster) ensure(ctx context.Context, wanted []kafka.TopicConfig) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	for created := false; ; created = true {
		known, missing, err := c.missing(ctx, wanted)
		switch {
		case err != nil:
			return err
		case len(missing) == 0:
			return c.led(ctx, known)
		case created:
			return fmt.Errorf("topic %s has no leader yet", missing[0].Topic)
		}
		if err := c.create(ctx, missing); err != nil {
			return err
		}
	}
}

// create fails with backoff.Permanent where another attempt is in vain.
func (c *cluster) create(ctx context.Context, topics []kafka.TopicConfig) error {
	answer, err := c.client().CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: topics})
	if err != nil {
		return fmt.Errorf("create topics: %w", err)
	}
	for topic, err := range answer.Errors {
		switch {
		case err == nil, errors.Is(err, kafka.TopicAlreadyExists): // another replica was faster
		case final(err) && !errors.Is(err, kafka.InvalidReplicationFactor): // brokers may yet join
			return backoff.Permanent(fmt.Errorf("create topic %s: %w", topic, err))
		default:
			return fmt.Errorf("create topic %s: %w", topic, err)
		}
	}
	return nil
}

// led fails while a leader does not answer for its partition: the controller
// names it some time before it knows itself.
func (c *cluster) led(ctx context.Context, topics []metadata.ResponseTopic) error {
	asked := make(map[string][]kafka.OffsetRequest, len(topics))
	for _, topic := range topics {
		for _, p := range topic.Partitions {
			asked[topic.Name] = append(asked[topic.Name], kafka.LastOffsetOf(int(p.PartitionIndex)))
		}
	}
	answer, err := c.client().ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: asked})
	if err != nil {
		return fmt.Errorf("ask the leaders: %w", err)
	}
	for topic, partitions := range answer.Topics {
		for _, p := range partitions {
			if p.Error != nil {
				return fmt.Errorf("ask the leader of %s: %w", place{topic, p.Partition}, p.Error)
			}
		}
	}
	return nil
}

// missing returns what the brokers know of the topics, and those that they do not
// know or not with all their leaders. It asks anew: the transport's own memory may
// be older than a topic.
func (c *cluster) missing(ctx context.Context, wanted []kafka.TopicConfig) (all []metadata.ResponseTopic, missing []kafka.TopicConfig, err error) {
	c.renew(c.transport.Load())
	names := make([]string, len(wanted))
	for i, topic := range wanted {
		names[i] = topic.Topic
	}
	known, err := c.metadata(ctx, c.transport.Load(), names...)
	if err != nil {
		return nil, nil, fmt.Errorf("ask for the topics: %w", err)
	}
	for i, topic := range known.Topics {
		if !routeOf(topic).complete() {
			missing = append(missing, wanted[i])
		}
	}
	return known.Topics, missing, nil
}

// forever retries until the context ends: quickly at first, then about once a
// second.
func forever() []backoff.RetryOption {
	return []backoff.RetryOption{
		backoff.WithBackOff(&backoff.ExponentialBackOff{InitialInterval: 50 * time.Millisecond, Multiplier: 1.5, MaxInterval: time.Second, RandomizationFactor: 0.3}),
		backoff.WithMaxElapsedTime(0),
	}
}

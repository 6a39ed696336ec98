package broker

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// deadLetterBytes is the largest dead letter: a topic may hold messages larger
// than its limit (the limit counts compressed bytes), and ours add headers.
const deadLetterBytes = 16 << 20

// EnsureTopics creates each topic and its dead letters where they are missing,
// and returns when the brokers know a leader for every partition. Topics that
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
	missing, err := c.missing(ctx, wanted)
	if err != nil || len(missing) == 0 {
		return err
	}
	answer, err := c.client().CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: missing})
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
	missing, err = c.missing(ctx, wanted)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("topic %s has no leader yet", missing[0].Topic)
	}
	return err
}

// missing returns which topics the brokers do not know, or not with all their
// leaders. It asks anew: the transport's own memory may be older than a topic.
func (c *cluster) missing(ctx context.Context, wanted []kafka.TopicConfig) (missing []kafka.TopicConfig, err error) {
	c.renew(c.transport.Load())
	names := make([]string, len(wanted))
	for i, topic := range wanted {
		names[i] = topic.Topic
	}
	known, err := c.metadata(ctx, c.transport.Load(), names...)
	if err != nil {
		return nil, fmt.Errorf("ask for the topics: %w", err)
	}
	for i, topic := range known.Topics {
		if !routeOf(topic).complete() {
			missing = append(missing, wanted[i])
		}
	}
	return missing, nil
}

// forever retries until the context ends: quickly at first, then about once a
// second.
func forever() []backoff.RetryOption {
	return []backoff.RetryOption{
		backoff.WithBackOff(&backoff.ExponentialBackOff{InitialInterval: 50 * time.Millisecond, Multiplier: 1.5, MaxInterval: time.Second, RandomizationFactor: 0.3}),
		backoff.WithMaxElapsedTime(0),
	}
}

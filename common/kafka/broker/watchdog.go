package broker

import (
	"context"
	"time"

	"github.com/segmentio/kafka-go"
)

// watch tells of a handler that is stuck and of what is not handled yet, until
// the generation ends.
func (g *generation) watch(ends context.Context) {
	ticker := time.NewTicker(g.timing.watch)
	defer ticker.Stop()
	for {
		select {
		case <-ends.Done():
			return
		case <-ticker.C:
		}
		if worked, stuck := g.health.stuck(g.timing.stuck); stuck {
			g.log.Error("The handler is stuck.", "for", worked.Round(time.Second))
		}
		limits, err := g.limits(ends, g.readings)
		if err == nil { // when the brokers are away the heartbeat ends the generation
			g.measure(limits)
		}
	}
}

// limits asks for the first and the next offset of partitions, and returns those
// of which it was told.
func (g *generation) limits(ctx context.Context, readings []*reading) (map[int]kafka.PartitionOffsets, error) {
	var asked []kafka.OffsetRequest
	for _, r := range readings {
		asked = append(asked, kafka.FirstOffsetOf(r.partition), kafka.LastOffsetOf(r.partition))
	}
	limits := make(map[int]kafka.PartitionOffsets, len(readings))
	if len(asked) == 0 {
		return limits, nil
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	answer, err := g.cluster().client().ListOffsets(ctx, &kafka.ListOffsetsRequest{
		Topics: map[string][]kafka.OffsetRequest{g.cfg.Topic: asked},
	})
	if err != nil {
		return nil, err
	}
	for _, p := range answer.Topics[g.cfg.Topic] {
		if p.Error == nil {
			limits[p.Partition] = p
		}
	}
	return limits, nil
}

// measure tells how many messages are not handled yet.
func (g *generation) measure(limits map[int]kafka.PartitionOffsets) {
	var lag int64
	for partition, limit := range limits {
		lag += max(0, limit.LastOffset-max(g.commits.committed(partition), limit.FirstOffset))
	}
	g.metrics.lag.Set(float64(lag))
}

package broker

import (
	"context"
	"time"

	"github.com/segmentio/kafka-go"
)

// watch looks after the fetchers and the handler until the generation ends.
// kafka-go's readers can fall silent after a broker's restart (segmentio/kafka-go
// issues 387 and 1276) while heartbeats keep the group alive; returning ends the
// generation, and the next one has new readers.
func (g *generation) watch(ends context.Context) {
	ticker := time.NewTicker(g.timing.watch)
	defer ticker.Stop()
	suspects := make(map[int]int64)
	for {
		select {
		case <-ends.Done():
			return
		case <-ticker.C:
		}
		if worked, stuck := g.health.stuck(g.timing.stuck); stuck {
			g.log.Error("The handler is stuck.", "for", worked.Round(time.Second))
		}
		limits, err := g.limits(ends)
		if err != nil {
			continue // when the brokers are away the heartbeat ends the generation
		}
		g.measure(limits)
		if g.silent(ends, limits, suspects) {
			return
		}
	}
}

// limits asks for the first and the next offset of each partition.
func (g *generation) limits(ctx context.Context) (map[int]kafka.PartitionOffsets, error) {
	var asked []kafka.OffsetRequest
	for _, f := range g.fetchers {
		asked = append(asked, kafka.FirstOffsetOf(f.partition), kafka.LastOffsetOf(f.partition))
	}
	limits := make(map[int]kafka.PartitionOffsets, len(g.fetchers))
	if len(asked) == 0 {
		return limits, nil
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	answer, err := g.cfg.DeadLetters.cluster.client().ListOffsets(ctx, &kafka.ListOffsetsRequest{
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

// silent reports whether a fetcher does not bring what is there. Suspect is who
// stands still short of the partition's end, free to go on, for a whole round;
// guilty, when a fetch of our own at that place finds something. (Markers of
// transactions, for one, look like messages that never come.)
func (g *generation) silent(ctx context.Context, limits map[int]kafka.PartitionOffsets, suspects map[int]int64) bool {
	for _, f := range g.fetchers {
		limit, known := limits[f.partition]
		next := f.next.Load()
		if next == kafka.FirstOffset {
			next = limit.FirstOffset
		}
		if !known || next == limit.LastOffset || f.excused.Load() {
			delete(suspects, f.partition)
			continue
		}
		if at, suspect := suspects[f.partition]; suspect && at == next && g.finds(ctx, f.partition, next) {
			g.log.Error("A partition fell silent; joining the group again.", "partition", f.partition, "offset", next)
			return true
		}
		suspects[f.partition] = next
	}
	return false
}

// finds reports whether there is something to read at offset, or whether the
// partition ends before it.
func (g *generation) finds(ctx context.Context, partition int, offset int64) bool {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	answer, err := g.cfg.DeadLetters.cluster.client().Fetch(ctx, &kafka.FetchRequest{
		Topic: g.cfg.Topic, Partition: partition, Offset: offset,
		MinBytes: 1, MaxBytes: 1 << 20, MaxWait: 100 * time.Millisecond,
	})
	if err != nil {
		return false
	}
	for {
		record, err := answer.Records.ReadRecord()
		if err != nil {
			return answer.Error != nil
		}
		if record.Offset >= offset {
			return true
		}
	}
}

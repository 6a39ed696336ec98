package broker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
)

// reading is how far a partition is handed over to the worker.
type reading struct {
	partition int
	next      int64 // the offset that comes next; kafka.FirstOffset for the first there is
	lost      int   // how often in a row the partition did not hold it
}

// fetch brings the messages of readings to the worker until ctx ends. What one
// broker leads is fetched with one request. Readings part when other brokers take
// some over, and come together again in the next generation.
func (g *generation) fetch(ctx context.Context, readings []*reading) {
	var echo echo
	var failed time.Time
	for ctx.Err() == nil {
		via := g.cluster().transport.Load()
		shares, err := g.byLeader(ctx, via, readings)
		if len(shares) > 1 {
			var all sync.WaitGroup
			for _, share := range shares {
				all.Go(func() { g.fetch(ctx, share) })
			}
			all.Wait()
			return
		}
		for leader := range shares { // the only one
			err = g.fetchFrom(ctx, leader, readings)
		}
		if ctx.Err() != nil {
			return
		}
		if time.Since(failed) < 10*time.Second && echo.news(err) { // one failure is a leader that went or a topic that is new
			g.log.Warn("Partitions cannot be read for now.", "partitions", len(readings), "error", err)
		}
		failed = time.Now()
		if errors.Is(err, kafka.OffsetOutOfRange) { // which is the broker's word
			pause(ctx, 500*time.Millisecond)
			continue
		}
		g.cluster().renew(via)
		pause(ctx, 50*time.Millisecond)
	}
}

// byLeader returns readings by the address of the broker that leads them.
func (g *generation) byLeader(ctx context.Context, via *kafka.Transport, readings []*reading) (map[string][]*reading, error) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	told, err := g.cluster().metadata(ctx, via, g.cfg.Topic)
	if err != nil {
		return nil, fmt.Errorf("ask for the leaders: %w", err)
	}
	addresses := make(map[int32]string, len(told.Brokers))
	for _, b := range told.Brokers {
		addresses[b.NodeID] = net.JoinHostPort(b.Host, strconv.Itoa(int(b.Port)))
	}
	var route route
	for _, topic := range told.Topics { // the only one
		route = routeOf(topic)
	}
	if route.err != nil {
		return nil, fmt.Errorf("find the partitions of %s: %w", g.cfg.Topic, route.err)
	}
	shares := make(map[string][]*reading)
	for _, r := range readings {
		leader := ""
		if r.partition < len(route.leaders) {
			leader = addresses[route.leaders[r.partition]]
		}
		if leader == "" {
			return nil, fmt.Errorf("find the leader of %s[%d]: %w", g.cfg.Topic, r.partition, kafka.LeaderNotAvailable)
		}
		shares[leader] = append(shares[leader], r)
	}
	return shares, nil
}

// fetchFrom fetches from one broker until that fails or ctx ends.
func (g *generation) fetchFrom(ctx context.Context, leader string, readings []*reading) error {
	if err := g.findFirst(ctx, readings); err != nil {
		return err
	}
	line, err := dialLine(ctx, leader)
	if err != nil {
		return err
	}
	defer line.Close() //nolint:errcheck // nothing of it is lost
	byNumber := make(map[int]*reading, len(readings))
	for _, r := range readings {
		byNumber[r.partition] = r
	}
	for first := 0; ; first = (first + 1) % len(readings) {
		answers, err := line.fetch(g.cfg.Topic, turned(readings, first))
		if err != nil {
			return err
		}
		for _, answer := range answers {
			if r := byNumber[int(answer.Partition)]; r != nil {
				if err := g.take(ctx, r, answer); err != nil {
					return err
				}
			}
		}
	}
}

// turned returns the same readings beginning with another, for a broker fills its
// answer in their order, as far as it goes.
func turned(readings []*reading, first int) []*reading {
	return append(readings[first:len(readings):len(readings)], readings[:first]...)
}

// findFirst asks where partitions begin that are to be read from there.
func (g *generation) findFirst(ctx context.Context, readings []*reading) error {
	var first []*reading
	for _, r := range readings {
		if r.next == kafka.FirstOffset {
			first = append(first, r)
		}
	}
	if len(first) == 0 {
		return nil
	}
	limits, err := g.limits(ctx, first)
	if err != nil {
		return fmt.Errorf("ask for the first offsets: %w", err)
	}
	for _, r := range first {
		limit, known := limits[r.partition]
		if !known {
			return fmt.Errorf("find the first offset of %s[%d]: %w", g.cfg.Topic, r.partition, kafka.UnknownTopicOrPartition)
		}
		r.next = limit.FirstOffset
	}
	return nil
}

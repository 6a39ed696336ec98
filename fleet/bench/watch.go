package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	kafka "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/kafka/contract"
)

// watch follows order.events and knows when each order left NEW: when anybody
// outside can know it.
type watch struct {
	confirmed atomic.Int64
	cancelled atomic.Int64

	mu     sync.Mutex
	placed map[string]time.Time // sent, outcome not seen
	early  map[string]time.Time // outcome seen before the answer to placing
	final  []time.Duration
}

func newWatch() *watch {
	return &watch{placed: map[string]time.Time{}, early: map[string]time.Time{}}
}

// reset forgets the durations seen so far.
func (w *watch) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.final, w.early = nil, map[string]time.Time{}
}

// took returns the durations from placing to the outcome.
func (w *watch) took() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]time.Duration(nil), w.final...)
}

// sent notes when an order was sent, once its id is known.
func (w *watch) sent(orderID string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if seen, ok := w.early[orderID]; ok {
		delete(w.early, orderID)
		w.final = append(w.final, seen.Sub(at))
		return
	}
	w.placed[orderID] = at
}

func (w *watch) seen(orderID string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if sent, ok := w.placed[orderID]; ok {
		delete(w.placed, orderID)
		w.final = append(w.final, at.Sub(sent))
		return
	}
	w.early[orderID] = at
}

// start follows every partition from its present end until ctx ends.
func (w *watch) start(ctx context.Context, broker string) error {
	conn, err := kafka.DialContext(ctx, "tcp", broker)
	if err != nil {
		return fmt.Errorf("watch %s: %w", contract.OrderEvents, err)
	}
	partitions, err := conn.ReadPartitions(contract.OrderEvents)
	conn.Close() //nolint:errcheck // read only
	if err != nil {
		return fmt.Errorf("watch %s: %w", contract.OrderEvents, err)
	}
	for _, p := range partitions {
		leader, err := kafka.DialLeader(ctx, "tcp", broker, contract.OrderEvents, p.ID)
		if err != nil {
			return fmt.Errorf("watch %s: %w", contract.OrderEvents, err)
		}
		end, err := leader.ReadLastOffset()
		leader.Close() //nolint:errcheck // read only
		if err != nil {
			return fmt.Errorf("watch %s: %w", contract.OrderEvents, err)
		}
		reader := kafka.NewReader(kafka.ReaderConfig{
			Brokers: []string{broker}, Topic: contract.OrderEvents, Partition: p.ID, MaxWait: 500 * time.Millisecond, ReadLagInterval: -1,
		})
		if err := reader.SetOffset(end); err != nil {
			return fmt.Errorf("watch %s: %w", contract.OrderEvents, err)
		}
		go func() {
			defer reader.Close() //nolint:errcheck // read only
			if err := w.follow(ctx, reader); err != nil && ctx.Err() == nil {
				fmt.Println(err) // orders will seem to be on their way for ever
			}
		}()
	}
	return nil
}

// waiting counts the orders whose outcome has not been seen.
func (w *watch) waiting() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.placed)
}

func (w *watch) follow(ctx context.Context, reader *kafka.Reader) error {
	for {
		m, err := reader.ReadMessage(ctx)
		if err != nil {
			return fmt.Errorf("read %s: %w", contract.OrderEvents, err)
		}
		now := time.Now()
		var event struct {
			OrderID  string `json:"orderId"`
			Sequence int    `json:"sequence"`
			To       string `json:"to"`
		}
		if err := json.Unmarshal(m.Value, &event); err != nil {
			return fmt.Errorf("read an event: %w", err)
		}
		switch event.To {
		case "CONFIRMED", "PARTIAL_CONFIRMED":
			w.confirmed.Add(1)
		case "CANCELLED":
			w.cancelled.Add(1)
		}
		if event.Sequence == 2 {
			w.seen(event.OrderID, now)
		}
	}
}

package e2e_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	kafka "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/fleet/internal/fleettest"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// watch reads along what the topics get, once for all tests: no test has to read
// them from their start.
type watch struct {
	fleettest.Topics

	mu   sync.Mutex
	read map[string]*reading // by topic
}

// reading is what is known of a topic.
type reading struct {
	mu    sync.Mutex
	next  map[int]int64
	byKey map[string][]kafka.Message
}

// of returns what is read of a topic, and begins to read it.
func (w *watch) of(topic string, ends map[int]int64) *reading {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.read[topic]
	if r == nil {
		r = &reading{next: map[int]int64{}, byKey: map[string][]kafka.Message{}}
		w.read[topic] = r
		for partition := range ends {
			go r.follow(w.Broker, topic, partition)
		}
	}
	return r
}

// follow reads a partition as long as there are tests.
func (r *reading) follow(broker, topic string, partition int) {
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{broker}, Topic: topic, Partition: partition, MaxWait: 3 * time.Second, MaxBytes: 16 << 20, ReadBackoffMin: time.Millisecond,
	})
	defer reader.Close() //nolint:errcheck // read only
	for {
		m, err := reader.ReadMessage(context.Background())
		if err != nil {
			return // who waits for more tells
		}
		r.mu.Lock()
		r.next[partition] = m.Offset + 1
		r.byKey[string(m.Key)] = append(r.byKey[string(m.Key)], m)
		r.mu.Unlock()
	}
}

// behind fails while something before the ends is not read yet.
func (r *reading) behind(ends map[int]int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for partition, end := range ends {
		if r.next[partition] < end {
			return fmt.Errorf("%d of %d messages of partition %d are read", r.next[partition], end, partition)
		}
	}
	return nil
}

func (r *reading) under(key string) []kafka.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byKey[key]
}

// under returns what a topic holds now under keys.
func (w *watch) under(t *testing.T, topic string, keys ...string) (found []kafka.Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ends := w.Ends(t, topic)
	r := w.of(topic, ends[topic])
	if err := shop.Eventually(ctx, func(context.Context) error { return r.behind(ends[topic]) }); err != nil {
		t.Fatalf("read %s: %v", topic, err)
	}
	for _, key := range keys {
		found = append(found, r.under(key)...)
	}
	return found
}

// replay publishes again what the topics hold under keys.
func (w *watch) replay(t *testing.T, keys ...string) {
	t.Helper()
	var found []kafka.Message
	for _, topic := range fleettest.Commands() {
		found = append(found, w.under(t, topic, keys...)...)
	}
	w.Again(t, found...)
}

// deadLetter waits for a dead letter of a topic under a key and returns it.
func (w *watch) deadLetter(t *testing.T, topic, key string) (found kafka.Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := shop.Eventually(ctx, func(context.Context) error {
		letters := w.under(t, topic+contract.DeadLetterSuffix, key)
		if len(letters) == 0 {
			return fmt.Errorf("no dead letter of %s under %s", topic, key)
		}
		found = letters[0]
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

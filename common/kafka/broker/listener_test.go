package broker_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/telemetry"
)

func TestMessageTellsWhatTheRecordSaid(t *testing.T) {
	t.Parallel()
	s := open(t)
	sent := s.record(t, "{}")
	got := make(chan *broker.Message, 1)
	trace := make(chan string, 1)
	run(t, s.listener(func(ctx context.Context, batch []*broker.Message) error {
		got <- batch[0]
		trace <- telemetry.TraceID(ctx)
		return nil
	}))
	if err := s.publisher.Publish(t.Context(), sent); err != nil {
		t.Fatalf("Publish: %v", err)
	}
	m := <-got
	if m.Topic != s.topic || string(m.Key) != sent.Key.String() || string(m.Value) != "{}" || m.ID != sent.ID.String() ||
		m.Type != "Test" || m.Traceparent != sent.Traceparent || time.Since(m.Time) > time.Minute {
		t.Errorf("message = %+v, want what %+v says", m, sent)
	}
	if got, want := <-trace, "0af7651916cd43dd8448eb211c80319c"; got != want {
		t.Errorf("trace of a lone message's work = %q, want %q", got, want)
	}
}

func TestBatchSpansPartitions(t *testing.T) {
	t.Parallel()
	s := open(t)
	bodies := numbered("x", 400)
	var d diary
	first := make(chan struct{})
	partitions := map[int]bool{}
	run(t, s.listener(func(ctx context.Context, batch []*broker.Message) error {
		if string(batch[0].Value) == "first" {
			close(first)
			eventually(t, "the rest is queued", func() bool { return s.lagging(t) >= 400 })
		} else {
			for _, m := range batch {
				partitions[m.Partition] = true
			}
		}
		return d.note(ctx, batch)
	}))
	s.publish(t, "first")
	<-first
	s.publish(t, bodies...)
	eventually(t, "all are handled", func() bool { return d.has(bodies...) })
	if len(partitions) != 6 {
		t.Errorf("messages came from partitions %v, want all 6", partitions)
	}
	if n := len(d.batches); n > 40 {
		t.Errorf("400 messages took %d batches, want a few", n)
	}
}

// lagging returns how many records the topic holds.
func (s *shop) lagging(t testing.TB) (n int64) {
	t.Helper()
	for _, limit := range s.limits(t) {
		n += limit
	}
	return n
}

func TestBatchesHaveTheirLimit(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish(t, numbered("x", 50)...)
	var d diary
	run(t, broker.NewListener(broker.ListenerConfig{
		Brokers: s.brokers, Group: s.group, Topic: s.topic, Handle: d.note, DeadLetters: s.publisher,
		Log: slog.New(slog.DiscardHandler), MaxBatch: 7,
	}))
	eventually(t, "all are handled", func() bool { return d.has(numbered("x", 50)...) })
	for _, batch := range d.batches {
		if len(batch) > 7 {
			t.Errorf("a batch has %d messages, want at most 7", len(batch))
		}
	}
}

func TestStoppingFinishesAndCommitsTheBatchInHand(t *testing.T) {
	t.Parallel()
	s := open(t)
	var first, second diary
	ctx, stop := context.WithCancel(t.Context())
	l := s.listener(func(ctx context.Context, batch []*broker.Message) error {
		stop()
		if pause(ctx, 100*time.Millisecond) {
			return first.note(ctx, batch)
		}
		return ctx.Err()
	})
	s.publish(t, "x")
	if err := l.Run(ctx); err != nil {
		t.Fatalf("Run: %v", err)
	}
	if !first.has("x") {
		t.Fatal("the handler's context ended with the process")
	}
	s.publish(t, "y")
	run(t, s.listener(second.note))
	eventually(t, "the next is handled", func() bool { return second.has("y") })
	if second.has("x") {
		t.Error("the batch in hand was not committed")
	}
}

func TestHandlerThatDoesNotComeToAnEndIsCutOffWhenStopping(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, stop := context.WithCancel(t.Context())
	l := s.listener(func(ctx context.Context, _ []*broker.Message) error {
		stop()
		<-ctx.Done()
		return ctx.Err()
	})
	s.publish(t, "x")
	if err := l.Run(ctx); err != nil {
		t.Fatalf("Run: %v", err)
	}
	if got := s.committed(t); len(got) != 0 {
		t.Errorf("committed %v, want nothing", got)
	}
}

// pause is work that takes d. It reports whether ctx let it.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

func TestListenersShareTheirMetrics(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	s, other := open(t), open(t)
	var d diary
	for _, s := range []*shop{s, other} {
		run(t, broker.NewListener(broker.ListenerConfig{
			Brokers: s.brokers, Group: "g", Topic: s.topic, Handle: d.note, DeadLetters: s.publisher,
			Log: slog.New(slog.DiscardHandler), Metrics: registry,
		}))
		s.publish(t, "x", "y", "z")
	}
	eventually(t, "all are counted", func() bool {
		counted, err := testutil.GatherAndCount(registry, "kafka_messages_handled_total")
		if err != nil {
			t.Fatal(err)
		}
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, family := range families {
			if family.GetName() == "kafka_messages_handled_total" {
				for _, m := range family.GetMetric() {
					sum += m.GetCounter().GetValue()
				}
			}
		}
		return counted == 2 && sum == 6
	})
	if diff := cmp.Diff(map[string]int{"x": 2, "y": 2, "z": 2}, d.counts); diff != "" {
		t.Errorf("handled (-want +got):\n%s", diff)
	}
}

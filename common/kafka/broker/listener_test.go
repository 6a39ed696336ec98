package broker_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

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

func TestGroupStartsAtTheFirstMessageAndGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish(t, numbered("early", 20)...)
	var first, second diary
	stop := run(t, s.listener(first.note))
	eventually(t, "what was there before the group is handled", func() bool { return first.has(numbered("early", 20)...) })
	stop()
	s.publish(t, numbered("late", 20)...)
	run(t, s.listener(second.note))
	eventually(t, "the rest is handled", func() bool { return second.has(numbered("late", 20)...) })
	if second.has("early-0") {
		t.Error("a committed message came again")
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

func TestListenersOfAGroupShareTheWorkAndLoseNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	var a, b diary
	stopA := run(t, s.listener(a.note))
	all := numbered("zero", 50)
	s.publish(t, all...)
	eventually(t, "one works alone", func() bool { return a.has(all...) })

	run(t, s.listener(b.note))
	for round := 0; b.size() == 0; round++ {
		bodies := numbered("both-"+string(rune('a'+round%26)), 20)
		s.publish(t, bodies...)
		all = append(all, bodies...)
		eventually(t, "both work", func() bool { return union(&a, &b, bodies) })
	}
	var leaving sync.WaitGroup
	leaving.Go(stopA)
	for round := range 10 {
		bodies := numbered("left-"+string(rune('a'+round)), 20)
		s.publish(t, bodies...)
		all = append(all, bodies...)
	}
	leaving.Wait()
	eventually(t, "nothing is lost", func() bool { return union(&a, &b, all) })
}

func (d *diary) size() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.counts)
}

// union reports whether a and b together handled all bodies.
func union(a, b *diary, bodies []string) bool {
	for _, body := range bodies {
		if a.count(body)+b.count(body) == 0 {
			return false
		}
	}
	return true
}

func TestSessionsAreAsShortAsTheBrokerAllows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		allowed, want time.Duration
		warned        bool
	}{
		{time.Second, 3 * time.Second, false},
		{6 * time.Second, 6 * time.Second, true}, // a broker's default
		{8 * time.Second, 10 * time.Second, true},
	} {
		t.Run(tt.allowed.String(), func(t *testing.T) {
			t.Parallel()
			cluster := fake(t, kfake.GroupMinSessionTimeout(tt.allowed))
			var mu sync.Mutex
			var last time.Duration
			cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.JoinGroup}, Observe: true, Count: -1, When: func(r kmsg.Request) bool {
				mu.Lock()
				defer mu.Unlock()
				last = time.Duration(r.(*kmsg.JoinGroupRequest).SessionTimeoutMillis) * time.Millisecond
				return true
			}})
			s := openAt(t, cluster.ListenAddrs())
			var log lines
			var d diary
			run(t, s.listenerWith(d.note, slog.New(slog.NewTextHandler(&log, nil))))
			s.publish(t, "x")
			eventually(t, "the message is handled", func() bool { return d.has("x") })
			mu.Lock()
			defer mu.Unlock()
			if last != tt.want {
				t.Errorf("session = %s, want %s", last, tt.want)
			}
			if got := strings.Contains(log.String(), "short session"); got != tt.warned {
				t.Errorf("warned = %t, want %t; log:\n%s", got, tt.warned, log.String())
			}
		})
	}
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
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

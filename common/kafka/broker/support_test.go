package broker_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// patience bounds every wait for a condition.
const patience = 60 * time.Second

// shop is a cluster with a topic of a test's own.
type shop struct {
	brokers   []string
	topic     string
	group     string
	publisher *broker.Publisher
}

// open returns a shop on the brokers that TEST_KAFKA_BROKERS names, else on an
// embedded one.
func open(t testing.TB) *shop {
	t.Helper()
	if given := os.Getenv("TEST_KAFKA_BROKERS"); given != "" {
		return openAt(t, strings.Split(given, ","))
	}
	return openAt(t, fake(t).ListenAddrs())
}

func openAt(t testing.TB, brokers []string) *shop {
	t.Helper()
	name := strings.ToLower(rand.Text()[:12])
	s := &shop{brokers: brokers, topic: "test." + name, group: "test-" + name, publisher: broker.NewPublisher(brokers)}
	t.Cleanup(func() { s.publisher.Close() }) //nolint:errcheck // always nil
	if err := broker.EnsureTopics(t.Context(), brokers, 6, 1, s.topic); err != nil {
		t.Fatalf("EnsureTopics: %v", err)
	}
	return s
}

// fake starts an embedded broker, for tests that make it fail in a certain way.
func fake(t testing.TB, options ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	defaults := []kfake.Opt{kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second)}
	cluster, err := kfake.NewCluster(append(defaults, options...)...)
	if err != nil {
		t.Fatalf("start an embedded broker: %v", err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}

// publish sends a record with each body, spread over the partitions.
func (s *shop) publish(t testing.TB, bodies ...string) {
	t.Helper()
	records := make([]contract.Record, len(bodies))
	for i, body := range bodies {
		records[i] = s.record(t, body)
	}
	if err := s.publisher.Publish(t.Context(), records...); err != nil {
		t.Fatalf("Publish: %v", err)
	}
}

func (s *shop) record(t testing.TB, body string) contract.Record {
	return contract.Record{
		Topic: s.topic, Key: newID(t), ID: newID(t), Type: "Test", Body: []byte(body),
		Traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
	}
}

func newID(t testing.TB) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// numbered returns the bodies "prefix-0" and so on.
func numbered(prefix string, n int) []string {
	bodies := make([]string, n)
	for i := range bodies {
		bodies[i] = fmt.Sprintf("%s-%d", prefix, i)
	}
	return bodies
}

func (s *shop) listener(handle broker.Handler) *broker.Listener {
	return s.listenerWith(handle, slog.New(slog.DiscardHandler))
}

func (s *shop) listenerWith(handle broker.Handler, log *slog.Logger) *broker.Listener {
	return broker.NewListener(broker.ListenerConfig{
		Brokers: s.brokers, Group: s.group, Topic: s.topic, Handle: handle, DeadLetters: s.publisher, Log: log,
	}).Hurry()
}

// run lets a listener run until stop or the test's end.
func run(t testing.TB, l *broker.Listener) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := l.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	t.Cleanup(stop)
	return stop
}

// eventually waits until it is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	deadline := time.After(patience)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-deadline:
			t.Fatalf("%s: not within %s", what, patience)
		case <-look.C:
		}
	}
}

// read returns the first n records of a topic, of all its partitions.
func read(t testing.TB, brokers []string, topic string, n int) []kafka.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	found := make(chan kafka.Message)
	for partition := range 6 {
		go func() {
			reader := kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, Topic: topic, Partition: partition, MaxWait: 3 * time.Second})
			defer reader.Close() //nolint:errcheck // always nil
			for {
				m, err := reader.ReadMessage(ctx)
				if err != nil {
					return
				}
				select {
				case found <- m:
				case <-ctx.Done():
					return
				}
			}
		}()
	}
	var all []kafka.Message
	for len(all) < n {
		select {
		case m := <-found:
			all = append(all, m)
		case <-ctx.Done():
			t.Fatalf("%s holds %d records, want %d", topic, len(all), n)
		}
	}
	return all
}

func header(m kafka.Message, key string) string {
	for _, h := range m.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

package broker_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/telemetry"
)

func TestRecordArrivesWithKeyBodyAndHeaders(t *testing.T) {
	t.Parallel()
	s := open(t)
	sent := s.record(t, `{"a":1}`)
	if err := s.publisher.Publish(t.Context(), sent); err != nil {
		t.Fatalf("Publish: %v", err)
	}
	got := read(t, s.brokers, s.topic, 1)[0]
	if string(got.Key) != sent.Key.String() || string(got.Value) != `{"a":1}` {
		t.Errorf("got %s %s, want %s %s", got.Key, got.Value, sent.Key, sent.Body)
	}
	headers := map[string]string{}
	for _, h := range got.Headers {
		headers[h.Key] = string(h.Value)
	}
	want := map[string]string{
		"content-type": "application/json", "message-type": "Test",
		"message-id": sent.ID.String(), "traceparent": sent.Traceparent,
	}
	if diff := cmp.Diff(want, headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if age := time.Since(got.Time); age < -time.Minute || age > time.Minute {
		t.Errorf("time = %s, want now", got.Time)
	}
}

func TestRecordWithoutACauseBeginsATrace(t *testing.T) {
	t.Parallel()
	s := open(t)
	sent := s.record(t, `{}`)
	sent.Traceparent = ""
	if err := s.publisher.Publish(t.Context(), sent, sent); err != nil {
		t.Fatalf("Publish: %v", err)
	}
	got := read(t, s.brokers, s.topic, 2)
	first, second := header(got[0], "traceparent"), header(got[1], "traceparent")
	if !isTrace(t, first) || !isTrace(t, second) || first == second {
		t.Errorf("traces are %q and %q, want one each", first, second)
	}
}

func isTrace(t *testing.T, traceparent string) bool {
	t.Helper()
	return telemetry.TraceID(telemetry.WithTraceparent(t.Context(), traceparent)) != ""
}

// The partitions are what Apache Kafka's own client chooses:
// Utils.toPositive(Utils.murmur2(key)) % 6.
func TestKeysGoToThePartitionThatJavaChooses(t *testing.T) {
	t.Parallel()
	want := map[string]int{
		"0199a2c0-7b1e-7c3d-8f00-000000000001": 1,
		"0199a2c0-7b1e-7c3d-8f00-000000000002": 4,
		"0199a2c0-7b1e-7c3d-8f00-000000000003": 5,
		"0199a2c0-7b1e-7c3d-8f00-0000deadbeef": 4,
		"018f3a5e-1c2d-7e4f-a0b1-c2d3e4f5a6b7": 1,
		"ffffffff-ffff-7fff-bfff-ffffffffffff": 4,
	}
	s := open(t)
	var records []contract.Record
	for text := range want {
		key, err := id.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		record := s.record(t, "{}")
		record.Key = key
		records = append(records, record)
	}
	if err := s.publisher.Publish(t.Context(), records...); err != nil {
		t.Fatalf("Publish: %v", err)
	}
	got := map[string]int{}
	for _, m := range read(t, s.brokers, s.topic, len(want)) {
		got[string(m.Key)] = m.Partition
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("partitions (-want +got):\n%s", diff)
	}
}

func TestCallsLargerThanARequestArriveWhole(t *testing.T) {
	t.Parallel()
	s := open(t)
	body := strings.Repeat("x", 300_000)
	s.publish(t, body, body, body, body, body, body, body)
	read(t, s.brokers, s.topic, 7)
}

func TestManyGoroutinesShareAPublisher(t *testing.T) {
	t.Parallel()
	s := open(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { s.publish(t, numbered("x", 10)...) })
	}
	all.Wait()
	read(t, s.brokers, s.topic, 200)
}

func TestPublishFailsAsUnavailableWhileTheBrokerIsAway(t *testing.T) {
	t.Parallel()
	publisher := broker.NewPublisher([]string{"127.0.0.1:1"})
	defer publisher.Close() //nolint:errcheck // always nil
	err := publisher.Publish(t.Context(), contract.Record{Topic: "any", Body: []byte("{}")})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Publish = %v, want Unavailable", err)
	}
}

func TestPublishEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.publisher.Publish(ctx, s.record(t, "{}")); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Publish = %v, want Unavailable", err)
	}
}

func TestPublishSeesATopicAsSoonAsThereIsOne(t *testing.T) {
	t.Parallel()
	s := open(t)
	late := s.record(t, "{}")
	late.Topic += ".late"
	if err := s.publisher.Publish(t.Context(), late); fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("Publish to no topic = %v, want Unavailable", err)
	}
	if err := broker.EnsureTopics(t.Context(), s.brokers, 6, 1, late.Topic); err != nil {
		t.Fatalf("EnsureTopics: %v", err)
	}
	if err := s.publisher.Publish(t.Context(), late); err != nil {
		t.Errorf("Publish = %v, want the new topic to be found", err)
	}
}

func TestRefusedRecordDoesNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	s := openAt(t, fake(t, kfake.BrokerConfigs(map[string]string{"message.max.bytes": "2000"})).ListenAddrs())
	large := s.record(t, rough(t, 950_000)) // alone in its request
	var err error
	eventually(t, "the broker has said what it takes", func() bool { // a busy machine may take longer than an attempt
		err = s.publisher.Publish(t.Context(), s.record(t, "before"), large, s.record(t, "behind"))
		return fault.KindOf(err) != fault.Unavailable
	})
	if err == nil {
		t.Error("Publish = nil, want a failure that does not heal")
	}
	read(t, s.brokers, s.topic, 2)
}

func TestOnlyWhatIsNotAcknowledgedIsSentAgain(t *testing.T) {
	t.Parallel()
	cluster := fake(t)
	s := openAt(t, cluster.ListenAddrs())
	cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Topic: s.topic, Partitions: []int32{2, 3}, Err: kerr.NotEnoughReplicas})
	s.publish(t, numbered("x", 60)...)
	seen := map[string]int{}
	for _, m := range read(t, s.brokers, s.topic, 60) {
		seen[string(m.Value)]++
	}
	if len(seen) != 60 {
		t.Errorf("%d different records, want 60: some were sent twice", len(seen))
	}
}

func TestPublishFollowsThePartitionsToNewLeaders(t *testing.T) {
	t.Parallel()
	cluster := fake(t, kfake.NumBrokers(3))
	s := openAt(t, cluster.ListenAddrs())
	for range 5 {
		s.publish(t, numbered("x", 20)...)
		cluster.ShufflePartitionLeaders()
	}
	read(t, s.brokers, s.topic, 100)
}

func TestPublishersShareTheirMetrics(t *testing.T) {
	t.Parallel()
	s := open(t)
	registry := prometheus.NewRegistry()
	for range 2 {
		publisher := broker.NewPublisher(s.brokers, broker.WithMetrics(registry))
		if err := publisher.Publish(t.Context(), s.record(t, "{}")); err != nil {
			t.Fatalf("Publish: %v", err)
		}
		publisher.Close() //nolint:errcheck // always nil
	}
	want := `
# HELP kafka_records_published_total Records that all in-sync replicas acknowledged.
# TYPE kafka_records_published_total counter
kafka_records_published_total{topic="` + s.topic + `"} 2
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "kafka_records_published_total"); err != nil {
		t.Error(err)
	}
}

// rough returns n bytes that do not compress.
func rough(t testing.TB, n int) string {
	t.Helper()
	var text strings.Builder
	for text.Len() < n {
		text.WriteString(newID(t).String())
	}
	return text.String()[:n]
}

package broker_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

func TestBuriedMessageGoesToTheDeadLettersAndOthersGoOn(t *testing.T) {
	t.Parallel()
	s := open(t)
	var d diary
	run(t, s.listener(func(ctx context.Context, batch []*broker.Message) error {
		for _, m := range batch {
			if string(m.Value) == "poison" {
				m.Bury(errBroken)
			}
		}
		return d.note(ctx, batch)
	}))
	sent := s.record(t, "poison")
	if err := s.publisher.Publish(t.Context(), sent, s.record(t, "good")); err != nil {
		t.Fatalf("Publish: %v", err)
	}
	letter := read(t, s.brokers, s.topic+contract.DeadLetterSuffix, 1)[0]
	s.publish(t, "behind")
	eventually(t, "the others are handled", func() bool { return d.has("good", "behind") })

	if string(letter.Key) != sent.Key.String() || string(letter.Value) != "poison" {
		t.Errorf("dead letter %s %s, want the original key and bytes", letter.Key, letter.Value)
	}
	headers := map[string]string{}
	for _, h := range letter.Headers {
		headers[h.Key] = string(h.Value)
	}
	if at, err := time.Parse(time.RFC3339, headers["dlq-time"]); err != nil || time.Since(at) > time.Minute {
		t.Errorf("dlq-time = %q, want now", headers["dlq-time"])
	}
	if _, err := strconv.Atoi(headers["dlq-partition"]); err != nil {
		t.Errorf("dlq-partition = %q", headers["dlq-partition"])
	}
	delete(headers, "dlq-time")
	delete(headers, "dlq-partition")
	want := map[string]string{
		"content-type": "application/json", "message-type": "Test", "message-id": sent.ID.String(), "traceparent": sent.Traceparent,
		"dlq-topic": s.topic, "dlq-offset": "0", "dlq-error": "this one is broken", "dlq-attempts": "1",
	}
	if diff := cmp.Diff(want, headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestDeadLetterThatComesBackTellsOfItsLastDeathOnly(t *testing.T) {
	t.Parallel()
	s := open(t)
	run(t, s.listener(func(_ context.Context, batch []*broker.Message) error {
		for _, m := range batch {
			m.Bury(errBroken)
		}
		return nil
	}))
	writer := kafka.Writer{Addr: kafka.TCP(s.brokers...), RequiredAcks: kafka.RequireAll, BatchTimeout: time.Millisecond, Transport: &kafka.Transport{}}
	defer writer.Close() //nolint:errcheck // nothing is buffered
	err := writer.WriteMessages(t.Context(), kafka.Message{
		Topic: s.topic, Key: []byte("any bytes \xff"), Value: []byte("again"),
		Headers: []kafka.Header{{Key: "dlq-error", Value: []byte("the first death")}, {Key: "own", Value: []byte("kept")}},
	})
	if err != nil {
		t.Fatalf("WriteMessages: %v", err)
	}
	letter := read(t, s.brokers, s.topic+contract.DeadLetterSuffix, 1)[0]
	if string(letter.Key) != "any bytes \xff" || header(letter, "dlq-error") != errBroken.Error() || header(letter, "own") != "kept" || !isTrace(t, header(letter, "traceparent")) {
		t.Errorf("dead letter %q with %v", letter.Key, letter.Headers)
	}
	n := 0
	for _, h := range letter.Headers {
		if h.Key == "dlq-error" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d headers dlq-error, want 1", n)
	}
}

// kafka-go reads an empty body and none alike, so another client looks.
func TestDeadLetterOfAnEmptyMessageIsEmpty(t *testing.T) {
	t.Parallel()
	s := open(t)
	run(t, s.listener(func(_ context.Context, batch []*broker.Message) error {
		batch[0].Bury(errBroken)
		return nil
	}))
	s.publish(t, "")
	client, err := kgo.NewClient(kgo.SeedBrokers(s.brokers...), kgo.ConsumeTopics(s.topic+contract.DeadLetterSuffix))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	letters := client.PollFetches(t.Context()).Records()
	if len(letters) != 1 || letters[0].Value == nil || len(letters[0].Value) != 0 {
		t.Errorf("dead letters are %+v, want one with an empty body", letters)
	}
}

func TestMessageOverOneMebibyteIsADeadLetterAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	var d diary
	run(t, s.listener(d.note))
	huge := strings.Repeat("x", contract.MaxBytes+1) // compressed it is small enough for any broker
	s.publish(t, huge, "good")
	letter := read(t, s.brokers, s.topic+contract.DeadLetterSuffix, 1)[0]
	eventually(t, "the other is handled", func() bool { return d.has("good") })
	if d.has(huge) || string(letter.Value) != huge || header(letter, "dlq-attempts") != "0" {
		t.Errorf("dead letter of %d bytes after %s attempts, want %d after 0", len(letter.Value), header(letter, "dlq-attempts"), len(huge))
	}
}

func TestDeadLetterTooLargeForItsTopicGoesWithoutItsBody(t *testing.T) {
	t.Parallel()
	cluster := fake(t)
	s := openAt(t, cluster.ListenAddrs())
	s.publish(t, rough(t, 900_000), "poison")
	cluster.Fault(kfake.Fault{
		Keys: []kmsg.Key{kmsg.Produce}, Topic: s.topic + contract.DeadLetterSuffix, Err: kerr.MessageTooLarge, Count: -1,
		When: func(r kmsg.Request) bool {
			size := 0
			for _, topic := range r.(*kmsg.ProduceRequest).Topics {
				for _, p := range topic.Partitions {
					size += len(p.Records)
				}
			}
			return size > 100_000
		},
	})
	run(t, s.listener(func(_ context.Context, batch []*broker.Message) error {
		for _, m := range batch {
			m.Bury(errBroken)
		}
		return nil
	}))
	eventually(t, "all is committed", func() bool { return sum(s.committed(t)) == 2 })
	sizes := map[int]bool{}
	for _, m := range read(t, s.brokers, s.topic+contract.DeadLetterSuffix, 2) {
		sizes[len(m.Value)] = true
	}
	if !sizes[0] || !sizes[len("poison")] {
		t.Errorf("dead letters have sizes %v, want 0 and %d", sizes, len("poison"))
	}
}

func TestNothingIsCommittedBeforeTheDeadLettersAreAcknowledged(t *testing.T) {
	t.Parallel()
	cluster := fake(t)
	s := openAt(t, cluster.ListenAddrs())
	refusing := cluster.Fault(kfake.Fault{
		Keys: []kmsg.Key{kmsg.Produce}, Topic: s.topic + contract.DeadLetterSuffix, Err: kerr.NotEnoughReplicas, Count: -1,
	})
	l := s.listener(func(_ context.Context, batch []*broker.Message) error {
		batch[0].Bury(errBroken)
		return nil
	})
	run(t, l)
	s.publish(t, "poison")
	eventually(t, "the listener is not healthy", func() bool { return l.Healthy() != nil })
	if got := s.committed(t); len(got) != 0 {
		t.Errorf("committed %v, want nothing yet", got)
	}
	refusing.Remove()
	eventually(t, "it is committed", func() bool { return sum(s.committed(t)) == 1 })
	read(t, s.brokers, s.topic+contract.DeadLetterSuffix, 1)
}

package broker_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/oms-fleet/oms/common/kafka/broker"
)

func TestOneFetchIsForAllPartitionsOfABroker(t *testing.T) {
	t.Parallel()
	cluster := fake(t)
	s := openAt(t, cluster.ListenAddrs())
	asked := make(chan int, 1000)
	cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Observe: true, Count: -1, When: func(r kmsg.Request) bool {
		select {
		case asked <- len(r.(*kmsg.FetchRequest).Topics[0].Partitions):
		default:
		}
		return true
	}})
	var d diary
	run(t, s.listener(d.note))
	s.publish(t, numbered("x", 30)...)
	eventually(t, "all are handled", func() bool { return d.has(numbered("x", 30)...) })
	for range len(asked) {
		if n := <-asked; n != 6 {
			t.Fatalf("a fetch asks for %d partitions, want all 6", n)
		}
	}
}

func TestListenerFollowsItsPartitionsToOtherBrokers(t *testing.T) {
	t.Parallel()
	cluster := fake(t, kfake.NumBrokers(3))
	s := openAt(t, cluster.ListenAddrs())
	var d diary
	var log lines
	run(t, s.listenerWith(d.note, slog.New(slog.NewTextHandler(&log, nil))))
	var all []string
	for round := range int32(4) {
		some := numbered(fmt.Sprintf("round %d", round), 30)
		s.publish(t, some...)
		all = append(all, some...)
		eventually(t, "all are handled", func() bool { return d.has(all...) })
		for p := range int32(6) { // onto one, onto another, and apart again
			to := []int32{0, 1, p % 3, (p + 1) % 3}[round]
			if err := cluster.MoveTopicPartition(s.topic, p, to); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, body := range all {
		if n := d.count(body); n != 1 {
			t.Errorf("%q was handled %d times", body, n)
		}
	}
	if n := strings.Count(log.String(), "Joined the group"); n != 1 {
		t.Errorf("the group was joined %d times, want once:\n%s", n, log.String())
	}
}

// Each partition holds more than an answer may, so those that a broker looks at
// last would get nothing for long if they were always asked for last.
func TestLargeBacklogsComeFromAllPartitionsAlike(t *testing.T) {
	t.Parallel()
	s := open(t)
	var bodies []string
	for range 80 {
		body := make([]byte, 300_000)
		rand.Read(body) //nolint:errcheck // it never fails
		bodies = append(bodies, string(body))
	}
	s.publish(t, bodies...)
	var order []int
	d := diary{}
	run(t, s.listener(func(ctx context.Context, batch []*broker.Message) error {
		for _, m := range batch {
			order = append(order, m.Partition)
		}
		return d.note(ctx, batch)
	}))
	eventually(t, "all are handled", func() bool { return d.has(bodies...) })
	first := map[int]bool{}
	for _, partition := range order[:40] {
		first[partition] = true
	}
	if len(first) != 6 {
		t.Errorf("the first half came from partitions %v, want from all 6", first)
	}
}

// A transaction ends with a marker, which has an offset and is no message.
func TestTransactionsOfOthersAreRead(t *testing.T) {
	t.Parallel()
	s := open(t)
	other, err := kgo.NewClient(kgo.SeedBrokers(s.brokers...), kgo.TransactionalID(s.topic), kgo.DefaultProduceTopic(s.topic))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var d diary
	run(t, s.listener(d.note))
	bodies := numbered("x", 5)
	for _, body := range bodies {
		if err := other.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		if err := other.ProduceSync(t.Context(), &kgo.Record{Key: []byte("same"), Value: []byte(body)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := other.EndTransaction(t.Context(), kgo.TryCommit); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is handled", func() bool { return d.has(body) })
	}
	if d.size() != len(bodies) {
		t.Errorf("handled %d different messages, want the %d and no marker", d.size(), len(bodies))
	}
}

func TestWhatIsHandedOverBeginsWhereTheLastEnded(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		next   int64
		found  []int64
		handed []int64
		then   int64
	}{
		"nothing new":                           {next: 7, then: 7},
		"all of a batch":                        {next: 7, found: []int64{7, 8}, handed: []int64{7, 8}, then: 9},
		"the rest of a batch":                   {next: 7, found: []int64{5, 6, 7, 8}, handed: []int64{7, 8}, then: 9},
		"a gap, of which the topic was cleaned": {next: 7, found: []int64{5, 9, 12}, handed: []int64{9, 12}, then: 13},
		"a batch whose end was cleaned":         {next: 7, found: []int64{4, 5, 6}, then: 8},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handed, then := broker.Take(t.Context(), tt.next, tt.found)
			if diff := cmp.Diff(tt.handed, handed); diff != "" || then != tt.then {
				t.Errorf("then comes %d, want %d; handed over (-want +got):\n%s", then, tt.then, diff)
			}
		})
	}
}

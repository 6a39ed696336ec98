package broker_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/kafka/broker"
)

func TestEnsureTopicsMayBeCalledByManyAndAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	topics := []string{s.topic + ".a", s.topic + ".b"}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := broker.EnsureTopics(t.Context(), s.brokers, 6, 1, topics...); err != nil {
				t.Errorf("EnsureTopics: %v", err)
			}
		})
	}
	all.Wait()
	for _, topic := range append(topics, topics[0]+".dlq", topics[1]+".dlq") {
		here := *s
		here.topic = topic
		if got := len(here.limits(t)); got != 6 {
			t.Errorf("%s has %d partitions, want 6", topic, got)
		}
	}
}

func TestEnsureTopicsLeavesThePartitionsOfATopicAlone(t *testing.T) {
	t.Parallel()
	cluster := fake(t, kfake.SeedTopics(3, "there"))
	if err := broker.EnsureTopics(t.Context(), cluster.ListenAddrs(), 6, 1, "there"); err != nil {
		t.Fatalf("EnsureTopics: %v", err)
	}
	if got := len(cluster.PartitionInfos("there")); got != 3 {
		t.Errorf("there are %d partitions, want 3 still", got)
	}
	limit := cluster.TopicInfo("there.dlq").Configs["max.message.bytes"]
	if limit == nil || *limit != "16777216" {
		t.Errorf("dead letters' max.message.bytes = %v, want 16777216", limit)
	}
}

func TestEnsureTopicsWaitsForTheBroker(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	done := make(chan error, 1)
	go func() {
		done <- broker.EnsureTopics(t.Context(), []string{"127.0.0.1:" + strconv.Itoa(port)}, 6, 1, "late")
	}()
	fake(t, kfake.Ports(port))
	if err := <-done; err != nil {
		t.Errorf("EnsureTopics: %v", err)
	}
}

func TestEnsureTopicsWaitsForLeadersThatDoNotKnowYet(t *testing.T) {
	t.Parallel()
	cluster := fake(t)
	for range 2 { // the second time the topics are there
		unaware := cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Err: kerr.NotLeaderForPartition, Count: -1})
		done := make(chan error, 1)
		go func() { done <- broker.EnsureTopics(t.Context(), cluster.ListenAddrs(), 6, 1, "new") }()
		const partitions = 2 * 6
		eventually(t, "it asks them again and again", func() bool { return unaware.Hits() > 2*partitions })
		select {
		case err := <-done:
			t.Errorf("EnsureTopics = %v before there were leaders", err)
		default:
		}
		unaware.Remove()
		if err := <-done; err != nil {
			t.Errorf("EnsureTopics: %v", err)
		}
	}
}

func TestEnsureTopicsEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	err := broker.EnsureTopics(ctx, []string{"127.0.0.1:1"}, 6, 1, "any")
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "refused") {
		t.Errorf("EnsureTopics = %v, want Unavailable with the reason", err)
	}
}

func TestEnsureTopicsFailsAtOnceWhereWaitingIsInVain(t *testing.T) {
	t.Parallel()
	cluster := fake(t)
	cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.CreateTopics}, Err: kerr.PolicyViolation, Count: -1})
	err := broker.EnsureTopics(t.Context(), cluster.ListenAddrs(), 6, 1, "any")
	if err == nil || fault.KindOf(err) == fault.Unavailable {
		t.Errorf("EnsureTopics = %v, want a failure that does not heal", err)
	}
}

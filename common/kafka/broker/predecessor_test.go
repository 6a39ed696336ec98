package broker_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/kafka/broker"
)

// dead joins the shop's group as the process at an address and then says no word
// for longer than any test waits.
func (s *shop) dead(t *testing.T, address string) *kafka.ConsumerGroup {
	t.Helper()
	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: s.group, Brokers: s.brokers, Topics: []string{s.topic}, Dialer: &kafka.Dialer{ClientID: broker.MemberName(address)},
		SessionTimeout: 4 * time.Minute, HeartbeatInterval: 3 * time.Minute, RebalanceTimeout: 2 * time.Minute, JoinGroupBackoff: time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { group.Close() }) //nolint:errcheck // always nil
	return group
}

// deadAtWork is dead with all partitions.
func (s *shop) deadAtWork(t *testing.T, address string) {
	t.Helper()
	eventually(t, "the group takes its first member", func() bool { // a real broker makes a topic for it first
		_, err := s.dead(t, address).Next(t.Context())
		return err == nil
	})
}

// A process was killed while it worked, and the one that took its place while it
// was joining: the third waits for neither.
func TestKilledPredecessorsAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.deadAtWork(t, "shop:80")
	s.dead(t, "shop:80")
	eventually(t, "two are in the group", func() bool { return s.members(t) == 2 })
	var d diary
	s.publish(t, numbered("x", 20)...)
	run(t, s.listener(d.note).At("shop:80"))
	eventually(t, "the third does the work", func() bool { return d.has(numbered("x", 20)...) })
}

func TestProcessesOfOtherNamesStayInTheGroup(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.deadAtWork(t, "shop:80")
	run(t, s.listener((&diary{}).note).At("shop:81"))
	eventually(t, "the other waits to join", func() bool { return s.members(t) == 2 })
}

// Two processes that bear one name by mistake cost each other a rebalance.
func TestProcessesOfTheSameNameShareTheWorkAllTheSame(t *testing.T) {
	t.Parallel()
	s := open(t)
	var a, b diary
	run(t, s.listener(a.note).At("shop:80"))
	s.publish(t, "first")
	eventually(t, "one works alone", func() bool { return a.has("first") })
	run(t, s.listener(b.note).At("shop:80"))
	rounds := 0
	publish := func() {
		s.publish(t, numbered("round-"+strconv.Itoa(rounds), 20)...)
		rounds++
	}
	eventually(t, "the other works", func() bool { publish(); return b.size() > 0 })
	alone := a.size()
	eventually(t, "the first works again", func() bool { publish(); return a.size() > alone })
}

// members counts the members of the shop's group.
func (s *shop) members(t *testing.T) int {
	t.Helper()
	client := &kafka.Client{Addr: kafka.TCP(s.brokers...), Timeout: 10 * time.Second}
	told, err := client.DescribeGroups(t.Context(), &kafka.DescribeGroupsRequest{GroupIDs: []string{s.group}})
	if err != nil || len(told.Groups) != 1 {
		t.Fatalf("DescribeGroups = %+v, %v", told, err)
	}
	return len(told.Groups[0].Members)
}

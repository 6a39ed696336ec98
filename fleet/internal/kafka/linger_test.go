package kafka_test

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/fleet/internal/kafka"
)

// A process that is killed while it joins its group, because the one before it
// was killed too, must not keep partitions for ever.
func TestMemberKilledWhileItJoinsIsReplaced(t *testing.T) {
	t.Parallel()
	where, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	server, err := kafka.Embed(where, t.TempDir(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	client := &kafkago.Client{Addr: kafkago.TCP(where), Timeout: 10 * time.Second}
	topics := []kafkago.TopicConfig{{Topic: "things", NumPartitions: 6, ReplicationFactor: 1}}
	if _, err := client.CreateTopics(t.Context(), &kafkago.CreateTopicsRequest{Topics: topics}); err != nil {
		t.Fatal(err)
	}

	first := join(t, where)
	if got := first.partitions(t); got != 6 {
		t.Fatalf("the only member has %d partitions, want 6", got)
	}
	first.kill()
	second := join(t, where)
	eventually(t, "the second is joining", func() bool { return members(t, client) == 2 })
	third := join(t, where)
	eventually(t, "the third is joining", func() bool { return members(t, client) == 3 })
	second.kill()
	for third.partitions(t) != 6 { // or never, and then the test's time is over
	}
}

// member is a process in the group "workers".
type member struct {
	group *kafkago.ConsumerGroup
	mu    sync.Mutex
	dead  bool
	conns []net.Conn
}

func join(t *testing.T, broker string) *member {
	t.Helper()
	m := &member{}
	group, err := kafkago.NewConsumerGroup(kafkago.ConsumerGroupConfig{
		ID: "workers", Brokers: []string{broker}, Topics: []string{"things"}, Dialer: &kafkago.Dialer{DialFunc: m.dial},
		SessionTimeout: 2 * time.Second, HeartbeatInterval: 300 * time.Millisecond, RebalanceTimeout: 5 * time.Second, JoinGroupBackoff: 200 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	m.group = group
	t.Cleanup(func() { m.kill(); group.Close() }) //nolint:errcheck // always nil
	return m
}

func (m *member) dial(ctx context.Context, network, address string) (net.Conn, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return nil, errors.New("killed")
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err == nil {
		m.conns = append(m.conns, conn)
	}
	return conn, err
}

// kill ends a member as kill -9 does: without a word, by its connections alone.
func (m *member) kill() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead = true
	for _, conn := range m.conns {
		conn.Close() //nolint:errcheck // that is the point
	}
}

// partitions waits for the next generation and returns how many partitions are
// the member's.
func (m *member) partitions(t *testing.T) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	generation, err := m.group.Next(ctx)
	if err != nil {
		t.Fatalf("no generation with all partitions: %v", err)
	}
	return len(generation.Assignments["things"])
}

func members(t *testing.T, client *kafkago.Client) int {
	t.Helper()
	answer, err := client.DescribeGroups(t.Context(), &kafkago.DescribeGroupsRequest{GroupIDs: []string{"workers"}})
	if err != nil {
		t.Fatal(err)
	}
	return len(answer.Groups[0].Members)
}

func eventually(t *testing.T, what string, probe func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !probe(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: in vain", what)
		}
	}
}

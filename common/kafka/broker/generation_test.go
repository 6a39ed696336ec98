package broker_test

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/common/kafka/broker"
)

// A process hangs in the middle of a batch, is given up by the group, and wakes
// when another has handled its messages and more.
func TestCommitOfADeadGenerationIsRefused(t *testing.T) {
	t.Parallel()
	cluster := fake(t)
	s := openAt(t, cluster.ListenAddrs())
	hanging, wake := make(chan struct{}), make(chan struct{})
	var log lines
	var slow, quick diary
	run(t, s.listenerWith(func(ctx context.Context, batch []*broker.Message) error {
		if slow.size() == 0 {
			close(hanging)
			<-wake
		}
		return slow.note(ctx, batch)
	}, slog.New(slog.NewTextHandler(&log, nil))))
	s.publish(t, "x")
	<-hanging
	sleeper := cluster.GroupInfo(s.group).Members[0].MemberID
	cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Heartbeat}, Group: s.group, TopLevel: true, Err: kerr.UnknownMemberID, Count: -1,
		When: func(r kmsg.Request) bool { return r.(*kmsg.HeartbeatRequest).MemberID == sleeper }})

	run(t, s.listener(quick.note))
	eventually(t, "the other takes over", func() bool { return quick.has("x") })
	s.publish(t, numbered("more", 30)...)
	eventually(t, "the other goes on", func() bool { return sum(s.committed(t)) == 31 })
	close(wake)
	eventually(t, "the late commit is refused", func() bool { return strings.Contains(log.String(), "not committed") })
	if got := sum(s.committed(t)); got != 31 {
		t.Errorf("committed %d messages, want 31 still", got)
	}
}

func TestRebalanceDuringABatchLosesNothingAndCommitsIt(t *testing.T) {
	t.Parallel()
	cluster := fake(t)
	s := openAt(t, cluster.ListenAddrs())
	joins := cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.JoinGroup}, Observe: true, Count: -1})
	var a, b diary
	var log lines
	started, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	run(t, s.listenerWith(func(ctx context.Context, batch []*broker.Message) error {
		once.Do(func() {
			close(started)
			<-goOn
		})
		return a.note(ctx, batch)
	}, slog.New(slog.NewTextHandler(&log, nil))))
	bodies := numbered("x", 100)
	s.publish(t, bodies...)
	<-started
	before := joins.Hits()
	run(t, s.listener(b.note))
	eventually(t, "the other waits to join", func() bool { return joins.Hits() > before })
	close(goOn)
	eventually(t, "nothing is lost", func() bool { return union(&a, &b, bodies) })
	eventually(t, "all is committed", func() bool { return sum(s.committed(t)) == 100 })
	if strings.Contains(log.String(), "not committed") {
		t.Error("the batch in hand was not committed")
	}
}

func TestWatchdogLeavesAQuietGroupAlone(t *testing.T) {
	t.Parallel()
	cluster := fake(t)
	s := openAt(t, cluster.ListenAddrs())
	var d diary
	run(t, s.listener(d.note))
	s.publish(t, "x")
	eventually(t, "it works", func() bool { return d.has("x") })
	looks := cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Observe: true, Count: -1})
	before := cluster.GroupInfo(s.group).Epoch
	eventually(t, "the watchdog looked", func() bool { return looks.Hits() > 5 })
	if after := cluster.GroupInfo(s.group).Epoch; after != before {
		t.Errorf("generation %d became %d, want the same", before, after)
	}
}

func TestTopicThatWasMadeAnewIsReadFromItsStart(t *testing.T) {
	t.Parallel()
	cluster := fake(t)
	s := openAt(t, cluster.ListenAddrs())
	var d diary
	stop := run(t, s.listener(d.note))
	for range 5 {
		s.publish(t, numbered("old", 60)...)
	}
	eventually(t, "the old ones are committed", func() bool { return sum(s.committed(t)) == 300 })
	stop()
	saved := s.committed(t)
	if err := cluster.DeleteTopic(s.topic); err != nil {
		t.Fatal(err)
	}
	if err := broker.EnsureTopics(t.Context(), s.brokers, 6, 1, s.topic); err != nil {
		t.Fatal(err)
	}
	s.publish(t, numbered("new", 20)...)
	s.commit(t, saved) // a broker that lost data keeps the group's offsets
	run(t, s.listener(d.note))
	eventually(t, "the new ones are handled", func() bool { return d.has(numbered("new", 20)...) })
}

func TestHandlerThatIsStuckIsReported(t *testing.T) {
	t.Parallel()
	s := open(t)
	var log lines
	l := s.listenerWith(func(ctx context.Context, _ []*broker.Message) error {
		<-ctx.Done()
		return ctx.Err()
	}, slog.New(slog.NewTextHandler(&log, nil)))
	run(t, l)
	s.publish(t, "x")
	eventually(t, "Healthy tells", func() bool { err := l.Healthy(); return err != nil && strings.Contains(err.Error(), "at work") })
	eventually(t, "the log tells", func() bool { return strings.Contains(log.String(), "stuck") })
}

func TestAllHealsWhenTheBrokerComesBack(t *testing.T) {
	t.Parallel()
	dir, port := t.TempDir(), freePort(t)
	start := func() *kfake.Cluster { return fake(t, kfake.DataDir(dir), kfake.Ports(port)) }
	cluster := start()
	s := openAt(t, cluster.ListenAddrs())
	var d diary
	l := s.listener(d.note)
	run(t, l)
	check := broker.NewCheck(s.publisher, l)
	s.publish(t, "before")
	eventually(t, "it works", func() bool { return d.has("before") && check.Check(t.Context()) == nil })

	cluster.Close()
	if err := s.publisher.Publish(t.Context(), s.record(t, "lost")); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Publish = %v, want Unavailable", err)
	}
	eventually(t, "the check fails", func() bool { return check.Check(t.Context()) != nil })
	start()
	eventually(t, "publishing heals", func() bool { return s.publisher.Publish(t.Context(), s.record(t, "behind")) == nil })
	eventually(t, "listening heals", func() bool { return d.has("behind") })
	eventually(t, "the check passes", func() bool { return check.Check(t.Context()) == nil })
}

func freePort(t testing.TB) int {
	t.Helper()
	text, err := freeport.On("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestLargeMessagesPassThroughABoundedMemory(t *testing.T) {
	t.Parallel()
	s := open(t)
	body := strings.Repeat("x", 1<<20)
	var got atomic.Int64
	var most atomic.Int64
	run(t, s.listener(func(_ context.Context, batch []*broker.Message) error {
		got.Add(int64(len(batch)))
		most.Store(max(most.Load(), int64(len(batch))))
		return nil
	}))
	for range 10 {
		s.publish(t, slices.Repeat([]string{body}, 8)...)
	}
	eventually(t, "all are handled", func() bool { return got.Load() == 80 })
	if most.Load() > 32 {
		t.Errorf("a batch holds %d MiB, want at most 32", most.Load())
	}
}

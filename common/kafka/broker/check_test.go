package broker_test

import (
	"context"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/oms-fleet/oms/common/kafka/broker"
)

func TestListenerThatCannotJoinIsNotHealthyAndStopsAtOnce(t *testing.T) {
	t.Parallel()
	s := &shop{brokers: []string{"127.0.0.1:1"}, topic: "any", group: "any", publisher: broker.NewPublisher([]string{"127.0.0.1:1"})}
	var d diary
	l := s.listener(d.note)
	if err := l.Healthy(); err == nil {
		t.Error("Healthy = nil before the group was joined")
	}
	stop := run(t, l)
	eventually(t, "Healthy tells the reason", func() bool { return strings.Contains(l.Healthy().Error(), "refused") })
	if err := broker.NewCheck(s.publisher, l).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("Check = %v, want the reason", err)
	}
	stop()
}

func TestCheckPassesWhenTheGroupIsJoinedAndAsksTheBrokerRarely(t *testing.T) {
	t.Parallel()
	cluster := fake(t)
	s := openAt(t, cluster.ListenAddrs())
	var d diary
	l := s.listener(d.note)
	run(t, l)
	check := broker.NewCheck(s.publisher, l)
	eventually(t, "the check passes", func() bool { return check.Check(t.Context()) == nil })
	asked := cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ApiVersions}, Observe: true, Count: -1})
	for range 1000 {
		if err := check.Check(t.Context()); err != nil {
			t.Fatalf("Check: %v", err)
		}
	}
	if n := asked.Hits(); n > 20 { // what else connects asks too
		t.Errorf("1000 checks asked the broker %d times", n)
	}
	if check.Name() != "kafka" {
		t.Errorf("name = %q, want kafka", check.Name())
	}
}

func TestListenerWithoutAPossibleSessionGivesUp(t *testing.T) {
	t.Parallel()
	cluster := fake(t, kfake.GroupMinSessionTimeout(patience))
	s := openAt(t, cluster.ListenAddrs())
	var d diary
	if err := s.listener(d.note).Run(context.WithoutCancel(t.Context())); err == nil {
		t.Error("Run = nil, want a failure")
	}
}

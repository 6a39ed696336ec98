package fleettest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	kafka "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/faultpoint"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// PID is the process of a part of the fleet: a service, "database", "redis" or
// "kafka". A test of a store that was given, whose process nobody knows, is
// skipped.
func (f *Fleet) PID(t testing.TB, part string) int {
	t.Helper()
	pid := f.Facts().PIDs[part]
	if part == "kafka" {
		pid = f.Broker()
	}
	if pid == 0 {
		t.Skipf("the process of %s is not this fleet's: it was given", part)
	}
	return pid
}

// Signal sends a signal to the process of a part.
func (f *Fleet) Signal(t testing.TB, part string, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(f.PID(t, part), s); err != nil {
		t.Fatalf("signal %s: %v", part, err)
	}
}

// Kill ends the process of a part as kill -9 does and waits until it runs again.
func (f *Fleet) Kill(t testing.TB, part string) {
	t.Helper()
	before := f.PID(t, part)
	f.Signal(t, part, syscall.SIGKILL)
	f.AwaitRestart(t, part, before)
}

// AwaitRestart waits until a part has another process than before.
func (f *Fleet) AwaitRestart(t testing.TB, part string, before int) {
	t.Helper()
	f.Eventually(t, func(context.Context) error {
		if f.PID(t, part) == before {
			return fmt.Errorf("%s has not been started again", part)
		}
		return nil
	})
}

// Pause stops the process of a part where it stands for so long.
func (f *Fleet) Pause(t testing.TB, part string, d time.Duration) {
	t.Helper()
	pid := f.PID(t, part)
	must(t, syscall.Kill(pid, syscall.SIGSTOP))
	time.Sleep(d)
	must(t, syscall.Kill(pid, syscall.SIGCONT))
}

// Arm has the next process that reaches a fault point die there; with a
// duration it pauses instead.
func (f *Fleet) Arm(t testing.TB, point string, pause time.Duration) {
	t.Helper()
	text := ""
	if pause > 0 {
		text = pause.String()
	}
	f.arm(t, point, text)
}

// ArmStop has the next process that reaches a fault point stand still there until
// it is woken up.
func (f *Fleet) ArmStop(t testing.TB, point string) {
	t.Helper()
	f.arm(t, point, faultpoint.Stop)
}

// arm has the file appear with its text: who found it empty would die.
func (f *Fleet) arm(t testing.TB, point, text string) {
	t.Helper()
	armed := filepath.Join(f.points, point)
	must(t, os.WriteFile(armed+".new", []byte(text), 0o600))
	must(t, os.Rename(armed+".new", armed))
}

// AwaitReached waits until a process has reached an armed point.
func (f *Fleet) AwaitReached(t testing.TB, point string) {
	t.Helper()
	f.Eventually(t, func(context.Context) error {
		if _, err := os.Stat(filepath.Join(f.points, point)); err == nil {
			return fmt.Errorf("nobody has reached %s", point)
		}
		return nil
	})
}

// Eventually waits until probe returns nil and fails the test when it does not.
func (f *Fleet) Eventually(t testing.TB, probe func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	if err := shop.Eventually(ctx, probe); err != nil {
		t.Fatal(err)
	}
}

// AwaitDropped waits until a link has dropped all the acknowledgements that it
// was to drop.
func (f *Fleet) AwaitDropped(t testing.TB, l *Link) {
	t.Helper()
	f.Eventually(t, func(context.Context) error {
		if !l.Dropped() {
			return fmt.Errorf("there are acknowledgements still to be dropped")
		}
		return nil
	})
}

// Bury puts a process that was killed into a consumer group of a service which
// the group will not miss for minutes: to the broker it is one more process that
// listens where the service does, and it has its share of the partitions.
func (f *Fleet) Bury(t testing.TB, group, topic string) {
	t.Helper()
	client := kafka.Client{Addr: kafka.TCP(f.Topics.Broker)}
	told, err := client.DescribeGroups(t.Context(), &kafka.DescribeGroupsRequest{GroupIDs: []string{group}})
	must(t, err)
	if len(told.Groups) != 1 || len(told.Groups[0].Members) == 0 {
		t.Fatalf("nobody is in the group %s: %+v", group, told)
	}
	dead, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: group, Topics: []string{topic}, Brokers: []string{f.Topics.Broker}, Dialer: &kafka.Dialer{ClientID: told.Groups[0].Members[0].ClientID},
		SessionTimeout: 2 * Patience, HeartbeatInterval: Patience, RebalanceTimeout: Patience, JoinGroupBackoff: time.Hour,
	})
	must(t, err)
	t.Cleanup(func() { dead.Close() }) //nolint:errcheck // always nil
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	_, err = dead.Next(ctx)
	must(t, err)
}

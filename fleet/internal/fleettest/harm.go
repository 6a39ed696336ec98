package fleettest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

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
	must(t, os.WriteFile(filepath.Join(f.points, point), []byte(text), 0o600))
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

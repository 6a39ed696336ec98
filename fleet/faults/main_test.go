//go:build faultpoints

// Package faults_test hurts a fleet of real processes under load, one way a
// test, and then holds every promise against it. See docs/reliability.md for
// which fault is tried where. `make faults` runs it.
package faults_test

import (
	"os"
	"testing"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/fleettest"
)

const (
	perSecond = 25 // orders: what a busy machine of two cores bears well

	// slowest is what no recovery may exceed on any machine. The figures that
	// are printed are the measure, see docs/reliability.md.
	slowest = 45 * time.Second
)

func TestMain(m *testing.M) {
	status := m.Run()
	fleettest.Clean()
	os.Exit(status)
}

// recovers measures and prints how long a client who comes at that moment waits
// for a confirmed order.
func recovers(t *testing.T, l *fleettest.Load, after string, since time.Time) {
	t.Helper()
	took := l.Recovery(t, since)
	t.Logf("figure: after %s an order is confirmed in %.2f s", after, took.Seconds())
	if took > slowest {
		t.Errorf("after %s an order was confirmed in %s, at most %s is allowed", after, took, slowest)
	}
}

// calm lets the load run undisturbed for a while.
func calm(d time.Duration) { time.Sleep(d) }

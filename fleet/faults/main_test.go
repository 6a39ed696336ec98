//go:build faultpoints

// Package faults_test hurts a fleet of real processes under load, one way a
// test, and then holds every promise against it. See docs/reliability.md for
// which fault is tried where. `make faults` runs it.
package faults_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"sync"
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

var (
	seed = flag.Uint64("seed", 1, "of everything that happens by chance")

	// shared is the fleet of all tests that need none of their own.
	shared = sync.OnceValues(func() (*fleettest.Fleet, error) { return fleettest.Open(nil) })
	used   bool
)

func TestMain(m *testing.M) {
	status := m.Run()
	if used {
		if f, err := shared(); err == nil {
			f.Close()
		}
		fleettest.Clean()
	}
	os.Exit(status)
}

// begin returns the shared fleet under load, and a source of chance.
func begin(t *testing.T) (*fleettest.Fleet, *fleettest.Load, *rand.Rand) {
	t.Helper()
	used = true
	f, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	f.Tell(t)
	chance := rand.New(rand.NewPCG(*seed, uint64(len(t.Name()))))
	l := f.Load(t, perSecond, chance.Uint64())
	recovers(t, l, "an undisturbed moment", time.Now())
	return f, l, chance
}

// end holds the promises against the fleet.
func end(t *testing.T, f *fleettest.Fleet, l *fleettest.Load) {
	t.Helper()
	t.Logf("outcome: %s", f.KeepsItsPromises(t, l, 0))
}

// recovers measures and prints how long a client who comes at that moment waits
// for a confirmed order.
func recovers(t *testing.T, l *fleettest.Load, after string, since time.Time) time.Duration {
	t.Helper()
	took := l.Recovery(t, since)
	t.Logf("figure: after %s an order is confirmed in %.2f s", after, took.Seconds())
	if took > slowest {
		t.Errorf("after %s an order was confirmed in %s, at most %s is allowed", after, took, slowest)
	}
	return took
}

// calm lets the load run undisturbed for up to so long.
func calm(chance *rand.Rand, most time.Duration) {
	time.Sleep(time.Duration(chance.Int64N(int64(most))))
}
